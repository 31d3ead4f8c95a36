package jit

import (
	"fmt"
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
	// PC. Of a deep stack it holds the innermost and outermost MaxTrapFrames/2,
	// and Omitted says how many are left out between them.
	Stack   []Frame
	Omitted int
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

// Trace returns the stack, a frame a line, innermost first.
func (t *Trap) Trace() string {
	var b strings.Builder
	for i, f := range t.Stack {
		if i == MaxTrapFrames/2 && t.Omitted > 0 {
			fmt.Fprintf(&b, "… %d more\n", t.Omitted)
		}
		fmt.Fprintln(&b, f)
	}
	return b.String()
}

// newTrap describes a trap at the first of the sites, which are the stack,
// innermost first.
func newTrap(p *ops.Program, reason ops.Reason, sites []ops.Site) *Trap {
	t := &Trap{Reason: reason}
	for i, s := range sites {
		if len(sites) > MaxTrapFrames && i >= MaxTrapFrames/2 && i < len(sites)-MaxTrapFrames/2 {
			t.Omitted++
			continue
		}
		t.Stack = append(t.Stack, Frame{p.Func(s.Func).Name, s.Func, s.PC, p.Pos(s.Func, s.PC)})
	}
	f := &t.Stack[0]
	t.Func, t.PC, t.Pos = f.Func, f.PC, f.Pos
	if reason == ops.ReasonExplicit {
		t.Code = p.Ops(sites[0].Func)[sites[0].PC].Target
	}
	return t
}
