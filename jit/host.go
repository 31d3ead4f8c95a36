package jit

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync/atomic"
	"time"
	"weak"

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

	gate uint32 // see the constants
	in   *Instance
}

// What HostCall.gate can be. A HostCall is used again, and may have been kept by a
// goroutine that should not have: it must not get through between two calls. The
// function's end needs an atomic operation for that. Its beginning does not, whoever may
// call learns of the HostCall from it.
const (
	gateClosed = iota // the function has returned
	gateOpen
	gateTaken // somebody is in Call or Stack
)

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
	if !atomic.CompareAndSwapUint32(&h.gate, gateOpen, gateTaken) {
		if atomic.LoadUint32(&h.gate) == gateClosed {
			return ErrClosed
		}
		return ErrInUse
	}
	defer atomic.StoreUint32(&h.gate, gateOpen)
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
	// Stack and Omitted are as in a Trap. If Err wraps the HostError of a call in which
	// the host function called the instance again, that one has the whole stack and
	// this one ends where the host function's caller was entered.
	Stack   []Frame
	Omitted int
	Err     error // what the host function returned

	of weak.Pointer[Instance]
}

// Error names the host function and the place on one line, and what it returned. Of
// many host functions, each called by what the one before has called, it names the
// outermost and the innermost ones.
func (e *HostError) Error() string {
	chain := []*HostError{e}
	for {
		inner, ok := chain[len(chain)-1].Err.(*HostError)
		if !ok {
			break
		}
		chain = append(chain, inner)
	}
	const half = 4
	var b strings.Builder
	for i := 0; i < len(chain); i++ {
		if omitted := len(chain) - 2*half; i == half && omitted > 0 {
			fmt.Fprintf(&b, "… %d more: ", omitted)
			i += omitted
		}
		e := chain[i]
		fmt.Fprintf(&b, "host function %s, called in function %s, pc %d", e.Host, e.Func, e.PC)
		if e.Pos != 0 {
			fmt.Fprintf(&b, ", line %d", e.Pos)
		}
		b.WriteString(": ")
	}
	fmt.Fprint(&b, chain[len(chain)-1].Err)
	return b.String()
}

// Unwrap returns what the host function returned.
func (e *HostError) Unwrap() error { return e.Err }

// Trace returns the stack, a frame a line, innermost first.
func (e *HostError) Trace() string { return traceText(e.Stack, e.Omitted) }

// A hostImport is a function of the host that the program imports.
type hostImport struct {
	ops.Host
	call HostFunc

	// Of its signature, which would have to be looked up:
	results                   []ops.Type
	paramPlaces, resultPlaces []ops.Number
}

// importHosts finds the functions that the program imports.
func (in *Instance) importHosts(funcs map[string]HostFunc) error {
	for _, h := range in.program.Hosts() {
		f := funcs[h.Name]
		if f == nil {
			return fmt.Errorf("jit: the program imports the host function %s %v, which InstanceConfig.Host has not", h.Name, h.Sig)
		}
		in.hosts = append(in.hosts, hostImport{h, f, h.Sig.Results(), h.Sig.ParamPlaces(), h.Sig.ResultPlaces()})
	}
	return nil
}

// callHost calls the host function of the operation at a site, whose frame is at an
// index of the stack. It returns the error with which that ends the call.
func (in *Instance) callHost(ctx context.Context, at ops.Site, frame int) error {
	f := in.program.Func(at.Func)
	host := &in.hosts[in.program.Ops(at.Func)[at.PC].Target]
	// Its slots are in the outgoing area.
	slots := func() []uint64 { // the stack moves
		return in.interp.Stack[frame+ops.HeaderWords+int(f.Slots)+ops.HeaderWords : frame+f.FrameWords()]
	}
	h, err := in.hostCall(host)
	if err == nil {
		in.uncounted++
		h.in, h.ctx, h.bottom, h.at, h.level = in, ctx, frame+f.FrameWords(), at, in.depth
		if len(h.Args) != 0 {
			in.get(h.Args, host.paramPlaces, slots())
		}
		var done error
		if err, done = in.runHost(ctx, h, host.call); done != nil {
			return done
		}
	}
	if err != nil {
		e := &HostError{Host: host.Name, Err: err, of: weak.Make(in)}
		callers := in.callers()
		var inner *HostError
		if errors.As(err, &inner) && inner.of == e.of {
			callers = in.callersOf(frame) // thousands of levels would describe each other
		}
		e.Stack, e.Omitted = stackOf(in.program, at, callers)
		e.Func, e.PC, e.Pos = e.Stack[0].Func, e.Stack[0].PC, e.Stack[0].Pos
		return e
	}
	in.forget()
	if len(h.Results) != 0 {
		in.put(h.Results, host.results, host.resultPlaces, slots())
	}
	in.loadMemory()
	return nil
}

// hostCall returns the HostCall of the next level, with room for arguments and
// results.
func (in *Instance) hostCall(host *hostImport) (*HostCall, error) {
	if in.depth >= in.nesting {
		return nil, &LimitError{nestedCalls, in.nesting}
	}
	if in.depth == len(in.hostCalls) {
		in.hostCalls = append(in.hostCalls, new(HostCall))
	}
	h := in.hostCalls[in.depth]
	h.Args = room(h.Args, len(host.paramPlaces))
	h.Results = room(h.Results, len(host.results))
	clear(h.Results)
	return h, nil
}

// runHost runs a host function and returns its error, or else that of the context:
// the scheduler's mark, at which a poll would have asked, is gone if it was the host
// function that yielded. Both may panic, as the goroutine may end in them: if that is
// the outermost of a call, the call is over then.
func (in *Instance) runHost(ctx context.Context, h *HostCall, f HostFunc) (err, done error) {
	in.depth++
	h.gate = gateOpen
	returned := false
	defer func() {
		for !atomic.CompareAndSwapUint32(&h.gate, gateOpen, gateClosed) {
			time.Sleep(10 * time.Microsecond) // another goroutine is still in Call
		}
		h.ctx = nil
		if in.depth--; in.depth == 0 && !returned {
			in.abandon()
		}
	}()
	if err = f(h); err == nil {
		done = ctx.Err()
	}
	returned = true
	return err, done
}

// nested is call from within a host function.
func (in *Instance) nested(ctx context.Context, fn ops.FuncID, s *ops.State, bottom int) error {
	// What the level below needs to go on.
	top, resume := in.top(), in.ctx.resume
	m := &in.interp
	mfp, mfunc, mpc, mstep := m.FP, m.Func, m.PC, m.Step
	defer func() {
		in.ctx.resume = resume
		in.moveStack(top)
		m.FP, m.Func, m.PC, m.Step = mfp, mfunc, mpc, mstep
	}()
	return in.call(ctx, fn, s, bottom)
}
