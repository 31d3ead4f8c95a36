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
		e.pass.Shrink()
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
	n := c.program.NumFuncs()
	switch {
	case n > MaxFuncs:
		return &LimitError{"functions", MaxFuncs}
	case n == 0:
		return nil
	}
	if n > 1 {
		c.shared = &sharedCode{entries: make([]uint32, n)}
	}
	if book := nativeBook(); book != nil {
		code, err := onePass(&e.pass, book, c.program)
		if err == nil {
			return e.installPass(c, code)
		}
	}
	sel := &e.sel
	if err := sel.run(nativeSet, c.program); err != nil {
		return err
	}
	plan := &sel.plan
	if err := e.install(c, plan); err != nil {
		return sel.explain(c.program, err)
	}
	if n > 1 {
		for i, item := range sel.entry {
			c.shared.entries[i] = uint32(plan.Offset(int(item)))
		}
	}
	return nil
}

// installPass copies what one pass has made into memory of the Code.
func (e *Engine) installPass(c *Code, code []byte) error {
	if e.cfg.Tuning.Validate {
		if err := e.sel.run(nativeSet, c.program); err != nil {
			return err
		}
		if err := validate(&e.sel.plan, code); err != nil {
			return err
		}
	}
	block, err := e.alloc(len(code) + stencils.Slack)
	if err != nil {
		return err
	}
	copy(e.mem.Writable(block), code)
	e.mem.Sync(block)
	c.block, c.size = block, uint32(len(code))
	if c.shared != nil {
		for i := range c.shared.entries {
			c.shared.entries[i] = e.pass.Entry(i)
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
	return nil
}

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
