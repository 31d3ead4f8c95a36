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
func (e *Engine) Compile(p *ops.Program) (*Code, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.newCode(p, (*Engine).native)
}

// newCode makes a Code, whose code memory something fills in. The caller holds the
// lock.
func (e *Engine) newCode(p *ops.Program, fill func(*Engine, *Code) error) (*Code, error) {
	if e.closed {
		return nil, ErrClosed
	}
	if e.handle == len(e.handles) {
		e.handles, e.handle = make([]Code, chunkHandles), 0
	}
	c := &e.handles[e.handle]
	e.handle++
	c.engine, c.program = e, p
	if e.mem != nil {
		err := fill(e, c)
		e.sel.shrink()
		if err != nil {
			c.engine, c.program, c.shared = nil, nil, nil
			e.handle--
			return nil, err
		}
	}
	e.numCodes++
	return c, nil
}

// chunkHandles is how many Codes are allocated at once. A Code that is freed
// lets go of its program, so that its neighbours keep nothing but its handle
// alive.
const chunkHandles = 16

// native is the pipeline: select, lay out, copy and patch, validate, install.
func (e *Engine) native(c *Code) error {
	if n := c.program.NumFuncs(); n > MaxFuncs {
		return &LimitError{"functions", MaxFuncs}
	}
	sel := &e.sel
	if err := sel.run(nativeSet, c.program); err != nil {
		return err
	}
	plan := &sel.plan
	if plan.Size == 0 {
		return nil // a program without functions
	}
	if err := e.install(c, plan); err != nil {
		return sel.explain(c.program, err)
	}
	e.numFuncs += len(sel.entry)
	if len(sel.entry) > 1 {
		c.shared = new(sharedCode)
		c.shared.entries = make([]uint32, len(sel.entry))
		for i, item := range sel.entry {
			c.shared.entries[i] = uint32(plan.Offset(int(item)))
		}
	}
	return nil
}

// install emits code into memory of the Code.
func (e *Engine) install(c *Code, plan *linker.Plan) error {
	block, err := e.alloc(plan.Size + stencils.Slack)
	if err != nil {
		return err
	}
	buf := e.mem.Writable(block)
	if err := emit(plan, buf, e.cfg.Tuning); err != nil {
		e.mem.Free(block)
		return err
	}
	e.mem.Sync(block)
	c.block, c.size = block, uint32(plan.Size)
	if e.tell != nil {
		e.tell.loaded(c.program, plan, e.mem, block)
	}
	return nil
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
