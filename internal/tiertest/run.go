package tiertest

import (
	"fmt"
	"slices"
	"sync"

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
	World   string     // what there is besides: see World
}

// State returns what goes into the case's call.
func (c *Case) State() *ops.State { return Arguments(c.Sig, c.Args) }

// Arguments returns a State with the arguments where the signature puts them,
// and room for its results.
func Arguments(sig ops.Signature, args []uint64) *ops.State {
	s := &ops.State{Slots: make([]uint64, max(sig.ParamSlots(), sig.ResultSlots()))}
	for i, n := range sig.ParamPlaces() {
		*place(s, n) = args[i]
	}
	return s
}

// place returns where a State has what is in a register or slot.
func place(s *ops.State, n ops.Number) *uint64 {
	switch {
	case n >= ops.FirstSlot:
		return &s.Slots[n-ops.FirstSlot]
	case n >= ops.FirstFReg:
		return &s.FReg[(n-ops.FirstFReg)%ops.NumFRegs]
	}
	return &s.Reg[n-ops.FirstReg]
}

// Results returns the results that a State has where the signature puts them, with
// one NaN in place of all: which one arithmetic gives is up to the tier.
func Results(sig ops.Signature, s *ops.State) []uint64 {
	list := Bits(sig, s)
	for i, t := range sig.Results() {
		list[i] = anyNaN(t, list[i])
	}
	return list
}

// Bits returns the results as they are.
func Bits(sig ops.Signature, s *ops.State) []uint64 {
	var list []uint64
	for _, n := range sig.ResultPlaces() {
		list = append(list, *place(s, n))
	}
	return list
}

// anyNaN returns a value of a type, the same one for all NaNs.
func anyNaN(t ops.Type, v uint64) uint64 {
	switch {
	case t == ops.Float && v<<1 > 0x7ff<<53:
		return 0x7ff8 << 48
	case t == ops.Float32 && uint32(v)<<1 > 0xff<<24:
		return 0x7fc0 << 16
	}
	return v
}

// Diff says how an outcome differs from what the case wants, "" if it does not.
func (c *Case) Diff(p *ops.Program, got Outcome) string {
	if c.World != "" && c.World != got.World {
		return fmt.Sprintf("%s:%d: %s: behind it there is %s; got %s", c.File, c.Line, c, c.World, got.World)
	}
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
	return o.World == p.World && o.Trap == p.Trap && o.Code == p.Code && o.At == p.At &&
		slices.Equal(o.Results, p.Results) && slices.Equal(o.Callers, p.Callers)
}

// stacks are stacks to use again: what is on one before a call does not matter.
var stacks = sync.Pool{New: func() any {
	stack := make([]uint64, StackWords)
	return &stack
}}

// Start returns a Machine that is about to do the case's call of a function of p.
func (c *Case) Start(p *ops.Program) *ops.Machine {
	m := &ops.Machine{Stack: *stacks.Get().(*[]uint64)}
	m.Enter(c.ID)
	s := c.State()
	m.Reg, m.FReg = s.Reg, s.FReg
	copy(m.Frame(len(s.Slots)), s.Slots)
	Open(m, p)
	return m
}

// Finish returns the outcome of a Machine that Run has left for good.
func (c *Case) Finish(p *ops.Program, m *ops.Machine, exit ops.Exit) Outcome {
	if exit == ops.ExitReturn {
		s := ops.State{Reg: m.Reg, FReg: m.FReg, Slots: m.Frame(c.Sig.ResultSlots())}
		return Outcome{Results: c.Results(&s), World: World(m.Memory, m.Globals, m.Counters)}
	}
	o := Outcome{World: World(m.Memory, m.Globals, m.Counters), Trap: m.Reason, At: ops.Site{Func: m.Func, PC: m.PC}, Callers: slices.Collect(m.Callers(p))}
	if o.Trap == ops.ReasonExplicit {
		o.Code = p.Ops(m.Func)[m.PC].Target
	}
	return o
}

// Interpret runs the case on the interpreter.
func (c *Case) Interpret(p *ops.Program) Outcome {
	m := c.Start(p)
	defer stacks.Put(&m.Stack)
	for {
		m.Polls = 1 << 30
		if exit := Run(m, p); exit == ops.ExitReturn || exit == ops.ExitTrap {
			return c.Finish(p, m, exit)
		}
	}
}

// Run is Machine.Run with the functions of the host that tests have.
func Run(m *ops.Machine, p *ops.Program) ops.Exit {
	for {
		exit := m.Run(p)
		if exit != ops.ExitHostCall {
			return exit
		}
		CallHost(m, p)
	}
}

// Results returns the results that a State has: one NaN for all, unless the case
// is about their bits.
func (c *Case) Results(s *ops.State) []uint64 {
	if c.Exact {
		return Bits(c.Sig, s)
	}
	return Results(c.Sig, s)
}
