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

// A recipe says how to make the machine code of a program.
type recipe struct {
	// layOut selects stencils and lays them out.
	layOut func(*selector, *ops.Program) (*linker.Plan, error)

	// finish gives the Code what it needs besides. The caller holds the lock.
	finish func(*Engine, *Code, *selector, *linker.Plan)
}

// whole is the recipe of a program whose functions are compiled together.
var whole = recipe{
	layOut: func(s *selector, p *ops.Program) (*linker.Plan, error) {
		if n := p.NumFuncs(); n > MaxFuncs {
			return nil, &LimitError{"functions", MaxFuncs}
		}
		return &s.plan, s.run(nativeSet, p)
	},
	finish: func(_ *Engine, c *Code, s *selector, plan *linker.Plan) {
		if len(s.entry) > 1 {
			c.shared = new(sharedCode)
			c.shared.entries = make([]uint32, len(s.entry))
			for i, item := range s.entry {
				c.shared.entries[i] = uint32(plan.Offset(int(item)))
			}
		}
	},
}

var errNoProgram = errors.New("jit: there is no program to compile: that of a closed Code is nil")

// newCode is the pipeline: select, lay out, copy and patch, validate, install. A
// small program goes through it under the lock, with the engine's own scratch memory,
// which costs less than handing over twice; a large one beside other goroutines' work.
func (e *Engine) newCode(p *ops.Program, r *recipe) (*Code, error) {
	if p != nil && p.Len()+p.NumFuncs() > maxLocked && e.tier == TierNative {
		return e.newCodeAside(p, r)
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
	s := &e.sel
	plan, err := r.layOut(s, p)
	var block codemem.Block
	if err == nil && plan.Size != 0 { // which it is of a program without functions
		if block, err = e.alloc(plan.Size + stencils.Slack); err == nil {
			if err = fill(plan, e.mem, block, e.cfg.Tuning); err != nil {
				e.mem.Free(block)
				err = s.explain(p, err)
			}
		}
	}
	s.shrink()
	if err != nil {
		return nil, err
	}
	return e.install(p, r, s, plan, block), nil
}

// newCodeAside is newCode without the lock but for what others must not see half done.
func (e *Engine) newCodeAside(p *ops.Program, r *recipe) (*Code, error) {
	work := scratches.Get().(*scratch)
	defer scratches.Put(work)
	s := &work.sel
	s.counts = e.counts
	defer s.shrink()
	plan, err := r.layOut(s, p)
	if err != nil {
		return nil, err
	}
	mem, block, err := e.beginFill(plan)
	if err != nil {
		return nil, err
	}
	err = fill(plan, mem, block, e.cfg.Tuning)

	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.unmap()
	e.filling--
	if err == nil && e.closed {
		err = ErrClosed
	}
	if err != nil {
		mem.Free(block)
		return nil, s.explain(p, err)
	}
	return e.install(p, r, s, plan, block), nil
}

// beginFill takes code memory, which is not unmapped before the caller has counted
// filling down.
func (e *Engine) beginFill(plan *linker.Plan) (*codemem.Memory, codemem.Block, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, codemem.Block{}, ErrClosed
	}
	block, err := e.alloc(plan.Size + stencils.Slack)
	if err == nil {
		e.filling++
	}
	return e.mem, block, err
}

// install makes a Code of finished machine code. The caller holds the lock.
func (e *Engine) install(p *ops.Program, r *recipe, s *selector, plan *linker.Plan, block codemem.Block) *Code {
	c := e.newHandle(p)
	if plan.Size != 0 {
		c.block, c.size = block, uint32(plan.Size)
		r.finish(e, c, s, plan)
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

// fill emits code into its block and lets processors see it.
func fill(plan *linker.Plan, mem *codemem.Memory, block codemem.Block, tuning Tuning) error {
	if err := emit(plan, mem.Writable(block), tuning); err != nil {
		return err
	}
	return mem.Sync(block)
}

// emit copies and patches, and reads the result back if that is wanted.
func emit(plan *linker.Plan, buf []byte, tuning Tuning) error {
	err := plan.Emit(buf)
	if err == nil && tuning.Validate {
		if err = plan.Validate(buf[:plan.Size]); err != nil {
			err = fmt.Errorf("jit: the code is not what was asked for: %w", err)
		}
	}
	return err
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
