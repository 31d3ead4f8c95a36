package ops_test

import (
	"slices"
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
)

// bitConditions is when the conditions of bits hold.
var bitConditions = []func(l, r uint64) bool{
	func(l, r uint64) bool { return l&r != 0 },
	func(l, r uint64) bool { return l&r == 0 },
}

// TestBitConditions sets and branches on bits in common, in both widths.
func TestBitConditions(t *testing.T) {
	half := func(v uint64) uint64 { return v << 32 }
	for _, l := range tiertest.Boundary {
		for _, r := range tiertest.Boundary {
			for n, codes := range [][4]ops.Code{
				{ops.SetAny, ops.BAny, ops.SetAny32, ops.BAny32},
				{ops.SetNone, ops.BNone, ops.SetNone32, ops.BNone32},
			} {
				holds := bitConditions[n]
				checkCondition(t, codes[0], codes[1], l, r, holds(l, r))
				checkCondition(t, codes[2], codes[3], l, r, holds(half(l), half(r)))
			}
			checkCondition(t, 0, ops.BZ, l, r, l == 0)
			checkCondition(t, 0, ops.BNZ, l, r, l != 0)
			checkCondition(t, 0, ops.BZ32, l, r, half(l) == 0)
			checkCondition(t, 0, ops.BNZ32, l, r, half(l) != 0)
		}
	}
}

// checkCondition runs an operation that sets d, if any, and a branch.
func checkCondition(t *testing.T, set, branch ops.Code, l, r uint64, holds bool) {
	t.Helper()
	b := ops.NewBuilder()
	b.Func("f", sig(2, 2), 0)
	right := ops.X
	if branch.Info().R == ops.None {
		right = ops.Operand{}
	}
	taken := b.Label()
	b.Mov(ops.Y, ops.Imm(1))
	b.Branch(branch, ops.A, right, taken)
	b.Mov(ops.Y, ops.Imm(0))
	b.Bind(taken)
	if set != 0 {
		b.Op(set, ops.A, ops.A, ops.X)
	} else {
		b.Mov(ops.A, ops.Y)
	}
	b.Mov(ops.X, ops.Y)
	b.Return()
	m := run(t, mustBuild(t, b), 0, l, r)
	want := uint64(0)
	if holds {
		want = 1
	}
	if m.Reg[0] != want || m.Reg[1] != want {
		t.Errorf("%s, %s of %#x and %#x: got %d, %d, want %d", set, branch, l, r, m.Reg[0], m.Reg[1], want)
	}
}

func mustBuild(t testing.TB, b *ops.Builder) *ops.Program {
	t.Helper()
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestSelect runs every select on every pair of values at which one could change
// its mind, with d in a register and in a slot. What it selects, and what stays,
// is all 64 bits.
func TestSelect(t *testing.T) {
	const old, s = 0x1111_2222_3333_4444, 0x9999_8888_7777_6666
	for code := ops.SelEq; code <= ops.SelNone32; code++ {
		wide := code
		if code >= ops.SelEq32 {
			wide -= ops.SelEq32 - ops.SelEq
		}
		holds := tiertest.Conditions[wide-ops.SelEq+ops.BEq]
		if wide >= ops.SelAny {
			holds = bitConditions[wide-ops.SelAny]
		}
		b := ops.NewBuilder()
		b.Func("f", sig(4, 2), 1)
		b.Mov(ops.Slot(0), ops.Y)
		b.Select(code, ops.Slot(0), ops.A, ops.X, ops.O)
		b.Select(code, ops.Y, ops.A, ops.X, ops.O)
		b.Mov(ops.A, ops.Slot(0))
		b.Mov(ops.X, ops.Y)
		b.Return()
		p := mustBuild(t, b)
		for _, l := range tiertest.Boundary {
			for _, r := range tiertest.Boundary {
				want := uint64(old)
				if wide == code && holds(l, r) || wide != code && holds(l<<32, r<<32) {
					want = s
				}
				m := run(t, p, 0, l, r, old, s)
				if m.Reg[0] != want || m.Reg[1] != want {
					t.Errorf("%s of %#x and %#x: got %#x and %#x, want %#x", code, l, r, m.Reg[0], m.Reg[1], want)
				}
			}
		}
	}
}

// TestSelectCoinciding selects where s is also d, l or r, and where l or r is d.
func TestSelectCoinciding(t *testing.T) {
	for _, c := range []struct {
		d, l, r, s ops.Operand
		want       uint64 // of d: a is 1, x is 2, y is 3, and 1 < 2 holds
	}{
		{ops.A, ops.A, ops.X, ops.A, 1},
		{ops.A, ops.A, ops.X, ops.X, 2},
		{ops.X, ops.A, ops.X, ops.A, 1},
		{ops.X, ops.A, ops.X, ops.Y, 3},
		{ops.X, ops.A, ops.Imm(2), ops.A, 1},
		{ops.X, ops.X, ops.A, ops.Y, 2},
		{ops.X, ops.A, ops.A, ops.Y, 2},
		{ops.Y, ops.A, ops.X, ops.Y, 3},
	} {
		b := ops.NewBuilder()
		b.Func("f", sig(3, 1), 0)
		b.Select(ops.SelLt, c.d, c.l, c.r, c.s)
		b.Mov(ops.A, c.d)
		b.Return()
		if m := run(t, mustBuild(t, b), 0, 1, 2, 3); m.Reg[0] != c.want {
			t.Errorf("sellt %s, %s, %s, %s: got %d, want %d", c.d, c.l, c.r, c.s, m.Reg[0], c.want)
		}
	}
}

// TestSwitch goes to each label, and to the default for every other index.
func TestSwitch(t *testing.T) {
	b := ops.NewBuilder()
	b.Func("f", sig(1, 1), 0)
	labels := []ops.Label{b.Label(), b.Label(), b.Label()}
	otherwise := b.Label()
	b.Switch(ops.A, []ops.Label{labels[0], labels[1], labels[1], labels[2]}, otherwise)
	for i, l := range append(labels, otherwise) {
		b.Bind(l)
		b.Mov(ops.A, ops.Imm(int64(i)))
		b.Return()
	}
	b.Func("none", sig(1, 1), 0)
	only := b.Label()
	b.Switch(ops.A, nil, only)
	b.Bind(only)
	b.Mov(ops.A, ops.Imm(9))
	b.Return()
	p := mustBuild(t, b)
	for index, want := range map[uint64]uint64{0: 0, 1: 1, 2: 1, 3: 2, 4: 3, 5: 3, 1 << 32: 3, 1<<32 + 1: 3, 1 << 63: 3, 1<<64 - 1: 3} {
		if m := run(t, p, 0, index); m.Reg[0] != want {
			t.Errorf("index %#x: label %d, want %d", index, m.Reg[0], want)
		}
		if m := run(t, p, 1, index); m.Reg[0] != 9 {
			t.Errorf("no labels, index %#x: %d", index, m.Reg[0])
		}
	}
	if jumps := p.Jumps(&p.Ops(0)[0]); !slices.Equal(jumps, []uint32{1, 3, 3, 5, 7}) {
		t.Errorf("the labels are at %d", jumps)
	}
}

// TestSwitchPolls: a switch with a label at or before it polls, wherever it goes.
func TestSwitchPolls(t *testing.T) {
	b := ops.NewBuilder()
	b.Func("f", sig(1, 1), 0)
	top, out := b.Label(), b.Label()
	b.Bind(top)
	b.Sub(ops.A, ops.A, ops.Imm(1))
	b.Switch(ops.A, []ops.Label{out}, top)
	b.Bind(out)
	b.Return()
	b.Func("forward", sig(1, 1), 0)
	next := b.Label()
	b.Switch(ops.A, nil, next)
	b.Bind(next)
	b.Return()
	b.Func("itself", sig(1, 1), 0)
	self, end := b.Label(), b.Label()
	b.Bind(self)
	b.Switch(ops.A, []ops.Label{end}, self)
	b.Bind(end)
	b.Return()
	p := mustBuild(t, b)
	for id, want := range []bool{true, false, true} {
		pc := p.Func(ops.FuncID(id)).Len() - 2
		if got := p.BackEdge(&p.Ops(ops.FuncID(id))[pc], pc); got != want {
			t.Errorf("function %d: back-edge is %t", id, got)
		}
	}
	m := &ops.Machine{Stack: make([]uint64, 100)}
	m.Enter(0)
	m.Reg[0] = 3
	if exit := m.Run(p); exit != ops.ExitEntry {
		t.Fatal(exit)
	}
	for left := 2; left >= 0; left-- {
		if exit := m.Run(p); exit != ops.ExitSafepoint || m.PC != 1 || m.Step != ops.StepPolled || m.Reg[0] != uint64(left) {
			t.Fatalf("%s at pc %d, step %d, a is %d: want a safepoint with %d", exit, m.PC, m.Step, m.Reg[0], left)
		}
	}
	if exit := m.Run(p); exit != ops.ExitReturn {
		t.Error(exit)
	}
}

// callProgram has functions of three signatures in its table, and one that calls
// by index: with 2 and 3 in a and x it gives 5 if that works out.
func callProgram(t *testing.T) *ops.Program {
	b := ops.NewBuilder()
	two := sig(2, 1)
	caller := b.Declare("caller", sig(3, 1))
	add := b.Func("add", two, 0)
	b.Add(ops.A, ops.A, ops.X)
	b.Return()
	other := b.Func("other", sig(1, 1), 0)
	b.Return()
	inSlots := b.Func("slots", ops.MakeSlotSignature(make([]ops.Type, 2), integer), 2)
	b.Return()
	b.Begin(caller, 0)
	b.CallIndirect(ops.Y, two)
	b.Return()
	b.Table(ops.NoFunc, add, other, inSlots)
	return mustBuild(t, b)
}

// TestCallIndirect checks the index, what is there and its signature, in this order.
func TestCallIndirect(t *testing.T) {
	p := callProgram(t)
	for index, want := range map[uint64]ops.Reason{
		0: ops.ReasonTableEmpty, 1: 0, 2: ops.ReasonSignature, 3: ops.ReasonSignature, 4: ops.ReasonTableIndex,
		1 << 32: ops.ReasonTableIndex, 1<<32 + 1: ops.ReasonTableIndex, 1<<64 - 1: ops.ReasonTableIndex,
	} {
		m := &ops.Machine{Stack: make([]uint64, 100), Polls: 9, Table: slices.Clone(p.Table())}
		m.Enter(0)
		copy(m.Reg[:], []uint64{2, 3, index})
		switch exit := m.Run(p); {
		case want == 0 && (exit != ops.ExitReturn || m.Reg[0] != 5):
			t.Errorf("index %d: %s (%s), %d", index, exit, m.Reason, m.Reg[0])
		case want != 0 && (exit != ops.ExitTrap || m.Reason != want || m.Func != 0 || m.PC != 0):
			t.Errorf("index %d: %s (%s) in function %d at pc %d: want %s", index, exit, m.Reason, m.Func, m.PC, want)
		}
	}
}

// TestTableChanges: a host may change the table of an instance.
func TestTableChanges(t *testing.T) {
	p := callProgram(t)
	m := &ops.Machine{Stack: make([]uint64, 100), Polls: 9, Table: slices.Clone(p.Table())}
	m.Table[0] = m.Table[1]
	m.Enter(0)
	copy(m.Reg[:], []uint64{2, 3, 0})
	if exit := m.Run(p); exit != ops.ExitReturn || m.Reg[0] != 5 {
		t.Errorf("%s, %d", exit, m.Reg[0])
	}
	if p.Table()[0] != ops.NoFunc {
		t.Error("the program has changed")
	}
}

// TestCallHost leaves at each host call, with the arguments in place, and goes on
// behind it with the results, in registers and in the outgoing area.
func TestCallHost(t *testing.T) {
	five := make([]ops.Type, 5)
	b := ops.NewBuilder()
	h := b.Host("h", ops.MakeSignature(append(five[:5:5], ops.Float), append(five[:5:5], ops.Float32)))
	b.Func("f", sig(1, 1), 1)
	b.Mov(ops.Slot(0), ops.A)
	for i := range ops.NumRegs {
		b.Mov(ops.Reg(i), ops.Imm(int64(10+i)))
	}
	b.Mov(b.Out(0), ops.Imm(14))
	b.Op(ops.FMov, ops.FA, ops.F64(1.5), ops.Operand{})
	b.CallHost(h)
	b.Op(ops.FBits32, ops.X, ops.FA, ops.Operand{})
	b.Add(ops.A, ops.A, ops.X)
	b.Add(ops.A, ops.A, ops.Slot(0))
	b.Add(ops.A, ops.A, b.Out(0))
	b.Return()
	p := mustBuild(t, b)

	m := &ops.Machine{Stack: make([]uint64, 100), Polls: 9}
	m.Enter(0)
	m.Reg[0] = 1000
	if exit := m.Run(p); exit != ops.ExitHostCall || m.Step != ops.StepCalled {
		t.Fatalf("%s, step %d", exit, m.Step)
	}
	op := &p.Ops(m.Func)[m.PC]
	if op.Code() != ops.CallH || p.Hosts()[op.Target].Name != "h" {
		t.Errorf("it leaves at %s", op.Code())
	}
	out := m.Frame(p.Func(m.Func).FrameWords() - ops.HeaderWords)[int(p.Func(m.Func).Slots)+ops.HeaderWords:]
	if m.Reg != [4]uint64{10, 11, 12, 13} || m.FReg[0] != bits64(1.5) || !slices.Equal(out, []uint64{14}) {
		t.Errorf("arguments %d, %#x, %d", m.Reg, m.FReg, out)
	}
	m.Reg, m.FReg = [4]uint64{1, 0xbad, 0xbad, 0xbad}, [4]uint64{20}
	out[0] = 300
	if exit := m.Run(p); exit != ops.ExitReturn || m.Reg[0] != 1321 {
		t.Errorf("%s, %d", exit, m.Reg[0])
	}
}

// place returns the operand with a Number.
func place(n ops.Number) ops.Operand {
	switch {
	case n >= ops.FirstSlot:
		return ops.Slot(int(n - ops.FirstSlot))
	case n >= ops.FirstFReg32:
		return ops.FReg(int(n - ops.FirstFReg32))
	case n >= ops.FirstFReg:
		return ops.FReg(int(n - ops.FirstFReg))
	}
	return ops.Reg(int(n - ops.FirstReg))
}

// cell returns where a Machine has the place with a Number.
func cell(m *ops.Machine, n ops.Number) *uint64 {
	switch {
	case n >= ops.FirstSlot:
		return &m.Frame(int(n) + 1 - ops.FirstSlot)[n-ops.FirstSlot]
	case n >= ops.FirstFReg:
		return &m.FReg[(n-ops.FirstFReg)%ops.NumFRegs]
	}
	return &m.Reg[n-ops.FirstReg]
}

// TestFloatCalls passes more values of each type than there are registers, and all
// of them in slots, through a function to one that returns them in the opposite
// order.
func TestFloatCalls(t *testing.T) {
	const i, f, f32 = ops.Int, ops.Float, ops.Float32
	move := []ops.Code{i: ops.Mov, f: ops.FMov, f32: ops.FMov32}
	types := []ops.Type{f, f32, i, f, f, f32, i, f32, i, i, i, i}
	reversed := slices.Clone(types)
	slices.Reverse(reversed)
	for _, s := range []ops.Signature{ops.MakeSignature(types, reversed), ops.MakeSlotSignature(types, reversed)} {
		last := len(types) - 1
		b := ops.NewBuilder()
		slots := max(s.ParamSlots(), s.ResultSlots())
		inner := b.Func("inner", s, slots+len(types))
		for k, n := range s.ParamPlaces() {
			b.Op(move[types[k]], ops.Slot(slots+k), place(n), ops.Operand{})
		}
		for k, n := range s.ResultPlaces() {
			b.Op(move[reversed[k]], place(n), ops.Slot(slots+last-k), ops.Operand{})
		}
		b.Return()
		outer := b.Func("outer", s, slots)
		for k := range s.ParamSlots() {
			b.Mov(b.Out(k), ops.Slot(k))
		}
		b.Call(inner)
		for k := range s.ResultSlots() {
			b.Mov(ops.Slot(k), b.Out(k))
		}
		b.Return()
		p := mustBuild(t, b)

		m := &ops.Machine{Stack: make([]uint64, 200), Polls: 9}
		m.Enter(outer)
		for k, n := range s.ParamPlaces() {
			*cell(m, n) = uint64(100 + k)
		}
		if exit := m.Run(p); exit != ops.ExitReturn {
			t.Fatal(exit)
		}
		for k, n := range s.ResultPlaces() {
			if got := *cell(m, n); got != uint64(100+last-k) {
				t.Errorf("%s: result %d is %d, want %d", s, k, got, 100+last-k)
			}
		}
	}
}
