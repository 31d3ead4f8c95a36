package jit

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/internal/tiertest"
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

// TestSelectSame: every condition, with every way in which the four registers of a
// select can be the same. A stencil is made with four different ones.
func TestSelectSame(t *testing.T) {
	four := ops.MakeSignature([]ops.Type{ops.Int, ops.Int, ops.Int, ops.Int}, []ops.Type{ops.Int})
	const d = 0 // as good as any other
	type select4 struct {
		code    ops.Code
		l, r, s int
	}
	var all []select4
	holds := map[ops.Code]func(l, r uint64) bool{} // by select, from the branch of the same condition
	for branch, cond := range tiertest.Conditions {
		if name, ok := strings.CutPrefix(branch.String(), "b"); ok {
			for _, c := range ops.Codes() {
				if c.String() == "sel"+name {
					holds[c] = cond
				}
			}
		}
	}
	program := sample.Program(func(b *ops.Builder) (last ops.FuncID) {
		for n := range ops.SelNone32 - ops.SelEq + 1 {
			for l := range 2 {
				for r := range l + 2 {
					for s := range max(l, r) + 2 {
						c := select4{ops.SelEq + n, l, r, s}
						if holds[c.code] == nil {
							t.Fatalf("%s: no branch has its condition", c.code)
						}
						all = append(all, c)
						last = b.Func(fmt.Sprint(c), four, 0)
						b.Select(c.code, ops.Reg(d), ops.Reg(l), ops.Reg(r), ops.Reg(s))
						b.Return()
					}
				}
			}
		}
		return last
	})
	eachTier(t, func(t *testing.T, e *Engine) {
		in := mustInstance(t, mustCompile(t, e, program), InstanceConfig{})
		for id, c := range all {
			for _, args := range [][ops.NumRegs]uint64{{0, 1, 2, 3}, {2, 1, 0, 5}, {2, 2, 2, 2}, {6, 9, 5, 1}, {1 << 40, 1<<40 | 1, 1 << 63, 7}} {
				want := args[d]
				if holds[c.code](args[c.l], args[c.r]) {
					want = args[c.s]
				}
				s := ops.State{Reg: args}
				if err := in.Call(context.Background(), ops.FuncID(id), &s); err != nil || s.Reg[d] != want {
					t.Errorf("%s d=%d l=%d r=%d s=%d of %x: %x, want %x: %v", c.code, d, c.l, c.r, c.s, args, s.Reg[d], want, err)
				}
			}
		}
	})
}
