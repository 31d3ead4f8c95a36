package tiertest

import (
	"fmt"
	"slices"

	"github.com/copyjit/copyjit/ops"
)

// StackWords is the size of the stack on which cases run, in words: room for a
// recursion of a thousand small frames, little to write for one that overflows.
const StackWords = 1 << 13

// An Outcome is what a call did.
type Outcome struct {
	Results []uint64   // if there is no trap
	Trap    ops.Reason // or 0
	Code    uint32     // of ReasonExplicit
	At      ops.Site   // of the trap
	Callers []ops.Site // the calls that led there, innermost first
}

// State returns what goes into the case's call.
func (c *Case) State() *ops.State { return Arguments(c.Sig, c.Args) }

// Arguments returns a State with the arguments where the signature puts them,
// and room for its results.
func Arguments(sig ops.Signature, args []uint64) *ops.State {
	s := &ops.State{Slots: make([]uint64, max(sig.ParamSlots(), sig.ResultSlots()))}
	n := copy(s.Reg[:], args)
	copy(s.Slots, args[n:])
	return s
}

// Results returns the results that a State has where the signature puts them.
func Results(sig ops.Signature, s *ops.State) []uint64 {
	n := len(sig.Results())
	list := append([]uint64(nil), s.Reg[:min(n, ops.NumRegs)]...)
	return append(list, s.Slots[:sig.ResultSlots()]...)
}

// Diff says how an outcome differs from what the case wants, "" if it does not.
func (c *Case) Diff(p *ops.Program, got Outcome) string {
	have := Case{Want: got.Results, Trap: got.Trap, Code: got.Code}
	if c.Trap != 0 && c.In != "" && got.Trap != 0 {
		have.In = p.Func(got.At.Func).Name
	}
	if want, have := c.want(), have.want(); want != have {
		return fmt.Sprintf("%s:%d: %s: got %s", c.File, c.Line, c, have)
	}
	return ""
}

// Equal reports whether two tiers did the same.
func (o Outcome) Equal(p Outcome) bool {
	return o.Trap == p.Trap && o.Code == p.Code && o.At == p.At &&
		slices.Equal(o.Results, p.Results) && slices.Equal(o.Callers, p.Callers)
}

// Start returns a Machine that is about to do the case's call.
func (c *Case) Start() *ops.Machine {
	m := &ops.Machine{Stack: make([]uint64, StackWords)}
	m.Enter(c.ID)
	s := c.State()
	m.Reg = s.Reg
	copy(m.Frame(len(s.Slots)), s.Slots)
	return m
}

// Finish returns the outcome of a Machine that Run has left for good.
func (c *Case) Finish(p *ops.Program, m *ops.Machine, exit ops.Exit) Outcome {
	if exit == ops.ExitReturn {
		s := ops.State{Reg: m.Reg, Slots: m.Frame(c.Sig.ResultSlots())}
		return Outcome{Results: Results(c.Sig, &s)}
	}
	o := Outcome{Trap: m.Reason, At: ops.Site{Func: m.Func, PC: m.PC}, Callers: slices.Collect(m.Callers(p))}
	if o.Trap == ops.ReasonExplicit {
		o.Code = p.Ops(m.Func)[m.PC].Target
	}
	return o
}

// Interpret runs the case on the interpreter.
func (c *Case) Interpret(p *ops.Program) Outcome {
	m := c.Start()
	for {
		m.Polls = 1 << 30
		if exit := m.Run(p); exit == ops.ExitReturn || exit == ops.ExitTrap {
			return c.Finish(p, m, exit)
		}
	}
}
