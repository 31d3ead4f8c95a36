package jit

import (
	"context"
	"errors"
	"fmt"
	"runtime"

	"github.com/copyjit/copyjit/ops"
)

// A Caller calls one function of an instance again and again, for the least that a
// call can cost: it is for functions that take less time than Instance.Call. It
// differs from that in what it takes for granted:
//
//   - The instance is the Caller's until Close. Instance.Call is ErrInUse
//     meanwhile, and code that is closed is freed when its Callers are closed, or
//     forgotten.
//   - Arguments and results are in registers of integers, which the Caller shows
//     as they are. Nothing is copied.
//   - Each call has a linear memory of its own: any bytes of the Go program, where
//     they are.
//   - A trap is reported by its reason alone.
//
// It serves one goroutine at a time. A call while another is in progress is
// ErrInUse where that is noticed; the race detector always notices.
type Caller struct {
	// Reg has the function's arguments before a call, and afterwards its results
	// or, after a trap, the registers as the trap found them. Others mean nothing.
	Reg *[ops.NumRegs]uint64

	in      *Instance
	fn      ops.FuncID
	busy    bool
	closed  bool
	cleanup runtime.Cleanup
}

// NewCaller returns a Caller of a function. It is an error if the function has
// parameters or results that are not in integer registers, or if the program imports
// functions of the host or has a memory of its own; ErrInUse and ErrClosed as in
// Call.
func (in *Instance) NewCaller(fn ops.FuncID) (*Caller, error) {
	if !in.busy.CompareAndSwap(0, 1) {
		return nil, ErrInUse
	}
	err := in.callable(fn)
	if err != nil {
		in.end()
		return nil, err
	}
	in.leased = true
	c := &Caller{in: in, fn: fn}
	c.Reg, _ = in.registers()
	c.cleanup = runtime.AddCleanup(c, (*Instance).endLease, in)
	return c, nil
}

// callable says why a function cannot have a Caller.
func (in *Instance) callable(fn ops.FuncID) error {
	if in.code.state.Load() != codeOpen {
		return ErrClosed
	}
	p := in.program
	if int(fn) >= p.NumFuncs() {
		return fmt.Errorf("jit: a Caller of function %d: the program has %d", fn, p.NumFuncs())
	}
	sig := p.Func(fn).Sig
	switch {
	case sig.FloatRegs() || sig.ParamSlots() != 0 || sig.ResultSlots() != 0:
		return fmt.Errorf("jit: a Caller of %s %v: its parameters and results are not all in integer registers", p.Func(fn).Name, sig)
	case len(in.hosts) != 0:
		return errors.New("jit: a Caller of a program that imports functions of the host")
	case in.memory != nil:
		return errors.New("jit: a Caller of an instance that has a memory of its own")
	}
	return nil
}

// endLease gives the instance back.
func (in *Instance) endLease() {
	in.leased = false
	in.end()
}

// Close gives the instance back. Later calls answer ErrClosed. Closing twice does
// nothing.
func (c *Caller) Close() error {
	switch {
	case c.busy:
		return ErrInUse
	case c.closed:
		return nil
	}
	c.closed = true
	c.cleanup.Stop()
	c.in.endLease()
	return nil
}

// Call runs the function with these bytes as linear memory, which are the
// program's for the time of the call. (They have to be on Go's heap, so Go
// allocates an array there that is sliced for Call.)
//
// The error is the ops.Reason of a trap, which is no allocation; ctx.Err() if ctx
// is found to be done, by a call that is still in progress some 10 ms later at the
// latest; ErrClosed or ErrInUse.
func (c *Caller) Call(ctx context.Context, memory []byte) error {
	in := c.in
	switch {
	case c.busy:
		return ErrInUse
	case c.closed || in.code.state.Load() != codeOpen:
		return ErrClosed
	}
	c.busy = true
	escape(memory)
	in.loadBytes(memory)
	var err error
	if in.native() {
		m := &in.ctx
		in.start(c.fn, 0)
		m.site = uint32(ops.ExitReturn)
		enter(m)
		if m.site != uint32(ops.ExitReturn) {
			err = c.left(ctx)
		}
		runtime.KeepAlive(memory)
	} else {
		err = c.interpret(ctx)
	}
	c.busy = false
	return err
}

// left goes on with a call that compiled code has left.
//
//go:noinline
func (c *Caller) left(ctx context.Context) error {
	defer func() { c.busy = false }() // ctx.Err may panic
	m := &c.in.ctx
	for m.site != uint32(ops.ExitReturn) {
		if ops.Exit(m.site&exitMask) == ops.ExitTrap {
			return ops.Reason(m.site >> reasonShift & reasonMask)
		}
		if err := c.in.left(ctx); err != nil {
			return err
		}
		m.site = uint32(ops.ExitReturn)
		enter(m)
	}
	return nil
}

// interpret is Call on the interpreter.
func (c *Caller) interpret(ctx context.Context) error {
	defer func() { c.busy = false }()
	err := c.in.runInterp(ctx, c.fn, 0)
	c.in.interp.Memory = nil
	var trap *Trap
	if errors.As(err, &trap) {
		return trap.Reason
	}
	return err
}

// escape lets what a slice refers to escape to the heap, which does not move, as
// stacks do: compiled code has its address.
func escape(b []byte) {
	if sink.always {
		sink.bytes = b
	}
}

var sink struct {
	always bool // never
	bytes  []byte
}
