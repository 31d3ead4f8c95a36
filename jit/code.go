package jit

import (
	"slices"
	"sort"
	"sync/atomic"
	"weak"

	"github.com/copyjit/copyjit/internal/codemem"
	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
)

// A Code is a compiled program. Any number of goroutines may share it, each
// with an Instance of its own.
type Code struct {
	engine  *Engine
	program *ops.Program
	shared  *sharedCode
	block   codemem.Block // where the machine code lies
	size    uint32        // how long it is, in bytes; 0 if there is none
	state   atomic.Uint32 // codeOpen and so on; changed under engine.mu
}

// States of a Code.
const (
	codeOpen   = iota
	codeClosed // but a call may be in progress
	codeFreed
)

// sharedCode is what few codes need, or not before they have instances: making
// a Code is cheaper the smaller it is.
type sharedCode struct {
	entries   []uint32                 // offsets of the functions' entries; nil if there is one function, at 0
	instances []weak.Pointer[Instance] // guarded by engine.mu
	inUse     bool                     // in engine.inUse
	index     int                      // where
	layout    atomic.Pointer[codeMap]
}

// Program returns the program that was compiled, nil after Close.
func (c *Code) Program() *ops.Program {
	c.engine.mu.Lock()
	defer c.engine.mu.Unlock()
	return c.program
}

// Size returns the size of the machine code in bytes, 0 if there is none.
func (c *Code) Size() int { return int(c.size) }

// Close frees the code. Calls in progress finish; the memory is freed after the
// last of them. Later calls answer ErrClosed. Closing twice does nothing.
func (c *Code) Close() error {
	e := c.engine
	e.mu.Lock()
	if c.state.Load() != codeFreed {
		c.close()
	}
	e.mu.Unlock()
	return nil
}

// close frees the code, or lets the last call in progress do that. The caller holds
// the engine's lock.
func (c *Code) close() {
	if c.shared == nil || c.shared.instances == nil {
		c.reclaim() // nobody can call it: no need to say that it is closed first
		return
	}
	c.state.Store(codeClosed)
	c.free()
}

// free gives the memory of closed code back unless it runs. The caller holds
// the engine's lock.
func (c *Code) free() {
	if c.state.Load() == codeClosed && !c.running() {
		c.reclaim()
	}
}

// reclaim gives the memory of code back that does not run.
func (c *Code) reclaim() {
	e := c.engine
	c.state.Store(codeFreed)
	c.program = nil
	e.numCodes--
	if c.size != 0 && e.mem != nil {
		e.mem.Free(c.block)
	}
	if c.shared != nil && c.shared.inUse {
		last := len(e.inUse) - 1
		e.inUse[last].shared.index = c.shared.index
		e.inUse[c.shared.index] = e.inUse[last]
		e.inUse[last] = nil
		e.inUse = e.inUse[:last]
	}
}

// running reports whether a call of the code is in progress. The caller holds
// the engine's lock. Instance.Call marks the instance before it looks at
// c.state, and both are atomic: if this misses a call, that sees codeClosed.
func (c *Code) running() bool {
	if c.shared == nil {
		return false
	}
	for _, w := range c.shared.instances {
		if in := w.Value(); in != nil && in.busy.Load() != 0 {
			return true
		}
	}
	return false
}

// released is called behind a call during which the code was closed.
func (c *Code) released() {
	c.engine.mu.Lock()
	defer c.engine.mu.Unlock()
	c.free()
	c.engine.unmap()
}

// adopt registers an instance, so that Close can see whether it runs.
func (c *Code) adopt(in *Instance) error {
	e := c.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.state.Load() != codeOpen || e.closed {
		return ErrClosed
	}
	if c.shared == nil {
		c.shared = new(sharedCode)
	}
	if !c.shared.inUse {
		c.shared.inUse, c.shared.index = true, len(e.inUse)
		e.inUse = append(e.inUse, c)
	}
	list := c.shared.instances
	if len(list) == cap(list) {
		// Before it grows, drop what the collector has taken.
		live := list[:0]
		for _, w := range list {
			if w.Value() != nil {
				live = append(live, w)
			}
		}
		list = live
	}
	c.shared.instances = append(list, weak.Make(in))
	in.program = c.program
	return nil
}

// entry returns the offset of a function's entry.
func (c *Code) entry(id ops.FuncID) uintptr {
	if c.shared.entries == nil {
		return 0
	}
	return uintptr(c.shared.entries[id])
}

// A codeMap tells what lies where in a Code.
type codeMap struct {
	offsets []uint32   // per item, in order
	sites   []codeSite // the operations that the items belong to
	itemOf  []uint32   // per operation of the program: its first item
	first   []uint32   // per function: index in itemOf of its pc 0
}

// A codeSite is an ops.Site in half of its size.
type codeSite struct{ fn, pc uint32 }

// layout returns the code's map, which it makes when first asked: selection and
// layout are deterministic, so doing them again costs less than keeping their
// result of every Code.
func (c *Code) layout(p *ops.Program) *codeMap {
	if m := c.shared.layout.Load(); m != nil {
		return m
	}
	plan, itemOf := mapCode(p)
	m := &codeMap{offsets: make([]uint32, len(plan.Items)), sites: make([]codeSite, len(plan.Items)), itemOf: slices.Clone(itemOf)}
	for i := range plan.Items {
		s := siteOf(&plan.Items[i])
		m.offsets[i], m.sites[i] = uint32(plan.Offset(i)), codeSite{uint32(s.Func), uint32(s.PC)}
	}
	n := uint32(0)
	for id := range ops.FuncID(p.NumFuncs()) {
		m.first = append(m.first, n)
		n += uint32(p.Func(id).Len())
	}
	c.shared.layout.Store(m)
	return m
}

// mapCode selects and lays out a program again that has been compiled.
func mapCode(p *ops.Program) (plan *linker.Plan, itemOf []uint32) {
	var sel selector
	if err := sel.run(nativeSet, p); err != nil {
		panic("jit: a program that was compiled cannot be selected: " + err.Error())
	}
	return &sel.plan, sel.itemOf
}

// start returns the offset of an operation's code, its poll included.
func (m *codeMap) start(s ops.Site) uintptr {
	return uintptr(m.offsets[m.itemOf[int(m.first[s.Func])+s.PC]])
}

// behindPoll returns the offset of a back-edge's own code.
func (m *codeMap) behindPoll(s ops.Site) uintptr {
	return uintptr(m.offsets[m.itemOf[int(m.first[s.Func])+s.PC]+1])
}

// site returns the operation to which the hot code at an offset belongs.
func (m *codeMap) site(offset uintptr) ops.Site {
	i := sort.Search(len(m.offsets), func(i int) bool { return uintptr(m.offsets[i]) > offset }) - 1
	return ops.Site{Func: ops.FuncID(m.sites[i].fn), PC: int(m.sites[i].pc)}
}

// siteOf returns the operation to which an item belongs.
func siteOf(it *linker.Item) ops.Site {
	return ops.Site{
		Func: ops.FuncID(it.Site >> siteShift),
		PC:   int(it.PC),
	}
}
