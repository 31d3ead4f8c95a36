package jit

import (
	"fmt"
	"iter"
	"strings"

	"github.com/copyjit/copyjit/ops"
)

// A Frame is a place on the machine's stack.
type Frame struct {
	Func string
	ID   ops.FuncID
	PC   int
	Pos  ops.Pos // in the front end's source, 0 if it gave none
}

// String returns the place as function:pc, with the source position if known.
func (f Frame) String() string {
	if f.Pos != 0 {
		return fmt.Sprintf("%s:%d (line %d)", f.Func, f.PC, f.Pos)
	}
	return fmt.Sprintf("%s:%d", f.Func, f.PC)
}

// A Trap is the error of a call that a trap ended.
type Trap struct {
	Reason ops.Reason
	Code   uint32 // of an ops.ReasonExplicit
	Func   string
	PC     int
	Pos    ops.Pos // in the front end's source, 0 if it gave none
	// Stack is where the frames stood, innermost first; the first is Func and
	// PC. Those of a call by a host function are followed by those of the call that the
	// host function is in. Of a deep stack it holds the innermost and outermost MaxTrapFrames/2,
	// and Omitted says how many are left out between them.
	Stack   []Frame
	Omitted int

	limit *LimitError // which the program has reached, if any
}

// MaxTrapFrames is how many frames a Trap describes at the most.
const MaxTrapFrames = 64

// Error names the reason and the place on one line.
func (t *Trap) Error() string {
	var b strings.Builder
	b.WriteString(t.Reason.String())
	if t.Reason == ops.ReasonExplicit {
		fmt.Fprintf(&b, " %d", t.Code)
	}
	fmt.Fprintf(&b, " in function %s, pc %d", t.Func, t.PC)
	if t.Pos != 0 {
		fmt.Fprintf(&b, ", line %d", t.Pos)
	}
	return b.String()
}

// Unwrap returns the reason and, of a stack overflow and of a program that is out of
// fuel, the *LimitError, for errors.Is and errors.As to find.
func (t *Trap) Unwrap() []error {
	if t.limit == nil {
		return []error{t.Reason}
	}
	return []error{t.Reason, t.limit}
}

// Trace returns the stack, a frame a line, innermost first.
func (t *Trap) Trace() string { return traceText(t.Stack, t.Omitted) }

// traceText writes a stack, a frame a line.
func traceText(stack []Frame, omitted int) string {
	var b strings.Builder
	for i, f := range stack {
		if i == MaxTrapFrames/2 && omitted > 0 {
			fmt.Fprintf(&b, "… %d more\n", omitted)
		}
		fmt.Fprintln(&b, f)
	}
	return b.String()
}

// newTrap describes a trap at a site with these callers, innermost first.
func newTrap(p *ops.Program, reason ops.Reason, at ops.Site, callers iter.Seq[ops.Site]) *Trap {
	t := &Trap{Reason: reason}
	t.Stack, t.Omitted = stackOf(p, at, callers)
	t.Func, t.PC, t.Pos = t.Stack[0].Func, t.Stack[0].PC, t.Stack[0].Pos
	if reason == ops.ReasonExplicit {
		t.Code = p.Ops(at.Func)[at.PC].Target
	}
	return t
}

// stackOf describes a site and its callers, innermost first, and says how many it
// leaves out.
func stackOf(p *ops.Program, at ops.Site, callers iter.Seq[ops.Site]) (stack []Frame, omitted int) {
	frame := func(s ops.Site) Frame {
		return Frame{p.Func(s.Func).Name, s.Func, s.PC, p.Pos(s.Func, s.PC)}
	}
	stack = []Frame{frame(at)}
	// A stack that overflows can have millions of frames: keep no more of them
	// than are described, the last ones in a ring.
	const half = MaxTrapFrames / 2
	var last [half]ops.Site
	n := 0 // callers behind the first half
	for s := range callers {
		if len(stack) < half {
			stack = append(stack, frame(s))
			continue
		}
		last[n%half] = s
		n++
	}
	omitted = max(0, n-half)
	for i := omitted; i < n; i++ {
		stack = append(stack, frame(last[i%half]))
	}
	return stack, omitted
}
