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
func (e *Engine) Prepare(p *ops.Program) (*Code, error) { return e.newCode(p, &stubs) }

// stubs is the method for programs whose functions are compiled apart: a stub for each
// of them.
var stubs = method{
	make: func(_ *scratch, p *ops.Program) (made, error) {
		n := p.NumFuncs()
		if n > MaxFuncs {
			return made{}, &LimitError{"functions", MaxFuncs}
		}
		items := make([]linker.Item, n)
		for id := range items {
			items[id].Stencil, items[id].Site = nativeSet.Unlinked, uint32(id)<<siteShift
		}
		plan, err := linker.Layout(nativeSet, items)
		return made{plan: &plan}, err
	},
	finish: func(e *Engine, c *Code, _ *scratch, m *made) {
		n := c.program.NumFuncs()
		a := &apart{links: make([]uintptr, n), units: make([]atomic.Pointer[unit], n)}
		for id := range n {
			a.links[id] = e.mem.Addr(c.block) + uintptr(m.plan.Offset(id))
		}
		c.shared = &sharedCode{apart: a}
	},
}

// CompileFunc compiles a function of a Code that Prepare has made, unless it is
// compiled already. Any number of goroutines may call it at the same time, also
// while the code runs.
func (c *Code) CompileFunc(id ops.FuncID) error {
	c.engine.mu.Lock()
	p, a := c.program, c.apart()
	c.engine.mu.Unlock()
	if p == nil || c.state.Load() != codeOpen {
		return ErrClosed
	}
	if int(id) >= p.NumFuncs() {
		return fmt.Errorf("jit: compiling function %d: the program has %d", id, p.NumFuncs())
	}
	if a == nil {
		return nil
	}
	_, err := c.compileFunc(p, id)
	return err
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
	s.use(c.engine)
	defer s.shrink()
	code, err := s.function(p, id, c.engine.cfg.Tuning)
	if err != nil {
		return nil, err
	}
	return c.publish(id, code)
}

// function makes the code of a function. It is in the scratch's memory.
func (s *scratch) function(p *ops.Program, id ops.FuncID, tuning Tuning) ([]byte, error) {
	plan := &s.sel.plan
	if book := apartBook(); book != nil && !s.sel.counts {
		code, err := onePassFunc(&s.pass, book, p, id)
		if err == nil && !s.validate {
			return code, nil
		}
		if err == nil {
			if err = s.sel.runFunc(nativeSet, p, id); err == nil {
				err = validate(plan, code)
			}
			return code, err
		}
	}
	if err := s.sel.runFunc(nativeSet, p, id); err != nil {
		return nil, err
	}
	s.buf = slices.Grow(s.buf[:0], plan.Size+stencils.Slack)[:plan.Size+stencils.Slack]
	if err := emit(plan, s.buf, tuning); err != nil {
		return nil, s.sel.explain(p, err)
	}
	return s.buf[:plan.Size], nil
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
	if err := e.mem.Sync(block); err != nil {
		e.mem.Free(block)
		return nil, err
	}
	e.mem.Fence()
	u := &unit{id: id, block: block, addr: e.mem.Addr(block), size: uintptr(len(code))}
	if e.tell != nil {
		plan, _ := mapFunc(c.program, id, e.counts)
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
