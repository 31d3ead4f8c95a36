package jit

import (
	"context"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

// TestSelect: the register that a select takes its value from, which is not one of
// the three operands, is the one that was asked for, also if it is one of them.
func TestSelect(t *testing.T) {
	four := ops.MakeSignature([]ops.Type{ops.Int, ops.Int, ops.Int, ops.Int}, []ops.Type{ops.Int})
	args := [ops.NumRegs]uint64{10, 20, 30, 40}
	eachTier(t, func(t *testing.T, e *Engine) {
		for n := range ops.NumRegs {
			code := mustCompile(t, e, sample.Program(func(b *ops.Builder) ops.FuncID {
				id := b.Func("select", four, 0)
				b.Select(ops.SelLtU, ops.A, ops.X, ops.Y, ops.Reg(n)) // holds
				b.Select(ops.SelLtU, ops.A, ops.Y, ops.X, ops.O)      // does not
				b.Return()
				return id
			}))
			in := mustInstance(t, code, InstanceConfig{})
			s := ops.State{Reg: args}
			if err := in.Call(context.Background(), 0, &s); err != nil || s.Reg[0] != args[n] {
				t.Errorf("%d is selected, want %d: %v", s.Reg[0], args[n], err)
			}
		}
	})
}
