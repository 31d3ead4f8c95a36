package jit

import (
	"context"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

// far appends a function that sums n … 1 in a loop whose body has a frame as large
// as there can be and, on every target, more than a megabyte of code: what it
// jumps over, and what its polls leave through, is further away than any short
// jump reaches.
func far(b *ops.Builder) ops.FuncID {
	const slots = ops.MaxFrame - 2*ops.HeaderWords // the call needs a header
	nothing := b.Func("nothing", ops.MakeSignature(nil, nil), 0)
	b.Return()
	id := b.Func("far", sample.IntToInt, slots)
	again, body, done := b.Label(), b.Label(), b.Label()
	for i := range slots {
		b.Mov(ops.Slot(i), ops.Imm(int64(i)))
	}
	b.Mov(ops.X, ops.Imm(0))
	b.Bind(again)
	b.Branch(ops.BNe, ops.A, ops.Imm(0), body)
	b.Jump(done)
	b.Bind(body)
	for i := range slots {
		b.Add(ops.Slot(i), ops.Slot(i), ops.Imm(1))
		b.Add(ops.Slot(slots-1-i), ops.Slot(slots-1-i), ops.A)
	}
	b.Add(ops.X, ops.X, ops.A)
	b.Sub(ops.A, ops.A, ops.Imm(1))
	b.Mov(ops.Slot(0), ops.A)
	b.Mov(ops.Slot(1), ops.X)
	b.Call(nothing)
	b.Mov(ops.A, ops.Slot(0))
	b.Mov(ops.X, ops.Slot(1))
	b.Branch(ops.BGeU, ops.A, ops.Imm(0), again) // always
	b.Bind(done)
	b.Mov(ops.A, ops.X)
	for i := 2; i < slots; i++ {
		b.Add(ops.A, ops.A, ops.Slot(i))
	}
	b.Return()
	return id
}

// TestFar: branches, exits, calls and slots that are as far away as they can be.
func TestFar(t *testing.T) {
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, sample.Program(far))
		if e.Tier() == TierNative && code.Size() < 1<<20 {
			t.Errorf("only %d bytes of code", code.Size())
		}
		in := mustInstance(t, code, InstanceConfig{})
		s := ops.State{Reg: [ops.NumRegs]uint64{3}}
		if err := in.Call(context.Background(), 1, &s); err != nil {
			t.Fatal(err)
		}
		const slots = ops.MaxFrame - 2*ops.HeaderWords
		// 3 + 2 + 1, and of each slot i what it had and 1 + n for each n.
		want := uint64(6)
		for i := uint64(2); i < slots; i++ {
			want += i + 3 + 6
		}
		if s.Reg[0] != want {
			t.Errorf("far(3) = %d, want %d", s.Reg[0], want)
		}
	})
}
