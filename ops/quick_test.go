package ops

import (
	"slices"
	"testing"
)

// TestQuick: the common functions are verified while they are built. (That
// quick is not sure too often is for this to test, that it is right all other
// tests: see export_test.go.)
func TestQuick(t *testing.T) {
	sig := MakeSignature([]Type{Int}, []Type{Int})
	b := NewBuilder()
	f := b.Declare("f", sig)
	for _, c := range []struct {
		name string
		sure bool
		body func()
	}{
		{"loop", true, func() {
			b.Begin(f, 2)
			next, done := b.Label(), b.Label()
			b.Mov(Slot(1), A)
			b.Branch(BEq, A, Imm(0), done)
			b.Bind(next)
			b.Call(f)
			b.Branch(BNe, Slot(1), A, next)
			b.Bind(done)
			b.Return()
		}},
		{"loop that forgets x, which is not read", false, func() {
			b.Begin(f, 0)
			next := b.Label()
			b.Mov(X, A)
			b.Bind(next)
			b.Call(f)
			b.Branch(BNe, A, Imm(1), next)
			b.Return()
		}},
		{"many slots", false, func() {
			b.Begin(f, 49)
			b.Return()
		}},
		{"slot that is not written", false, func() {
			b.Begin(f, 1)
			b.Mov(A, Slot(0))
			b.Return()
		}},
		{"no end", false, func() {
			b.Begin(f, 1)
			b.Mov(A, Imm(0))
		}},
		{"label at the end", false, func() {
			b.Begin(f, 1)
			b.Return()
			b.Bind(b.Label())
		}},
		{"no result", false, func() {
			b.Begin(f, 1)
			g := b.Declare("g", MakeSignature(nil, nil))
			b.Call(g)
			b.Return()
		}},
	} {
		b.Reset()
		f = b.Declare("f", sig)
		c.body()
		fn := &b.funcs[f]
		fn.end = uint32(len(b.ops))
		if got := b.quick.done(fn, b.labels, b.bound); got != c.sure {
			t.Errorf("%s: sure is %v", c.name, got)
		}
	}
}

// TestVerifyLimits: what would take more than linear time or memory is refused.
func TestVerifyLimits(t *testing.T) {
	sig := MakeSignature([]Type{Int}, []Type{Int})
	build := func(labels, slots int) error {
		b := NewBuilder()
		f := b.Func("f", sig, slots)
		b.Mov(X, A)
		// Each label goes back to the one before, and the last forgets x: a pass
		// carries that one label further.
		chain := make([]Label, labels)
		for i := range chain {
			chain[i] = b.Label()
			b.Bind(chain[i])
			if i > 0 {
				b.Branch(BEq, A, Imm(1), chain[i-1])
			}
		}
		b.Call(f)
		b.Branch(BEq, A, Imm(1), chain[labels-1])
		b.Return()
		_, err := b.Build()
		return err
	}
	if err := build(200, 0); err != nil {
		t.Error(err)
	}
	if err := build(5000, 0); err == nil || err.Error() != "function f: 2 slots, 5000 labels and loops that forget places: together they take too long to verify" {
		t.Errorf("deep loops: %v", err)
	}
	if err := build(17000, 32000); err == nil || err.Error() != "function f: 32002 slots and 17000 labels: together they are too many to verify" {
		t.Errorf("many slots and labels: %v", err)
	}
}

// TestCallBudget: calls with many values do not take time out of proportion to
// the text that asks for them.
func TestCallBudget(t *testing.T) {
	many := make([]Type, MaxValues)
	b := NewBuilder()
	g := b.Declare("g", MakeSignature(many, many))
	b.Begin(g, MaxValues)
	b.Return()
	f := b.Declare("f", MakeSignature(nil, nil))
	b.Begin(f, 0)
	for i := range MaxValues {
		if i < NumRegs {
			b.Mov(Reg(i), Imm(0))
		} else {
			b.Mov(b.Out(i-NumRegs), Imm(0))
		}
	}
	for range 20_000 {
		b.Call(g)
	}
	b.Return()
	if _, err := b.Build(); err != nil {
		t.Error(err)
	}
}

// TestSetPosBehind: a position given behind the last operation is nobody's.
func TestSetPosBehind(t *testing.T) {
	b := NewBuilder()
	b.Func("f", MakeSignature(nil, nil), 0)
	b.Return()
	b.SetPos(7)
	p, err := b.Build()
	if err != nil || p.Pos(0, 0) != 0 {
		t.Error(p.Pos(0, 0), err)
	}
}

// TestSwitchBudget: a jump table is worth its size in work, and no more.
func TestSwitchBudget(t *testing.T) {
	build := func(loops, places, slots int) error {
		b := NewBuilder()
		f := b.Func("f", MakeSignature([]Type{Int}, []Type{Int}), slots)
		b.Mov(X, A)
		// As in TestVerifyLimits, but each pass goes through the table too.
		chain := make([]Label, loops)
		for i := range chain {
			chain[i] = b.Label()
			b.Bind(chain[i])
			if i > 0 {
				b.Branch(BEq, A, Imm(1), chain[i-1])
			}
		}
		b.Call(f)
		last := chain[loops-1]
		b.Switch(A, slices.Repeat([]Label{last}, places), last)
		_, err := b.Build()
		return err
	}
	if err := build(2, 10_000, 1000); err != nil {
		t.Error(err)
	}
	if err := build(900, 10_000, 0); err == nil || err.Error() != "function f: 2 slots, 900 labels and loops that forget places: together they take too long to verify" {
		t.Errorf("deep loops: %v", err)
	}
}
