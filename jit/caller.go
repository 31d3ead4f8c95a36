package jit

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"unsafe"

	"github.com/copyjit/copyjit/ops"
)

// A Caller calls one function of an instance again and again, for the least that a
// call can cost: it is for functions that take less time than Instance.Call. It
// differs from that in what it takes for granted:
//
//   - The instance is the Caller's until Close. Instance.Call is ErrInUse
//     meanwhile, and code that is closed is freed when its Callers are closed, or
//     forgotten.
//   - Arguments and results are in registers of integers, which the Caller shows
//     as they are. Nothing is copied.
//   - Each call has a linear memory of its own: any bytes of the Go program, where
//     they are.
//   - A trap is reported by its reason alone, and not counted in ExitCounts.
//
// It serves one goroutine at a time. A call while another is in progress is
// ErrInUse where that is noticed; the race detector always notices.
type Caller struct {
	// Reg has the function's arguments before a call, and afterwards its results
	// or, after a trap, the registers as the trap found them. Others mean nothing.
	Reg *[ops.NumRegs]uint64

	// Context ends calls when it is done; nil stands for one that never is. It is here
	// and no parameter of Call because it would be a good part of what that costs.
	Context context.Context

	in      *Instance
	code    *Code
	fn      ops.FuncID
	state   callerState
	entry   uintptr // of code that was compiled as a whole, otherwise 0
	cleanup runtime.Cleanup
}

// A callerState says whether a Caller can be called.
type callerState uint8

const (
	callerReady callerState = iota
	callerBusy
	callerClosed
)

// NewCaller returns a Caller of a function. It is an error if the function has
// parameters or results that are not in integer registers, or if the program imports
// functions of the host or has a memory of its own; ErrInUse and ErrClosed as in
// Call.
func (in *Instance) NewCaller(fn ops.FuncID) (*Caller, error) {
	if !in.busy.CompareAndSwap(0, 1) {
		return nil, ErrInUse
	}
	err := in.callable(fn)
	if err != nil {
		in.end()
		return nil, err
	}
	in.leased = true
	c := &Caller{in: in, code: in.code, fn: fn}
	c.Reg, _ = in.registers()
	if in.native() && in.apart == nil {
		c.entry = in.entryOf(fn)
		in.start(fn, 0) // the word in which the bottom frame returns is there for good
	}
	c.cleanup = runtime.AddCleanup(c, (*Instance).endLease, in)
	return c, nil
}

// callable says why a function cannot have a Caller.
func (in *Instance) callable(fn ops.FuncID) error {
	if in.code.state.Load() != codeOpen {
		return ErrClosed
	}
	p := in.program
	if int(fn) >= p.NumFuncs() {
		return fmt.Errorf("jit: a Caller of function %d: the program has %d", fn, p.NumFuncs())
	}
	sig := p.Func(fn).Sig
	switch {
	case sig.FloatRegs() || sig.ParamSlots() != 0 || sig.ResultSlots() != 0:
		return fmt.Errorf("jit: a Caller of %s %v: its parameters and results are not all in integer registers", p.Func(fn).Name, sig)
	case len(in.hosts) != 0:
		return errors.New("jit: a Caller of a program that imports functions of the host")
	case in.memory != nil:
		return errors.New("jit: a Caller of an instance that has a memory of its own")
	}
	return nil
}

// endLease gives the instance back.
func (in *Instance) endLease() {
	in.leased = false
	in.end()
}

// Close gives the instance back. Later calls answer ErrClosed. Closing twice does
// nothing.
func (c *Caller) Close() error {
	switch c.state {
	case callerBusy:
		return ErrInUse
	case callerClosed:
		return nil
	}
	c.state = callerClosed
	c.cleanup.Stop()
	c.in.endLease()
	return nil
}

// Call runs the function with these bytes as linear memory, which are the
// program's for the time of the call. (They have to be on Go's heap, so Go
// allocates an array there that is sliced for Call.)
//
// The error is the ops.Reason of a trap, which is no allocation; Context.Err() if the
// Context is found to be done, by a call that is still in progress some 10 ms later at
// the latest; ErrClosed or ErrInUse.
func (c *Caller) Call(memory []byte) error {
	if c.state != callerReady || c.code.state.Load() != codeOpen || c.entry == 0 {
		return c.callSlow(memory)
	}
	c.state = callerBusy
	in := c.in
	m := &in.ctx
	m.setMemory(memory)
	bytes := unsafe.SliceData(memory) // which is all that has to be kept alive
	m.fp, m.resume, m.site = in.stackAddr(), c.entry, uint32(ops.ExitReturn)
	enter(m)
	if m.site != uint32(ops.ExitReturn) {
		return c.left(bytes)
	}
	runtime.KeepAlive(bytes)
	c.state = callerReady
	return nil
}

// callSlow is Call where there is more to do, or nothing.
//
//go:noinline
func (c *Caller) callSlow(memory []byte) error {
	in := c.in
	switch {
	case c.state == callerBusy:
		return ErrInUse
	case c.state == callerClosed || c.code.state.Load() != codeOpen:
		return ErrClosed
	}
	c.state = callerBusy
	if in.native() {
		in.ctx.setMemory(memory)
		in.start(c.fn, 0)
		in.ctx.site = uint32(ops.ExitReturn)
		enter(&in.ctx)
		return c.left(unsafe.SliceData(memory))
	}
	defer c.ready()
	// It is because of this that the bytes are on the heap, which does not move, as
	// stacks do: compiled code has their address.
	in.interp.Memory = memory
	err := c.interpret()
	in.interp.Memory = nil
	return err
}

// context returns the Context.
func (c *Caller) context() context.Context {
	if c.Context == nil {
		return context.Background()
	}
	return c.Context
}

// interpret is Instance.runInterp without functions of the host and descriptions of
// traps.
func (c *Caller) interpret() error {
	in := c.in
	ctx := c.context()
	m := &in.interp
	m.EnterAt(c.fn, 0)
	for {
		in.grantPolls()
		exit := m.Run(in.program)
		switch exit {
		case ops.ExitReturn:
			return nil
		case ops.ExitTrap:
			if m.Reason == ops.ReasonStackOverflow && in.fits(m.Func, m.FP) {
				continue
			}
			return m.Reason
		}
		if in.counts && !in.burn() {
			return ops.ReasonOutOfFuel
		}
		in.paused(exit, ops.Site{Func: m.Func, PC: m.PC})
		if err := in.cancelled(ctx); err != nil {
			return err
		}
	}
}

// ready is the end of a call. The functions of a context may panic, so it is
// deferred where they are called.
func (c *Caller) ready() { c.state = callerReady }

// left goes on with a call that compiled code has left.
//
//go:noinline
func (c *Caller) left(memory *byte) error {
	m := &c.in.ctx
	if reason, ok := trapped(m.site); ok {
		c.ready()
		return reason
	}
	defer c.ready()
	ctx := c.context()
	for m.site != uint32(ops.ExitReturn) {
		if reason, ok := trapped(m.site); ok {
			return reason
		}
		if err := c.in.left(ctx); err != nil {
			if t, ok := err.(*Trap); ok {
				return t.Reason
			}
			return err
		}
		m.site = uint32(ops.ExitReturn)
		enter(m)
	}
	runtime.KeepAlive(memory)
	return nil
}

// trapped returns the reason of a trap, given the site where compiled code has left.
// That of a stack that may have to grow is for Instance.left.
func trapped(site uint32) (ops.Reason, bool) {
	reason := ops.Reason(site >> reasonShift & reasonMask)
	return reason, ops.Exit(site&exitMask) == ops.ExitTrap && reason != ops.ReasonStackOverflow
}
