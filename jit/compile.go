package jit

import (
	"errors"
	"fmt"

	"github.com/copyjit/copyjit/internal/codemem"
	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// Compile makes a program executable. The Code holds code memory until its
// Close; a forgotten one holds it until the engine is closed or forgotten too.
// Several goroutines can compile at the same time.
func (e *Engine) Compile(p *ops.Program) (*Code, error) { return e.newCode(p, &whole) }

// A method says how to make the machine code of a program.
type method struct {
	// make makes it, all but the copy that runs.
	make func(*scratch, *ops.Program) (made, error)

	// finish gives the Code what it needs besides. The caller holds the lock.
	finish func(*Engine, *Code, *scratch, *made)
}

// made is machine code, or a plan to be emitted. It is in a scratch's memory.
type made struct {
	code []byte // nil if there is a plan
	plan *linker.Plan
}

// size returns the size of the code in bytes.
func (m *made) size() int {
	if m.plan != nil {
		return m.plan.Size
	}
	return len(m.code)
}

// fill puts the code into its block and lets processors see it.
func (m *made) fill(mem *codemem.Memory, block codemem.Block, tuning Tuning) error {
	if m.plan == nil {
		copy(mem.Writable(block), m.code)
	} else if err := emit(m.plan, mem.Writable(block), tuning); err != nil {
		return err
	}
	return mem.Sync(block)
}

// scratch is what compiling needs for the time being.
type scratch struct {
	pass     linker.Pass
	sel      selector
	buf      []byte
	validate bool
}

// use prepares the scratch for an engine.
func (s *scratch) use(e *Engine) { s.sel.counts, s.validate = e.counts, e.cfg.Tuning.Validate }

// shrink drops memory that only a large program needed.
func (s *scratch) shrink() {
	s.sel.shrink()
	s.pass.Shrink()
}

// whole is the method for programs whose functions are compiled together.
var whole = method{
	make: func(s *scratch, p *ops.Program) (made, error) {
		if n := p.NumFuncs(); n > MaxFuncs {
			return made{}, &LimitError{"functions", MaxFuncs}
		}
		book := nativeBook()
		if book == nil || s.sel.counts {
			return made{plan: &s.sel.plan}, s.sel.run(nativeSet, p)
		}
		code, err := onePass(&s.pass, book, p)
		if err == nil && !s.validate {
			return made{code: code}, nil
		}
		planErr := s.sel.run(nativeSet, p)
		if err != nil {
			return made{plan: &s.sel.plan}, planErr // which finds out what is wrong
		}
		if planErr == nil {
			planErr = validate(&s.sel.plan, code)
		}
		return made{code: code}, planErr
	},
	finish: func(e *Engine, c *Code, s *scratch, m *made) {
		n := c.program.NumFuncs()
		e.numFuncs += n
		if n == 1 {
			return
		}
		c.shared = &sharedCode{entries: make([]uint32, n)}
		for i := range c.shared.entries {
			if m.plan == nil {
				c.shared.entries[i] = s.pass.Entry(i)
			} else {
				c.shared.entries[i] = uint32(m.plan.Offset(int(s.sel.entry[i])))
			}
		}
	},
}

var errNoProgram = errors.New("jit: there is no program to compile: that of a closed Code is nil")

// newCode is the pipeline: select, lay out, copy and patch, validate, install. A
// small program goes through it under the lock, with the engine's own scratch memory,
// which costs less than handing over twice; a large one beside other goroutines' work.
func (e *Engine) newCode(p *ops.Program, how *method) (*Code, error) {
	if p != nil && p.Len()+p.NumFuncs() > maxLocked && e.tier == TierNative {
		return e.newCodeAside(p, how)
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	if p == nil {
		return nil, errNoProgram
	}
	if e.mem == nil {
		return e.newHandle(p), nil
	}
	s := &e.work
	m, err := how.make(s, p)
	var block codemem.Block
	if err == nil && m.size() != 0 { // which it is of a program without functions
		if block, err = e.alloc(m.size() + stencils.Slack); err == nil {
			if err = m.fill(e.mem, block, e.cfg.Tuning); err != nil {
				e.mem.Free(block)
				err = s.sel.explain(p, err)
			}
		}
	}
	if err != nil {
		s.shrink()
		return nil, err
	}
	c := e.install(p, how, s, &m, block)
	s.shrink()
	return c, nil
}

// newCodeAside is newCode without the lock but for what others must not see half done.
func (e *Engine) newCodeAside(p *ops.Program, how *method) (*Code, error) {
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	s.use(e)
	defer s.shrink()
	m, err := how.make(s, p)
	if err != nil {
		return nil, err
	}
	mem, block, err := e.beginFill(&m)
	if err != nil {
		return nil, err
	}
	err = m.fill(mem, block, e.cfg.Tuning)

	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.unmap()
	e.filling--
	if err == nil && e.closed {
		err = ErrClosed
	}
	if err != nil {
		mem.Free(block)
		return nil, s.sel.explain(p, err)
	}
	return e.install(p, how, s, &m, block), nil
}

// beginFill takes code memory, which is not unmapped before the caller has counted
// filling down.
func (e *Engine) beginFill(m *made) (*codemem.Memory, codemem.Block, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, codemem.Block{}, ErrClosed
	}
	block, err := e.alloc(m.size() + stencils.Slack)
	if err == nil {
		e.filling++
	}
	return e.mem, block, err
}

// install makes a Code of finished machine code. The caller holds the lock.
func (e *Engine) install(p *ops.Program, how *method, s *scratch, m *made, block codemem.Block) *Code {
	c := e.newHandle(p)
	if size := m.size(); size != 0 {
		c.block, c.size = block, uint32(size)
		if e.tell != nil {
			plan := m.plan
			if plan == nil {
				plan, _ = mapCode(p, e.counts)
			}
			e.tell.loaded(p, plan, e.mem, block)
		}
		how.finish(e, c, s, m)
	}
	return c
}

// newHandle makes a Code without machine code. The caller holds the lock.
func (e *Engine) newHandle(p *ops.Program) *Code {
	if e.handle == len(e.handles) {
		e.handles, e.handle = make([]Code, chunkHandles), 0
	}
	c := &e.handles[e.handle]
	e.handle++
	c.engine, c.program = e, p
	e.numCodes++
	return c
}

// chunkHandles is how many Codes are allocated at once. A Code that is freed
// lets go of its program, so that its neighbours keep nothing but its handle
// alive.
const chunkHandles = 16

// emit copies and patches, and reads the result back if that is wanted.
func emit(plan *linker.Plan, buf []byte, tuning Tuning) error {
	err := plan.Emit(buf)
	if err == nil && tuning.Validate {
		err = validate(plan, buf[:plan.Size])
	}
	return err
}

// validate reads code back.
func validate(plan *linker.Plan, code []byte) error {
	if err := plan.Validate(code); err != nil {
		return fmt.Errorf("jit: the code is not what was asked for: %w", err)
	}
	return nil
}

// alloc takes code memory. The caller holds the lock.
func (e *Engine) alloc(size int) (codemem.Block, error) {
	block, err := e.mem.Alloc(size)
	if errors.Is(err, codemem.ErrFull) {
		err = &LimitError{"code bytes", e.cfg.CodeBytes}
	}
	return block, err
}

// explain adds the operation to the linker's complaint about an item.
func (s *selector) explain(p *ops.Program, err error) error {
	var hole *linker.HoleError
	if !errors.As(err, &hole) {
		return err
	}
	site := siteOf(&s.items[hole.Item])
	return fmt.Errorf("jit: function %s, pc %d: %w", p.Func(site.Func).Name, site.PC, err)
}
