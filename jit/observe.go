package jit

import (
	"context"
	"iter"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/copyjit/copyjit/ops"
)

// An Observer watches what the instances of an engine do. Its functions run on the
// goroutines that call, and any of them may be nil; those that are cost nothing.
// Package jitprof makes one.
type Observer struct {
	// Enter is called when a call begins, by Instance.Call or HostCall.Call, and returns
	// the context in which it goes on. Leave is called when it is over, also if it
	// panics, with the context that the caller gave.
	Enter func(ctx context.Context, in *Instance, fn ops.FuncID) context.Context
	Leave func(ctx context.Context, in *Instance, fn ops.FuncID)

	// Pause is called when an instance stands at a safepoint, because the scheduler
	// asked it to yield or Engine.Interrupt asked for this.
	Pause func(*Pause)
}

// A Pause is an instance that stands at a safepoint. It means nothing after the
// Observer has returned.
type Pause struct {
	Exit        ops.Exit // ops.ExitEntry at the entry of a function, ops.ExitSafepoint at a back-edge
	Interrupted bool     // Engine.Interrupt has asked for it since the last one

	in   *Instance
	site ops.Site
}

// Instance returns which instance it is. It cannot be called.
func (p *Pause) Instance() *Instance { return p.in }

// Stack returns where the frames stand, as HostCall.Stack does. The first is the
// safepoint: the entry of a function, whose PC is 0, or a back-edge.
func (p *Pause) Stack() (stack []Frame, omitted int) {
	return p.in.stackFrom(p.site, p.in.frame(), p.in.depth)
}

// Stack returns where the frames of the machine stand, innermost first, as in a Trap:
// the first is the one that calls the host function. Behind the frames of a nested
// call come those of the call in which it is nested. Only the host function's
// goroutine may call it, and not while another one is in Call; it returns nil then, as
// it does after the host function has returned.
func (h *HostCall) Stack() (stack []Frame, omitted int) {
	if !atomic.CompareAndSwapUint32(&h.gate, gateOpen, gateTaken) {
		return nil, 0
	}
	defer atomic.StoreUint32(&h.gate, gateOpen)
	return h.in.stackFrom(h.at, h.frame(), h.level)
}

// frame returns the index in the stack of the frame that called the host function.
func (h *HostCall) frame() int { return h.bottom - h.in.program.Func(h.at.Func).FrameWords() }

// frame returns the index in the stack of the current frame's header.
func (in *Instance) frame() int {
	if in.native() {
		return in.top()
	}
	return in.interp.FP
}

// stackFrom describes a site, whose frame is at an index of the stack, and its
// callers, through the lowest levels of host calls.
func (in *Instance) stackFrom(at ops.Site, frame, levels int) (stack []Frame, omitted int) {
	return stackOf(in.program, at, in.allCallers(frame, levels))
}

// callers returns the calls that led to the current frame, innermost first, those of
// the calls in which this one is nested included.
func (in *Instance) callers() iter.Seq[ops.Site] { return in.allCallers(in.frame(), in.depth) }

// allCallers returns the calls that led to the frame at an index of the stack, through the
// lowest levels of host calls.
func (in *Instance) allCallers(frame, levels int) iter.Seq[ops.Site] {
	return func(yield func(ops.Site) bool) {
		for s := range in.callersOf(frame) {
			if !yield(s) {
				return
			}
		}
		in.hostCallers(levels)(yield)
	}
}

// hostCallers returns the innermost call of a host function of the lowest levels, the
// calls that led to it, the call of the level below and so on.
func (in *Instance) hostCallers(levels int) iter.Seq[ops.Site] {
	return func(yield func(ops.Site) bool) {
		for level := levels - 1; level >= 0; level-- {
			h := in.hostCalls[level]
			if !yield(h.at) {
				return
			}
			for s := range in.callersOf(h.frame()) {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// callersOf returns the calls that led to the frame at an index of the stack, up to
// the one that entered the program or, from a host function, entered it again.
func (in *Instance) callersOf(frame int) iter.Seq[ops.Site] {
	if in.native() {
		return in.nativeCallers(frame)
	}
	m := in.interp
	m.FP = frame
	return m.Callers(in.program)
}

// negative is a word that asks compiled code to leave. See Instance.interrupt.
var negative int64 = -1

// interrupt makes compiled code leave at its next safepoint. Compiled code reads at
// each where the word is that it polls. What is in the word is the runtime's
// business, but where it is may be anywhere. Entering sets it to the goroutine's word
// again.
func (in *Instance) interrupt() {
	atomic.StoreUintptr(&in.ctx.poll, uintptr(unsafe.Pointer(&negative)))
}

// forget forgets an Interrupt that compiled code has not noticed.
func (in *Instance) forget() {
	if in.asked.Load() {
		in.asked.Store(false)
	}
}

// Interrupt has every instance that runs stand at its next safepoint, for its Observer
// to see it, and then go on. One that is in a host function, or not running, does
// not notice. Of one that waits for the scheduler, the Observer hears when it
// stands next.
func (e *Engine) Interrupt() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, c := range e.inUse {
		for _, w := range c.shared.instances {
			if in := w.Value(); in != nil && in.busy.Load() != 0 {
				in.asked.Store(true)
				in.interrupt()
			}
		}
	}
}

// paused is called at a safepoint at which the instance has left.
func (in *Instance) paused(exit ops.Exit, site ops.Site) {
	in.countExit(exit)
	if in.wanted.Load() != nil {
		in.answer(site)
	}
	if o := in.observer; o != nil && o.Pause != nil {
		in.pause = Pause{exit, in.asked.Swap(false), in, site}
		o.Pause(&in.pause)
	}
}

// A stackRequest is another goroutine's wish to know the stack.
type stackRequest struct {
	stack   []Frame
	omitted int
	done    chan struct{}
}

// Stack returns where the frames of the machine stand, as HostCall.Stack does, when
// the instance comes to its next safepoint: at once in compiled code, but not before
// a host function is done. It may be called from any goroutine but the one that runs
// the instance. It returns nil if no call is in progress, and ctx.Err() if ctx is
// done before.
func (in *Instance) Stack(ctx context.Context) (stack []Frame, omitted int, err error) {
	r := &stackRequest{done: make(chan struct{})}
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for posted := false; ; {
		if in.busy.Load() == 0 {
			in.wanted.CompareAndSwap(r, nil)
			return nil, 0, nil
		}
		posted = posted || in.wanted.CompareAndSwap(nil, r) // once: it may be taken at any time
		if posted {
			in.interrupt()
		}
		select {
		case <-r.done:
			return r.stack, r.omitted, nil
		case <-ctx.Done():
			in.wanted.CompareAndSwap(r, nil)
			return nil, 0, ctx.Err()
		case <-tick.C: // it may have been entering
		}
	}
}

// answer gives the stack to who has asked for it.
func (in *Instance) answer(site ops.Site) {
	r := in.wanted.Load()
	if r == nil || !in.wanted.CompareAndSwap(r, nil) {
		return
	}
	r.stack, r.omitted = in.stackFrom(site, in.frame(), in.depth)
	close(r.done)
}

// observed is call with an observer: it tells it, and calls again.
func (in *Instance) observed(ctx context.Context, fn ops.FuncID, s *ops.State, bottom int) error {
	o := in.observer
	if o.Leave != nil {
		defer o.Leave(ctx, in, fn)
	}
	if o.Enter != nil {
		ctx = o.Enter(ctx, in, fn)
	}
	in.told = true
	return in.call(ctx, fn, s, bottom)
}
