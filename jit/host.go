package jit

import (
	"context"
	"fmt"
	"math"
	"sync"

	"github.com/copyjit/copyjit/ops"
)

// A HostFunc is a function of the host that programs call: it finds its arguments
// in the HostCall and puts its results there. An error ends the call of the
// program, whose error is then a *HostError that wraps it.
type HostFunc func(*HostCall) error

// A HostCall is a call of a HostFunc. It means nothing after the function has
// returned.
type HostCall struct {
	Args    []uint64 // in the order of the parameters; a float as its bits
	Results []uint64 // in the order of the results, all 0 at first

	ctx    context.Context
	bottom int      // index in the stack of the first word that is free
	at     ops.Site // the operation that calls
	level  int      // how many host calls it is nested in

	mu sync.Mutex // held by Call
	in *Instance  // nil when the function has returned
}

// Context returns the context of the call in which the program runs.
func (h *HostCall) Context() context.Context { return h.ctx }

// Instance returns the instance that called. Instance.Call is ErrInUse meanwhile:
// see Call.
func (h *HostCall) Instance() *Instance { return h.in }

// Memory returns the instance's memory, nil if it has none.
func (h *HostCall) Memory() *Memory { return h.in.memory }

// Float64 returns an argument that is a float64.
func (h *HostCall) Float64(i int) float64 { return math.Float64frombits(h.Args[i]) }

// Float32 returns an argument that is a float32.
func (h *HostCall) Float32(i int) float32 { return math.Float32frombits(uint32(h.Args[i])) }

// SetFloat64 sets a result that is a float64.
func (h *HostCall) SetFloat64(i int, v float64) { h.Results[i] = math.Float64bits(v) }

// SetFloat32 sets a result that is a float32.
func (h *HostCall) SetFloat32(i int, v float32) { h.Results[i] = uint64(math.Float32bits(v)) }

// Call runs a function of the instance while the program waits for the host
// function. It does what Instance.Call does, on what is left of the stack. It is
// ErrInUse while another goroutine is in Call, and ErrClosed after the host function
// has returned.
func (h *HostCall) Call(ctx context.Context, fn ops.FuncID, s *ops.State) error {
	if !h.mu.TryLock() {
		return ErrInUse
	}
	defer h.mu.Unlock()
	if h.in == nil {
		return ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return h.in.nested(ctx, fn, s, h.bottom)
}

// A HostError is the error of a call that the error of a host function ended.
type HostError struct {
	Host string // the host function's name
	Func string // the function that called it
	PC   int
	Pos  ops.Pos // in the front end's source, 0 if it gave none
	// Stack and Omitted are as in a Trap.
	Stack   []Frame
	Omitted int
	Err     error // what the host function returned
}

// Error names the host function and the place on one line.
func (e *HostError) Error() string {
	line := ""
	if e.Pos != 0 {
		line = fmt.Sprintf(", line %d", e.Pos)
	}
	return fmt.Sprintf("host function %s, called in function %s, pc %d%s: %v", e.Host, e.Func, e.PC, line, e.Err)
}

// Unwrap returns what the host function returned.
func (e *HostError) Unwrap() error { return e.Err }

// Trace returns the stack, a frame a line, innermost first.
func (e *HostError) Trace() string { return traceText(e.Stack, e.Omitted) }

// A hostImport is a function of the host that the program imports.
type hostImport struct {
	ops.Host
	call HostFunc
}

// importHosts finds the functions that the program imports.
func (in *Instance) importHosts(funcs map[string]HostFunc) error {
	for _, h := range in.program.Hosts() {
		f := funcs[h.Name]
		if f == nil {
			return fmt.Errorf("jit: the program imports the host function %s %v, which InstanceConfig.Host has not", h.Name, h.Sig)
		}
		in.hosts = append(in.hosts, hostImport{h, f})
	}
	return nil
}

// callHost calls the host function of the operation at a site, whose frame is at an
// index of the stack. It returns the error with which that ends the call.
func (in *Instance) callHost(ctx context.Context, at ops.Site, frame int) error {
	f := in.program.Func(at.Func)
	host := &in.hosts[in.program.Ops(at.Func)[at.PC].Target]
	// Its slots are in the outgoing area.
	slots := in.interp.Stack[frame+ops.HeaderWords+int(f.Slots)+ops.HeaderWords : frame+f.FrameWords()]
	h, err := in.hostCall(host)
	if err == nil {
		in.uncounted++
		h.in, h.ctx, h.bottom, h.at, h.level = in, ctx, frame+f.FrameWords(), at, in.depth
		in.get(h.Args, host.Sig.ParamPlaces(), slots)
		err = in.runHost(h, host.call)
	}
	if err != nil {
		e := &HostError{Host: host.Name, Err: err}
		e.Stack, e.Omitted = stackOf(in.program, at, in.callers())
		e.Func, e.PC, e.Pos = e.Stack[0].Func, e.Stack[0].PC, e.Stack[0].Pos
		return e
	}
	in.forget()
	in.put(h.Results, host.Sig.Results(), host.Sig.ResultPlaces(), slots)
	in.loadMemory()
	return nil
}

// hostCall returns the HostCall of the next level, with room for arguments and
// results.
func (in *Instance) hostCall(host *hostImport) (*HostCall, error) {
	if in.depth == maxNested {
		return nil, &LimitError{"nested calls of host functions", maxNested}
	}
	if in.depth == len(in.hostCalls) {
		in.hostCalls = append(in.hostCalls, new(HostCall))
	}
	h := in.hostCalls[in.depth]
	h.Args = room(h.Args, len(host.Sig.Params()))
	h.Results = room(h.Results, len(host.Sig.Results()))
	clear(h.Results)
	return h, nil
}

// maxNested is how deep host functions can be nested: Go's stack, whose overflow
// cannot be caught, takes some kilobytes for each.
const maxNested = 10_000

// runHost runs a host function. It may panic, as the goroutine may end in it: if
// that is the outermost of a call, the call is over then.
func (in *Instance) runHost(h *HostCall, f HostFunc) (err error) {
	in.depth++
	returned := false
	defer func() {
		h.mu.Lock() // waits for another goroutine that is still in Call
		h.in, h.ctx = nil, nil
		h.mu.Unlock()
		if in.depth--; in.depth == 0 && !returned {
			in.abandon()
		}
	}()
	err = f(h)
	returned = true
	return err
}

// nested is call from within a host function.
func (in *Instance) nested(ctx context.Context, fn ops.FuncID, s *ops.State, bottom int) error {
	// What the level below needs to go on.
	fp, resume := in.ctx.fp, in.ctx.resume
	m := &in.interp
	mfp, mfunc, mpc, mstep := m.FP, m.Func, m.PC, m.Step
	defer func() {
		in.ctx.fp, in.ctx.resume = fp, resume
		m.FP, m.Func, m.PC, m.Step = mfp, mfunc, mpc, mstep
	}()
	return in.call(ctx, fn, s, bottom)
}
