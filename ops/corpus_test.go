package ops_test

import (
	"slices"
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
)

// everything returns the corpus and the programs made from the table.
func everything(t testing.TB) []tiertest.Program {
	return append(tiertest.Corpus(t), tiertest.Forms(t)...)
}

// TestCorpus runs every case on the interpreter.
func TestCorpus(t *testing.T) {
	for _, p := range everything(t) {
		t.Run(p.Name, func(t *testing.T) {
			if len(p.Cases) == 0 {
				t.Error("the program has no cases")
			}
			for i := range p.Cases {
				c := &p.Cases[i]
				if diff := c.Diff(p.Program, c.Interpret(p.Program)); diff != "" {
					t.Error(diff)
				}
			}
		})
	}
}

// TestVectors runs the outside vectors on the interpreter.
func TestVectors(t *testing.T) {
	p := tiertest.Vectors(t)
	for i := range p.Cases {
		c := &p.Cases[i]
		if diff := c.Diff(p.Program, c.Interpret(p.Program)); diff != "" {
			t.Error(diff)
		}
	}
	t.Logf("%d cases", len(p.Cases))
}

// TestEveryForm checks that each operation is executed with each combination of
// operand kinds that the table allows, and with each in the corpus where the
// corpus claims to have them all.
func TestEveryForm(t *testing.T) {
	executed := map[ops.Form]bool{}
	for _, p := range tiertest.Forms(t) {
		for i := range p.Cases {
			// The generated functions have no operation that is not executed.
			for _, op := range p.Ops(p.Cases[i].ID) {
				executed[op.Form] = true
			}
		}
	}
	inCorpus := map[ops.Form]bool{}
	for _, p := range tiertest.Corpus(t) {
		for id := range p.NumFuncs() {
			for _, op := range p.Ops(ops.FuncID(id)) {
				inCorpus[op.Form] = true
			}
		}
	}
	forms := tiertest.OperandForms()
	for _, f := range forms {
		if !executed[f] {
			d, l, r := f.Kinds()
			t.Errorf("%s with operands of kinds %d, %d, %d is not executed", f.Code(), d, l, r)
		}
	}
	for f := range executed {
		if !slices.Contains(forms, f) {
			t.Errorf("%s is in a form %#x that the table does not allow", f.Code(), uint16(f))
		}
	}
	for _, c := range ops.Codes() {
		if !slices.ContainsFunc(forms, func(f ops.Form) bool { return f.Code() == c && inCorpus[f] }) {
			t.Errorf("the corpus does not have %s", c)
		}
	}
}

// maxSteps bounds the safepoints that a test stops at in one case.
const maxSteps = 3000

// TestSafepoints stops at every safepoint of every case of the corpus, moves to
// a Machine with nothing but the live state there, and must end as if nothing
// had happened.
func TestSafepoints(t *testing.T) {
	stops, spare := 0, make([]uint64, tiertest.StackWords)
	for _, p := range everything(t) {
		for i := 0; i < len(p.Cases); i += 1 + len(p.Cases)/2000 {
			c := &p.Cases[i]
			want := c.Interpret(p.Program)
			m := c.Start(p.Program)
			exit, n := ops.Exit(0), 0
			for ; ; n++ {
				if n == maxSteps {
					m.Polls = 1 << 30
				}
				exit = tiertest.Run(m, p.Program)
				if exit == ops.ExitReturn || exit == ops.ExitTrap {
					break
				}
				checkStop(t, p.Program, m, exit)
				m, spare = move(p.Program, m, spare)
			}
			stops += n
			if got := c.Finish(p.Program, m, exit); !got.Equal(want) {
				t.Errorf("%s: %s: stopping %d times: got %+v, want %+v", p.Name, c, n, got, want)
			}
		}
	}
	if stops < 10000 {
		t.Errorf("only %d stops", stops)
	}
}

// checkStop checks that the Machine stands at a safepoint of that kind.
func checkStop(t *testing.T, p *ops.Program, m *ops.Machine, exit ops.Exit) {
	t.Helper()
	op := &p.Ops(m.Func)[m.PC]
	switch exit {
	case ops.ExitEntry:
		if m.PC != 0 || m.Step != ops.StepOp {
			t.Errorf("%s at pc %d, step %d", exit, m.PC, m.Step)
		}
	case ops.ExitSafepoint:
		if !p.BackEdge(op, m.PC) || m.Step != ops.StepPolled {
			t.Errorf("%s at pc %d, step %d, before %s", exit, m.PC, m.Step, p.OpString(m.Func, m.PC))
		}
	default:
		t.Errorf("unexpected exit %s", exit)
	}
}

// move returns a Machine that goes on where another has stopped: its exported
// fields, and of the stack the frames up to the current one, are all there is.
func move(p *ops.Program, m *ops.Machine, spare []uint64) (moved *ops.Machine, old []uint64) {
	live := m.FP + p.Func(m.Func).FrameWords()
	copy(spare, m.Stack[:live])
	for i := live; i < min(live+8, len(spare)); i++ {
		spare[i] = 0xbad // what is above must not matter
	}
	return &ops.Machine{
		Reg: m.Reg, FReg: m.FReg, Stack: spare, FP: m.FP, Func: m.Func, PC: m.PC, Step: m.Step,
		Memory: m.Memory, Globals: m.Globals, Counters: m.Counters, Table: m.Table,
	}, m.Stack
}

// TestOneSafepoint stops at one safepoint only, each in turn: whether an exit at
// one depends on an exit at the one before.
func TestOneSafepoint(t *testing.T) {
	for _, p := range tiertest.Corpus(t) {
		for i := range p.Cases {
			c := &p.Cases[i]
			want := c.Interpret(p.Program)
			for n := range 40 {
				m := c.Start(p.Program)
				m.Polls = n
				exit := tiertest.Run(m, p.Program)
				if exit == ops.ExitReturn || exit == ops.ExitTrap {
					break
				}
				m.Polls = 1 << 30
				if got := c.Finish(p.Program, m, tiertest.Run(m, p.Program)); !got.Equal(want) {
					t.Errorf("%s: %s: stopping at safepoint %d: got %+v, want %+v", p.Name, c, n, got, want)
				}
			}
		}
	}
}

// TestSelfLoop stops at a loop whose only operation is a branch at pc 0 to
// itself, which does not end unless the slot it tests is changed from outside.
func TestSelfLoop(t *testing.T) {
	p := mustParse(t, "copyjit 1\nfunc f (i, i, i, i, i) () slots 1\nl: bne [0], 0, l\nreturn\n")
	m := &ops.Machine{Stack: make([]uint64, 100)}
	m.Enter(0)
	m.Frame(1)[0] = 1
	run := func(want ops.Exit, pc int, step ops.Step) {
		t.Helper()
		if exit := m.Run(p); exit != want || m.PC != pc || m.Step != step {
			t.Fatalf("%s at pc %d, step %d: want %s at pc %d, step %d", exit, m.PC, m.Step, want, pc, step)
		}
	}
	run(ops.ExitEntry, 0, ops.StepOp)
	run(ops.ExitSafepoint, 0, ops.StepPolled)
	run(ops.ExitSafepoint, 0, ops.StepPolled)
	m.Polls = 1000
	run(ops.ExitSafepoint, 0, ops.StepPolled)
	m.Frame(1)[0] = 0 // as a debugger might
	run(ops.ExitReturn, 1, ops.StepOp)
}

func mustParse(t testing.TB, src string) *ops.Program {
	t.Helper()
	p, err := ops.Parse("test.cj", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	return p
}
