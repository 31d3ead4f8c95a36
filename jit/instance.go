package jit

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync/atomic"
	"unsafe"

	"github.com/copyjit/copyjit/ops"
)

// InstanceConfig configures an Instance. The zero InstanceConfig is a good one for
// programs that need neither memory nor functions of the host.
type InstanceConfig struct {
	// StackBytes limits the stack, in bytes, a multiple of 8. It starts small and
	// grows. 0 means DefaultStackBytes, or what Config.Limits allow if that is less.
	StackBytes int

	// MemoryBytes limits how large the linear memory may be, in bytes, and Nesting how
	// many host functions may be in progress at once, see Limits. 0 means what
	// Config.Limits allow.
	MemoryBytes, Nesting int

	// Memory is the linear memory, at least as large as the program asks for; nil
	// stands for a new one of that size, if it asks for any. NewInstance copies the
	// program's data there.
	Memory *Memory

	// Fuel is what Instance.SetFuel is given first; 0 means MaxFuel. It is an error
	// to set it if Config.Fuel is not.
	Fuel uint64

	// Host has the functions that the program imports, by their names. Others are
	// ignored.
	Host map[string]HostFunc
}

// An Instance runs a Code: it has the registers, the stack, globals, the table of
// functions and the counters. It serves one goroutine at a time; a call while
// another is in progress is ErrInUse.
type Instance struct {
	code       *Code
	program    *ops.Program // code.program, which Close clears
	ctx        machineContext
	interp     ops.Machine // its Stack is the stack in either tier
	maxStack   int         // how many words that may have
	stackSpace space       // where it is if it is large
	base       uintptr     // where the code runs that was compiled as a whole
	apart      *apart      // of code that is compiled function by function
	busy       atomic.Uint32
	leased     bool // to a Caller: busy between calls too
	memory     *Memory
	none       ops.State // stands for a State that the caller doesn't give
	own        int64     // the word to poll when every safepoint is to exit
	counts     bool      // safepoints are counted
	fuel       fuel

	globals  []uint64
	counters []uint64
	table    []tableEntry
	hosts    []hostImport // by their index in the program

	hostCalls []*HostCall // by level; depth are in progress
	depth     int
	nesting   int // which may be

	observer  *Observer   // nil if there is none
	told      bool        // of the call that begins
	pause     Pause       // what it is told of
	asked     atomic.Bool // by Engine.Interrupt
	wanted    atomic.Pointer[stackRequest]
	exits     *exitCounts
	uncounted uint64 // host calls that are not in exits yet

	// observe, if set, is told of every safepoint and host call; tests compare tiers
	// with it.
	observe func(*Instance, ops.Exit, ops.Site)
}

// NewInstance returns an instance of the code. It is an error if the program
// imports a function that cfg.Host has not, or asks for a larger memory than
// cfg.Memory.
func (c *Code) NewInstance(cfg InstanceConfig) (*Instance, error) {
	if err := cfg.limit(&c.engine.cfg.Limits); err != nil {
		return nil, err
	}
	if cfg.Fuel != 0 && !c.engine.cfg.Fuel {
		return nil, errNoFuel
	}
	in := &Instance{code: c, own: -1, memory: cfg.Memory, nesting: cfg.Nesting}
	in.counts = c.engine.counts
	in.openStack(cfg.StackBytes)
	if err := c.adopt(in); err != nil {
		return nil, err
	}
	in.observer, in.exits = c.engine.observer(), c.engine.exits.add(in)
	if c.size != 0 {
		in.openNative()
	}
	if err := in.initialise(&cfg); err != nil {
		return nil, err
	}
	return in, nil
}

// initialise gives the instance what the program declares.
func (in *Instance) initialise(cfg *InstanceConfig) error {
	p := in.program
	if err := in.importHosts(cfg.Host); err != nil {
		return err
	}
	if err := in.initMemory(cfg.MemoryBytes); err != nil {
		return err
	}
	in.globals = slices.Clone(p.Globals())
	in.ctx.globals = address(in.globals)
	in.initFuel(cfg.Fuel)
	in.interp.Globals, in.interp.Counters = in.globals, in.counters
	in.initTable()
	return nil
}

// initMemory makes the memory for which the program asks, unless there is one, and
// copies the program's data there.
func (in *Instance) initMemory(limit int) error {
	want := in.program.Memory()
	if in.memory == nil {
		if want.Max == 0 {
			return nil
		}
		if want.Min > uint64(limit) {
			return &LimitError{"memory bytes", limit}
		}
		m, err := NewMemory(clampInt(want.Min), min(clampInt(want.Max), limit))
		if err != nil {
			return err
		}
		in.memory = m
	}
	if err := in.memory.acquire(); err != nil {
		return err
	}
	defer in.memory.release()
	if have := in.memory.Size(); uint64(have) < want.Min {
		return fmt.Errorf("jit: the program asks for a memory of %d bytes, InstanceConfig.Memory has %d", want.Min, have)
	}
	for _, d := range in.program.Data() { // within want.Min
		copy(in.memory.bytes[d.Offset:], d.Bytes)
	}
	return nil
}

// clampInt returns a size as an int, which NewMemory refuses if there cannot be so
// large a memory.
func clampInt(size uint64) int { return int(min(size, math.MaxInt)) }

// address returns the address of the first element, 0 if there is none. Objects on
// Go's heap don't move; the Instance keeps them alive.
func address[T any](s []T) uintptr {
	if len(s) == 0 {
		return 0
	}
	return uintptr(unsafe.Pointer(unsafe.SliceData(s)))
}

// Program returns the program that the instance runs.
func (in *Instance) Program() *ops.Program { return in.program }

// Memory returns the instance's memory, nil if it was given none.
func (in *Instance) Memory() *Memory { return in.memory }

// Globals returns the program's globals themselves, not a copy: a float64 is its 64
// bits, a float32 the lower 32. They may be read and written while no call is in
// progress, and by host functions.
func (in *Instance) Globals() []uint64 { return in.globals }

// Counters returns the counters of the profile, as Globals does globals.
func (in *Instance) Counters() []uint64 { return in.counters }

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
// latest some 10 ms after that, or behind the host function that runs then,
// ErrClosed or ErrInUse. After an error the
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
		if in.memory == nil {
			err = in.call(ctx, fn, s, 0)
		} else if err = in.memory.acquire(); err == nil {
			in.loadMemory()
			err = in.call(ctx, fn, s, 0)
			in.memory.release()
		}
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
			in.abandon()
		}
	}()
	err := ctx.Err()
	returned = true
	return err
}

// abandon ends a call that panics.
func (in *Instance) abandon() {
	if in.leased {
		return
	}
	if in.memory != nil {
		in.memory.release()
	}
	in.end()
}

// end makes the instance free for the next call, and lets go of code that was
// closed meanwhile.
func (in *Instance) end() {
	if in.uncounted != 0 {
		in.countHostCalls()
	}
	in.busy.Store(0)
	if in.code.state.Load() != codeOpen {
		in.code.released()
	}
}

// call is Call on an instance that is ours, of code that is open, with frames from
// an index of the stack on.
func (in *Instance) call(ctx context.Context, fn ops.FuncID, s *ops.State, bottom int) error {
	p := in.program
	if int(fn) >= p.NumFuncs() {
		return fmt.Errorf("jit: call of function %d: the program has %d", fn, p.NumFuncs())
	}
	if in.observer != nil {
		if !in.told {
			return in.observed(ctx, fn, s, bottom)
		}
		in.told = false
	}
	if s == nil {
		s = &in.none
	}
	f := p.Func(fn)
	if words := bottom + f.FrameWords(); words > len(in.interp.Stack) {
		in.growStack(words)
	}
	if f.Slots != 0 {
		if err := in.passSlots(f, s, bottom); err != nil {
			return err
		}
	}
	if bottom+ops.HeaderWords > len(in.interp.Stack) {
		return in.overflow(ops.Site{Func: fn}, in.hostCallers(in.depth))
	}
	floats := f.Sig.FloatRegs()
	if floats {
		in.passFloats(f.Sig, s)
	}
	var err error
	if in.native() {
		in.ctx.reg = s.Reg
		err = in.runNative(ctx, fn, bottom)
		// One by one, as they were stored: loading two at once would have to wait.
		for i, r := range &in.ctx.reg {
			s.Reg[i] = r
		}
	} else {
		in.interp.Reg = s.Reg
		err = in.runInterp(ctx, fn, bottom)
		s.Reg = in.interp.Reg
	}
	if floats {
		in.takeFloats(f.Sig, s)
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

// grantPolls says how many safepoints the interpreter may pass before it leaves.
func (in *Instance) grantPolls() {
	switch {
	case in.counts: // they are what is left of the fuel that was granted
	case in.code.engine.cfg.Tuning.ExitAtPolls:
		in.interp.Polls = 0
	default:
		in.interp.Polls = interpPolls
	}
}

// runInterp interprets until the call is over.
func (in *Instance) runInterp(ctx context.Context, fn ops.FuncID, bottom int) error {
	m, p := &in.interp, in.program
	m.EnterAt(fn, bottom)
	for {
		in.grantPolls()
		exit := m.Run(p)
		site := ops.Site{Func: m.Func, PC: m.PC}
		switch exit {
		case ops.ExitReturn:
			return nil
		case ops.ExitTrap:
			if m.Reason != ops.ReasonStackOverflow {
				in.countTrap(m.Reason)
				return newTrap(p, m.Reason, site, in.callers())
			}
			if !in.fits(m.Func, m.FP) {
				return in.overflow(site, in.callers())
			}
			continue
		}
		if in.counts && exit != ops.ExitHostCall && !in.burn() {
			return in.outOfFuel(site)
		}
		if in.observe != nil {
			in.observe(in, exit, site)
		}
		var err error
		if exit == ops.ExitHostCall {
			err = in.callHost(ctx, site, m.FP)
			m.Step = ops.StepCalled
		} else {
			in.paused(exit, site)
			err = in.cancelled(ctx)
		}
		if err != nil {
			return err
		}
	}
}
