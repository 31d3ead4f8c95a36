package jit

import (
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/copyjit/copyjit/internal/codemem"
	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// Functions compiled apart call each other through links, a word for each function
// of the program, which compiled code reads at every call:
//
//	caller ──▶ links[callee] ──▶ stub ──▶ exit to Go, which compiles it …
//	                    └─ … ──▶ code
//
// A stub is a function that exits with ops.ExitNoCode. The call has been made by
// then, so that Go has nothing to do but to go on at the function's entry instead.

// apart is what a Code has whose functions are compiled one by one. Its own block
// holds the stubs.
type apart struct {
	links []uintptr // read and written atomically
	units []atomic.Pointer[unit]
	size  atomic.Int64 // of all units, in bytes
}

// A unit is a function compiled apart.
type unit struct {
	id     ops.FuncID
	block  codemem.Block
	addr   uintptr // where it runs
	size   uintptr // in bytes
	layout atomic.Pointer[codeMap]
}

// Prepare makes a program executable whose functions are compiled one by one: by
// Code.CompileFunc, or else when they are called for the first time. It takes less
// time than Compile and less memory if few of many functions are ever called, and
// several goroutines can compile at the same time; calls between functions take
// longer than with Compile.
func (e *Engine) Prepare(p *ops.Program) (*Code, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.newCode(p, (*Engine).stubs)
}

// stubs installs a stub for each function.
func (e *Engine) stubs(c *Code) error {
	n := c.program.NumFuncs()
	if n > MaxFuncs {
		return &LimitError{"functions", MaxFuncs}
	}
	items := make([]linker.Item, n)
	for id := range items {
		items[id].Stencil, items[id].Site = nativeSet.Unlinked, uint32(id)<<siteShift
	}
	plan, err := linker.Layout(nativeSet, items)
	if err != nil || n == 0 {
		return err
	}
	if err := e.install(c, &plan); err != nil {
		return err
	}
	a := &apart{links: make([]uintptr, n), units: make([]atomic.Pointer[unit], n)}
	for id := range items {
		a.links[id] = e.mem.Addr(c.block) + uintptr(plan.Offset(id))
	}
	c.shared = &sharedCode{apart: a}
	return nil
}

// CompileFunc compiles a function of a Code that Prepare has made, unless it is
// compiled already. Any number of goroutines may call it at the same time, also
// while the code runs.
func (c *Code) CompileFunc(id ops.FuncID) error {
	p := c.Program()
	if p == nil || c.state.Load() != codeOpen {
		return ErrClosed
	}
	if int(id) >= p.NumFuncs() {
		return fmt.Errorf("jit: compiling function %d: the program has %d", id, p.NumFuncs())
	}
	if c.shared == nil || c.shared.apart == nil {
		return nil
	}
	_, err := c.compileFunc(p, id)
	return err
}

// scratch is what compiling a function needs for the time being.
type scratch struct {
	sel selector
	buf []byte
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// compileFunc is the pipeline for one function: select, lay out, copy and patch,
// validate, install. All but the last goes on beside other goroutines' work.
func (c *Code) compileFunc(p *ops.Program, id ops.FuncID) (*unit, error) {
	if u := c.shared.apart.units[id].Load(); u != nil {
		return u, nil
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	defer s.sel.shrink()
	if err := s.sel.runFunc(nativeSet, p, id); err != nil {
		return nil, err
	}
	plan := &s.sel.plan
	s.buf = slices.Grow(s.buf[:0], plan.Size+stencils.Slack)[:plan.Size+stencils.Slack]
	if err := emit(plan, s.buf, c.engine.cfg.Tuning); err != nil {
		return nil, s.sel.explain(p, err)
	}
	return c.publish(id, s.buf[:plan.Size])
}

// publish installs the code of a function and leads its calls there.
func (c *Code) publish(id ops.FuncID, code []byte) (*unit, error) {
	e, a := c.engine, c.shared.apart
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.state.Load() == codeFreed || e.mem == nil {
		return nil, ErrClosed
	}
	if u := a.units[id].Load(); u != nil {
		return u, nil // another goroutine was faster
	}
	block, err := e.alloc(len(code))
	if err != nil {
		return nil, err
	}
	copy(e.mem.Writable(block), code)
	e.mem.Sync(block)
	e.mem.Fence()
	u := &unit{id: id, block: block, addr: e.mem.Addr(block), size: uintptr(len(code))}
	if e.tell != nil {
		plan, _ := mapFunc(c.program, id)
		e.tell.loaded(c.program, plan, e.mem, block)
	}
	a.units[id].Store(u)
	e.numFuncs++
	a.size.Add(int64(len(code)))
	atomic.StoreUintptr(&a.links[id], u.addr)
	return u, nil
}

// numFuncs returns how many functions are compiled.
func (a *apart) numFuncs() int {
	n := 0
	for i := range a.units {
		if a.units[i].Load() != nil {
			n++
		}
	}
	return n
}

// free gives the memory of all units back.
func (a *apart) free(mem *codemem.Memory) {
	for i := range a.units {
		if u := a.units[i].Swap(nil); u != nil {
			mem.Free(u.block)
		}
	}
}

// byAddress returns the units in the order of their addresses.
func (a *apart) byAddress() []*unit {
	var list []*unit
	for i := range a.units {
		if u := a.units[i].Load(); u != nil {
			list = append(list, u)
		}
	}
	slices.SortFunc(list, func(a, b *unit) int {
		if a.addr < b.addr {
			return -1
		}
		return 1
	})
	return list
}
