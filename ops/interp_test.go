package ops_test

import (
	"slices"
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
)

// run calls a function with arguments in registers and returns the Machine.
func run(t testing.TB, p *ops.Program, id ops.FuncID, args ...uint64) *ops.Machine {
	t.Helper()
	m := &ops.Machine{Stack: make([]uint64, 1000), Polls: 1 << 30}
	m.Enter(id)
	copy(m.Reg[:], args)
	if exit := m.Run(p); exit != ops.ExitReturn {
		t.Fatalf("%s (%s) at function %d, pc %d", exit, m.Reason, m.Func, m.PC)
	}
	return m
}

// TestBoundaries runs each operation on every pair of values at which one could
// change its mind.
func TestBoundaries(t *testing.T) {
	for _, code := range ops.Codes() {
		value, cond := tiertest.Values[code], tiertest.Conditions[code]
		b := ops.NewBuilder()
		b.Func("f", sig(2, 1), 0)
		switch {
		case cond != nil:
			l := b.Label()
			b.Mov(ops.Y, ops.Imm(1))
			r := ops.X
			if code.Info().R == ops.None {
				r = ops.Operand{}
			}
			b.Branch(code, ops.A, r, l)
			b.Mov(ops.Y, ops.Imm(0))
			b.Bind(l)
			b.Mov(ops.A, ops.Y)
		case code.Info().R == ops.None && value != nil:
			b.Op(code, ops.A, ops.A, ops.Operand{})
		case value != nil:
			b.Op(code, ops.A, ops.A, ops.X)
		default:
			continue
		}
		b.Return()
		p, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range tiertest.Boundary {
			for _, r := range tiertest.Boundary {
				if traps := tiertest.Traps[code]; traps != nil && traps(l, r) != 0 {
					m := &ops.Machine{Stack: make([]uint64, 64), Polls: 1}
					m.Enter(0)
					m.Reg = [ops.NumRegs]uint64{l, r}
					if exit := m.Run(p); exit != ops.ExitTrap || m.Reason != traps(l, r) || m.PC != 0 || m.Reg[0] != l {
						t.Errorf("%s of %#x and %#x: got %s (%s) at pc %d, a is %#x", code, l, r, exit, m.Reason, m.PC, m.Reg[0])
					}
					continue
				}
				var want uint64
				if cond == nil {
					want = value(l, r)
				} else if cond(l, r) {
					want = 1
				}
				if got := run(t, p, 0, l, r).Reg[0]; got != want {
					t.Errorf("%s of %#x and %#x: got %#x, want %#x", code, l, r, got, want)
				}
			}
		}
	}
}

// TestWraparound has numbers that are easy to check by eye.
func TestWraparound(t *testing.T) {
	p := mustParse(t, `copyjit 1
func f (i, i) (i, i, i)
	mul y, a, x
	sub o, a, x
	add a, x
	mov x, o
	return
`)
	m := run(t, p, 0, 1<<63, 1<<63+3)
	if want := [...]uint64{3, ^uint64(2), 1 << 63}; [3]uint64(m.Reg[:3]) != want {
		t.Errorf("got %#x, want %#x", m.Reg[:3], want)
	}
}

// TestStackOverflow checks where a recursion ends, and what it leaves.
func TestStackOverflow(t *testing.T) {
	p := mustParse(t, `copyjit 1
func start (i) (i) slots 1
	mov [0], a
	call f
	return
func f (i) (i) slots 3
	add a, 1
	mov [2], a
	call f
	return
`)
	const words = 50
	m := &ops.Machine{Stack: make([]uint64, words), Polls: 1 << 30}
	m.Enter(0)
	if exit := m.Run(p); exit != ops.ExitTrap || m.Reason != ops.ReasonStackOverflow {
		t.Fatalf("%s, %s: want a stack overflow", exit, m.Reason)
	}
	if m.Func != 1 || m.PC != 0 {
		t.Errorf("in function %d at pc %d: want 1 and 0", m.Func, m.PC)
	}
	// start takes 3 words below f, each f 5 below the next and 7 itself.
	depth := (words-3-7)/5 + 1
	if m.Reg[0] != uint64(depth) || m.FP != 3+5*depth {
		t.Errorf("%d activations, fp %d: want %d and %d", m.Reg[0], m.FP, depth, 3+5*depth)
	}
	callers := slices.Collect(m.Callers(p))
	want := append(slices.Repeat([]ops.Site{{Func: 1, PC: 2}}, depth), ops.Site{Func: 0, PC: 1})
	if !slices.Equal(callers, want) {
		t.Errorf("callers %v, want %v", callers, want)
	}
}

// TestStackLimit checks that the whole frame counts, to the word.
func TestStackLimit(t *testing.T) {
	p := mustParse(t, "copyjit 1\nfunc f ()\n call g\n return\nfunc g () slots 5\n return\n")
	need := ops.HeaderWords + p.Func(1).FrameWords()
	for words := 4; words < need+3; words++ {
		m := &ops.Machine{Stack: make([]uint64, words), Polls: 1 << 30}
		m.Enter(0)
		exit := m.Run(p)
		if (exit == ops.ExitReturn) != (words >= need) {
			t.Errorf("%s with %d words of stack: %d are needed", exit, words, need)
		}
	}
}

func TestTrap(t *testing.T) {
	p := mustParse(t, "copyjit 1\nfunc f ()\n call g\n return\nfunc g () slots 5\n mov a, 1\n trap 77\n")
	m := &ops.Machine{Stack: make([]uint64, 100), Polls: 1 << 30}
	m.Enter(0)
	if exit := m.Run(p); exit != ops.ExitTrap || m.Reason != ops.ReasonExplicit || m.Func != 1 || m.PC != 1 {
		t.Fatalf("%s, %s in function %d at pc %d", exit, m.Reason, m.Func, m.PC)
	}
	if op := &p.Ops(m.Func)[m.PC]; op.Target != 77 || p.OpString(m.Func, m.PC) != "trap 77" {
		t.Errorf("the operation is %s", p.OpString(m.Func, m.PC))
	}
	if got := slices.Collect(m.Callers(p)); !slices.Equal(got, []ops.Site{{Func: 0, PC: 0}}) {
		t.Errorf("callers %v", got)
	}
}

// TestPolls counts safepoints: entries and back-edges, whether taken or not.
func TestPolls(t *testing.T) {
	p := mustParse(t, `copyjit 1
func f (i) (i)
loop:
	sub a, 1
	bne a, 0, loop
	beq a, 1, forward
forward:
	call g
	return
func g () (i)
	mov a, 0
	return
`)
	const safepoints = 1 + 5 + 1 // f, five times the branch, g
	for polls := range safepoints + 2 {
		m := &ops.Machine{Stack: make([]uint64, 100), Polls: polls}
		m.Enter(0)
		m.Reg[0] = 5
		exit := m.Run(p)
		want := ops.ExitSafepoint
		switch polls {
		case 0, safepoints - 1:
			want = ops.ExitEntry
		case safepoints, safepoints + 1:
			want = ops.ExitReturn
		}
		if exit != want {
			t.Errorf("with %d polls: %s, want %s", polls, exit, want)
		}
		if exit != ops.ExitReturn && m.Polls != 0 {
			t.Errorf("with %d polls: %d are left", polls, m.Polls)
		}
	}
}

// TestBackEdge counts the operations that poll.
func TestBackEdge(t *testing.T) {
	p := mustParse(t, `copyjit 1
func f (i) (i)
a:	beq a, 0, a
	beq a, 1, b
b:	bne a, 7, b
	jump c
c:	blt a, 0, a
	return
`)
	var got []int
	for pc := range p.Ops(0) {
		if p.BackEdge(&p.Ops(0)[pc], pc) {
			got = append(got, pc)
		}
	}
	if want := []int{0, 2, 4}; !slices.Equal(got, want) {
		t.Errorf("back-edges at %v, want %v", got, want)
	}
}

// TestFrame checks where arguments and results are, and the layout that other
// tiers rely on.
func TestFrame(t *testing.T) {
	p := mustParse(t, `copyjit 1
func f (i, i, i, i, i, i) (i, i, i, i, i) slots 4
	mov [3], [0]
	mov [out+0], 8
	mov [out+1], 9
	call g
	add [0], [out+0], [3]
	mov x, a
	mov y, a
	mov o, a
	return
func g (i, i, i, i, i, i) (i, i, i, i, i) slots 2
	add [0], [1]
	return
`)
	m := &ops.Machine{Stack: make([]uint64, 100), Polls: 1}
	m.Enter(0)
	copy(m.Reg[:], []uint64{1, 2, 3, 4})
	copy(m.Frame(2), []uint64{5, 6})
	if exit := m.Run(p); exit != ops.ExitEntry || m.Func != 1 {
		t.Fatalf("%s in function %d", exit, m.Func)
	}
	fp := ops.HeaderWords + 4
	if m.FP != fp || m.Stack[fp+1] != 0<<32|4 || m.Stack[fp+2] != 8 || m.Stack[fp+3] != 9 {
		t.Errorf("fp %d: frame %v", m.FP, m.Stack[m.FP:m.FP+4])
	}
	m.Polls = 9
	if exit := m.Run(p); exit != ops.ExitReturn || m.FP != 0 || m.Frame(1)[0] != 17+5 || m.Reg != [4]uint64{1, 1, 1, 1} {
		t.Errorf("%s: fp %d, registers %v, result %d", exit, m.FP, m.Reg, m.Frame(1)[0])
	}
	if f := p.Func(0); f.Slots != 4 || f.Out != 4 || f.FrameWords() != 10 || f.Len() != 9 {
		t.Errorf("f is %+v", *f)
	}
}
