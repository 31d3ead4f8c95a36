package jit

import (
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
	addr    uintptr       // where the code runs, 0 if it is interpreted
	block   codemem.Block // where it lies
	size    uint32        // how long it is, in bytes
	closed  atomic.Bool
	freed   bool     // guarded by engine.mu
	entries []uint32 // offsets of the functions' entries; nil if there is one function, at 0
	shared  *sharedCode
}

// sharedCode is what a Code needs once it has instances. Most of it is made
// when it is first asked for, so that compiling does not pay for it.
type sharedCode struct {
	instances []weak.Pointer[Instance] // guarded by engine.mu
	layout    atomic.Pointer[codeMap]
}

// Program returns the program that was compiled.
func (c *Code) Program() *ops.Program { return c.program }

// Size returns the size of the machine code in bytes, 0 if there is none.
func (c *Code) Size() int { return int(c.size) }

// Close frees the code. Calls in progress finish; the memory is freed after the
// last of them. Later calls answer ErrClosed. Closing twice does nothing.
func (c *Code) Close() error {
	e := c.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.closed.Load() {
		return nil
	}
	c.closed.Store(true)
	c.free()
	return nil
}

// free gives the memory of closed code back unless it runs. The caller holds
// the engine's lock.
func (c *Code) free() {
	e := c.engine
	if c.freed || !c.closed.Load() || c.running() {
		return
	}
	c.freed = true
	e.numCodes--
	if c.addr != 0 && e.mem != nil {
		e.mem.Free(c.block)
	}
	if c.shared != nil {
		for i := range e.inUse {
			if e.inUse[i] == c {
				e.inUse[i] = e.inUse[len(e.inUse)-1]
				e.inUse[len(e.inUse)-1] = nil
				e.inUse = e.inUse[:len(e.inUse)-1]
				break
			}
		}
	}
}

// running reports whether a call of the code is in progress. The caller holds
// the engine's lock. Instance.Call marks the instance before it looks at
// c.closed, and both are atomic: if this misses a call, that sees closed.
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
	if c.closed.Load() || e.closed {
		return ErrClosed
	}
	if c.shared == nil {
		c.shared = new(sharedCode)
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
	return nil
}

// entry returns the address of a function's entry.
func (c *Code) entry(id ops.FuncID) uintptr {
	if c.entries == nil {
		return c.addr
	}
	return c.addr + uintptr(c.entries[id])
}

// A codeMap tells what lies where in a Code.
type codeMap struct {
	items   []linker.Item // in order of offset
	itemOf  []uint32      // per operation of the program: its first item
	first   []uint32      // per function: index in itemOf of its pc 0
	program *ops.Program
}

// layout returns the code's map, which it makes when first asked: selection and
// layout are deterministic, so doing them again costs less than keeping their
// result of every Code.
func (c *Code) layout() *codeMap {
	if m := c.shared.layout.Load(); m != nil {
		return m
	}
	m := mapCode(c.program)
	c.shared.layout.Store(m)
	return m
}

func mapCode(p *ops.Program) *codeMap {
	var sel selector
	if err := sel.run(nativeSet, p); err != nil {
		panic("jit: a program that was compiled cannot be selected: " + err.Error())
	}
	if _, err := linker.Layout(nativeSet, sel.items); err != nil {
		panic("jit: a program that was compiled cannot be laid out: " + err.Error())
	}
	m := &codeMap{items: sel.items, itemOf: sel.itemOf, program: p}
	n := uint32(0)
	for id := range ops.FuncID(p.NumFuncs()) {
		m.first = append(m.first, n)
		n += uint32(p.Func(id).Len())
	}
	return m
}

// start returns the offset of an operation's code, its poll included.
func (m *codeMap) start(id ops.FuncID, pc int) int {
	return m.items[m.itemOf[int(m.first[id])+pc]].Offset()
}

// behindPoll returns the offset of a back-edge's own code.
func (m *codeMap) behindPoll(id ops.FuncID, pc int) int {
	return m.items[m.itemOf[int(m.first[id])+pc]+1].Offset()
}

// site returns the operation to which the hot code at an offset belongs.
func (m *codeMap) site(offset int) ops.Site {
	i := sort.Search(len(m.items), func(i int) bool { return m.items[i].Offset() > offset }) - 1
	it := &m.items[i]
	return ops.Site{Func: ops.FuncID(it.Site >> siteShift), PC: int(it.PC)}
}
