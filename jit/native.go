package jit

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"sort"
	"sync/atomic"
	"unsafe"

	"github.com/copyjit/copyjit/ops"
)

// native reports whether the instance runs compiled code.
func (in *Instance) native() bool { return in.ctx.exit != 0 }

// openNative prepares the instance to run compiled code.
func (in *Instance) openNative() {
	c := in.code
	in.base = c.engine.addr(c.block)
	in.ctx.exit = leaveAddr()
	in.moveStack(0)
	if c.engine.cfg.Tuning.ExitAtPolls {
		in.ctx.ownPoll = uintptr(unsafe.Pointer(&in.own))
	}
	if in.apart = c.apart(); in.apart != nil {
		in.ctx.links = uintptr(unsafe.Pointer(&in.apart.links[0]))
	}
}

// loadMemory lets programs see the memory as it is now.
func (in *Instance) loadMemory() {
	if m := in.memory; m != nil {
		in.interp.Memory = m.bytes
		in.ctx.setMemory(m.bytes)
	}
}

// setMemory lets compiled code see bytes as the memory.
func (c *machineContext) setMemory(b []byte) {
	size := uint64(len(b))
	c.mem, c.memSize = uintptr(unsafe.Pointer(unsafe.SliceData(b))), size
	// Of an access of 2ⁱ bytes; 0 if the memory has no room for any.
	if size < 7 {
		c.memEnd = [4]uint64{size, max(size, 1) - 1, max(size, 3) - 3, 0}
		return
	}
	c.memEnd[0], c.memEnd[1], c.memEnd[2], c.memEnd[3] = size, size-1, size-3, size-7
}

// entryOf returns where a function starts, or its stub.
func (in *Instance) entryOf(fn ops.FuncID) uintptr {
	if in.apart != nil {
		return atomic.LoadUintptr(&in.apart.links[fn])
	}
	return in.base + in.code.entry(fn)
}

// start lets compiled code begin at a function's entry, with a frame at an index of
// the stack.
func (in *Instance) start(fn ops.FuncID, bottom int) {
	c := &in.ctx
	c.fp = in.stackAddr() + 8*uintptr(bottom)
	c.resume = in.entryOf(fn)
	// The bottom frame returns to leave, with a site that says so.
	in.interp.Stack[bottom] = uint64(c.exit)
}

// runNative enters compiled code until the call is over.
func (in *Instance) runNative(ctx context.Context, fn ops.FuncID, bottom int) error {
	c := &in.ctx
	in.start(fn, bottom)
	for {
		c.site = uint32(ops.ExitReturn)
		enter(c)
		if c.site == uint32(ops.ExitReturn) {
			runtime.KeepAlive(in)
			return nil
		}
		if err := in.left(ctx); err != nil {
			return err
		}
	}
}

// left deals with compiled code that left before the call was over: it returns
// the error with which that ends the call, or nil to go on at ctx.resume.
//
//go:noinline
func (in *Instance) left(ctx context.Context) error {
	c := &in.ctx
	exit := ops.Exit(c.site & exitMask)
	site := ops.Site{Func: ops.FuncID(c.site >> siteShift), PC: int(c.pc)}
	switch exit {
	case ops.ExitEntry:
		base, m := in.mapOf(site.Func)
		c.resume = base + m.behindEntry(site.Func)
	case ops.ExitSafepoint:
		base, m := in.mapOf(site.Func)
		c.resume = base + m.behindPoll(site)
	case ops.ExitHostCall:
		c.resume = c.behind
	case ops.ExitNoCode:
		in.countExit(exit)
		return in.compile(site.Func)
	case ops.ExitTrap:
		reason := ops.Reason(c.site >> reasonShift & reasonMask)
		if reason != ops.ReasonStackOverflow {
			in.countTrap(reason)
			return newTrap(in.program, reason, site, in.callers())
		}
		if !in.fits(site.Func, in.top()) {
			return in.overflow(site, in.callers())
		}
		base, m := in.mapOf(site.Func)
		c.resume = base + m.entry(site.Func)
		return nil
	default:
		panic("jit: compiled code left with " + exit.String())
	}
	if in.counts && exit != ops.ExitHostCall && !in.burn() {
		return in.outOfFuel(site)
	}
	if in.observe != nil {
		in.observe(in, exit, site)
	}
	if exit == ops.ExitHostCall {
		return in.callHost(ctx, site, in.top())
	}
	in.paused(exit, site)
	return in.cancelled(ctx)
}

// compile compiles a function that is called for the first time, and goes on in it.
func (in *Instance) compile(fn ops.FuncID) error {
	u, err := in.code.compileFunc(in.program, fn)
	if err != nil {
		return fmt.Errorf("jit: calling function %s: %w", in.program.Func(fn).Name, err)
	}
	in.ctx.resume = u.addr
	in.relinkTable(fn, u.addr)
	return nil
}

// mapOf returns where the code of a function lies, or all code, and its map.
func (in *Instance) mapOf(fn ops.FuncID) (base uintptr, m *codeMap) {
	if in.apart != nil {
		u := in.apart.units[fn].Load()
		return u.addr, u.codeMap(in.program, in.counts)
	}
	return in.base, in.code.layout(in.program)
}

// top returns the index in the stack of the current frame's header.
func (in *Instance) top() int { return int(in.ctx.fp-in.stackAddr()) / 8 }

// nativeCallers returns the calls that led to a frame of compiled code.
func (in *Instance) nativeCallers(fp int) iter.Seq[ops.Site] {
	return func(yield func(ops.Site) bool) {
		stack, site := in.interp.Stack, in.siteFinder()
		// A frame that did not fit on the stack has a header all the same: it lies
		// in its caller's outgoing area.
		for fp := fp; stack[fp] != uint64(in.ctx.exit); {
			s := site(uintptr(stack[fp]) - 1)
			if !yield(s) {
				return
			}
			fp -= ops.HeaderWords + int(in.program.Func(s.Func).Slots)
		}
	}
}

// siteFinder returns a function that finds the operation whose code is at an
// address.
func (in *Instance) siteFinder() func(addr uintptr) ops.Site {
	if in.apart == nil {
		m := in.code.layout(in.program)
		return func(addr uintptr) ops.Site { return m.site(addr - in.base) }
	}
	units := in.apart.byAddress()
	return func(addr uintptr) ops.Site {
		u := units[sort.Search(len(units), func(i int) bool { return units[i].addr > addr })-1]
		return u.codeMap(in.program, in.counts).site(addr - u.addr)
	}
}
