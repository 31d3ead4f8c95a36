package jit

import (
	"context"
	"fmt"
	"sync/atomic"
	"unsafe"

	"github.com/copyjit/copyjit/ops"
)

// InstanceConfig configures an Instance. The zero InstanceConfig is a good one.
type InstanceConfig struct {
	StackBytes int // limit of the stack in bytes, a multiple of 8; 0 means DefaultStackBytes
}

// An Instance runs a Code: it has the registers and the stack. It serves one
// goroutine at a time; a call while another is in progress is ErrInUse.
type Instance struct {
	code    *Code
	program *ops.Program // code.program, which Close clears
	ctx     machineContext
	interp  ops.Machine // its Stack is the stack in either tier
	base    uintptr     // where the code runs that was compiled as a whole
	apart   *apart      // of code that is compiled function by function
	busy    atomic.Uint32
	none    ops.State // stands for a State that the caller doesn't give
	own     int64     // the word to poll when every safepoint is to exit

	memory *Memory
	hosts  []hostImport // by their index in the program
	table  []tableEntry

	hostCalls []*HostCall // by level; depth are in progress
	depth     int

	// observe, if set, is told of every safepoint exit; tests compare tiers
	// with it.
	observe func(*Instance, ops.Exit, ops.Site)
}

// NewInstance returns an instance of the code.
func (c *Code) NewInstance(cfg InstanceConfig) (*Instance, error) {
	if cfg.StackBytes == 0 {
		cfg.StackBytes = DefaultStackBytes
	}
	if cfg.StackBytes > MaxStackBytes {
		return nil, &LimitError{"stack bytes", MaxStackBytes}
	}
	if cfg.StackBytes < 8*ops.HeaderWords || cfg.StackBytes%8 != 0 {
		return nil, fmt.Errorf("jit: StackBytes is %d, want a multiple of 8 of at least %d", cfg.StackBytes, 8*ops.HeaderWords)
	}
	in := &Instance{code: c, own: -1}
	in.interp.Stack = make([]uint64, cfg.StackBytes/8)
	if err := c.adopt(in); err != nil {
		return nil, err
	}
	if c.size != 0 {
		in.openNative(cfg)
	}
	return in, nil
}

// stackAddr returns the address of the stack. Objects on Go's heap don't move.
func (in *Instance) stackAddr() uintptr {
	return uintptr(unsafe.Pointer(unsafe.SliceData(in.interp.Stack)))
}

// Call runs a function. The arguments are in s.Reg and, those without a
// register, in s.Slots, where on return the results are; of s.Reg and s.Slots
// nothing else means anything then. len(s.Slots) must suffice for both. A nil s
// stands for no arguments and no results.
//
// The error is a *Trap if the program trapped, ctx.Err() if ctx is done, at the
// latest some 10 ms after that, ErrClosed or ErrInUse. After an error the
// instance is ready for the next call.
func (in *Instance) Call(ctx context.Context, fn ops.FuncID, s *ops.State) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if !in.busy.CompareAndSwap(0, 1) {
		return ErrInUse
	}
	err := ErrClosed
	if in.code.state.Load() == codeOpen {
		err = in.call(ctx, fn, s, 0)
	}
	in.end()
	return err
}

// cancelled returns ctx.Err(). That is the one place where a call runs code of
// its caller, which may panic, and the call is then over: a defer in Call would
// cost every call a nanosecond.
func (in *Instance) cancelled(ctx context.Context) error {
	returned := false
	defer func() {
		if !returned && in.depth == 0 {
			in.end()
		}
	}()
	err := ctx.Err()
	returned = true
	return err
}

// end makes the instance free for the next call, and lets go of code that was
// closed meanwhile.
func (in *Instance) end() {
	in.busy.Store(0)
	if in.code.state.Load() != codeOpen {
		in.code.released()
	}
}

// call is Call on an instance that is ours, of code that is open, with frames from
// an index of the stack on.
func (in *Instance) call(ctx context.Context, fn ops.FuncID, s *ops.State, bottom int) error {
	if s == nil {
		s = &in.none
	}
	p := in.program
	if int(fn) >= p.NumFuncs() {
		return fmt.Errorf("jit: call of function %d: the program has %d", fn, p.NumFuncs())
	}
	f := p.Func(fn)
	if f.Slots != 0 {
		if err := in.passSlots(f, s, bottom); err != nil {
			return err
		}
	}
	if bottom+ops.HeaderWords > len(in.interp.Stack) {
		return newTrap(p, ops.ReasonStackOverflow, ops.Site{Func: fn}, noCallers)
	}
	var err error
	if in.native() {
		in.ctx.reg = s.Reg
		err = in.runNative(ctx, fn, bottom)
		s.Reg = in.ctx.reg
	} else {
		in.interp.Reg = s.Reg
		err = in.runInterp(ctx, fn, bottom)
		s.Reg = in.interp.Reg
	}
	if f.Slots != 0 && err == nil {
		copy(s.Slots[:f.Sig.ResultSlots()], in.interp.Stack[bottom+ops.HeaderWords:])
	}
	return err
}

// passSlots puts the arguments that have no register into the frame.
func (in *Instance) passSlots(f *ops.Func, s *ops.State, bottom int) error {
	params, results := f.Sig.ParamSlots(), f.Sig.ResultSlots()
	if len(s.Slots) < max(params, results) {
		return fmt.Errorf("jit: call of %s: State has %d slots, its parameters and results take %d", f.Name, len(s.Slots), max(params, results))
	}
	if first := bottom + ops.HeaderWords; first+params <= len(in.interp.Stack) { // otherwise a stack overflow is ahead
		copy(in.interp.Stack[first:], s.Slots[:params])
	}
	return nil
}

// runInterp interprets until the call is over.
func (in *Instance) runInterp(ctx context.Context, fn ops.FuncID, bottom int) error {
	m, p := &in.interp, in.program
	m.Enter(fn)
	for {
		m.Polls = interpPolls
		if in.code.engine.cfg.Tuning.ExitAtPolls {
			m.Polls = 0
		}
		exit := m.Run(p)
		site := ops.Site{Func: m.Func, PC: m.PC}
		switch exit {
		case ops.ExitReturn:
			return nil
		case ops.ExitTrap:
			return newTrap(p, m.Reason, site, m.Callers(p))
		}
		if in.observe != nil {
			in.observe(in, exit, site)
		}
		if err := in.cancelled(ctx); err != nil {
			return err
		}
	}
}
