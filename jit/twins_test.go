package jit

import (
	"context"
	"fmt"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// TestTwins runs every form with each of its twins, although what it takes would fit
// in the first.
func TestTwins(t *testing.T) {
	if nativeSet == nil || len(nativeSet.Twins) == 0 {
		t.Skip("stencils have no twins on this platform")
	}
	wide := func(twin stencils.Twin) uint16 { return twin.Wide }
	far := func(twin stencils.Twin) uint16 { return twin.Far }
	original := nativeSet
	defer func() { nativeSet = original }()
	for _, test := range []struct {
		name  string
		steps []func(stencils.Twin) uint16
	}{
		{"wide", []func(stencils.Twin) uint16{wide}},
		{"far", []func(stencils.Twin) uint16{far}},
		{"farthest", []func(stencils.Twin) uint16{far, far}},
		{"wide and far", []func(stencils.Twin) uint16{wide, far}},
		{"wide and farthest", []func(stencils.Twin) uint16{wide, far, far}},
	} {
		t.Run(test.name, func(t *testing.T) {
			set, replaced := *original, 0
			pick := func(i uint16) uint16 {
				for _, step := range test.steps {
					if next := step(set.Twin(i)); next != 0 {
						i = next
						replaced++
					}
				}
				return i
			}
			set.Index = append([]uint16(nil), set.Index...)
			for key, i := range set.Index {
				if i != 0 {
					set.Index[key] = pick(i-1) + 1
				}
			}
			set.Entry, set.Poll = pick(set.Entry), pick(set.Poll)
			if replaced == 0 {
				t.Error("nothing is replaced")
			}
			nativeSet = &set
			e := native(t, Tuning{Validate: true})
			for _, p := range append(tiertest.Corpus(t), tiertest.Forms(t)...) {
				code := mustCompile(t, e, p.Program)
				runCases(t, code, p.Cases)
				code.Close()
			}
		})
	}
}

// TestNearLimits: branches forwards and backwards that just reach, and that just do
// not, ±4 KB and ±1 MB: each operation between is one instruction on arm64 and
// riscv64. Elsewhere they are branches like any others.
func TestNearLimits(t *testing.T) {
	e := native(t, Tuning{Validate: true})
	for _, limit := range []int{1 << 12, 1 << 20} {
		for n := limit/4 - 12; n <= limit/4+4; n++ {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				code := mustCompile(t, e, sample.Program(func(b *ops.Builder) ops.FuncID { return nearLimit(b, n) }))
				defer code.Close()
				in := mustInstance(t, code, InstanceConfig{})
				for rounds, want := range []int{0, n, 2 * n} {
					s := ops.State{Reg: [ops.NumRegs]uint64{uint64(rounds)}}
					if err := in.Call(context.Background(), 0, &s); err != nil {
						t.Fatal(err)
					}
					if s.Reg[0] != uint64(want) {
						t.Errorf("%d rounds of %d: %d", rounds, n, s.Reg[0])
					}
				}
			})
		}
	}
}

// nearLimit appends a loop of so many additions, over which one branch goes forwards
// and one backwards.
func nearLimit(b *ops.Builder, n int) ops.FuncID {
	id := b.Func("loop", sample.IntToInt, 0)
	again, done := b.Label(), b.Label()
	b.Mov(ops.X, ops.Imm(0))
	b.Bind(again)
	b.Branch(ops.BEq, ops.A, ops.Imm(0), done)
	for range n {
		b.Add(ops.X, ops.X, ops.Imm(1))
	}
	b.Sub(ops.A, ops.A, ops.Imm(1))
	b.Branch(ops.BGeU, ops.A, ops.Imm(0), again) // always
	b.Bind(done)
	b.Mov(ops.A, ops.X)
	b.Return()
	return id
}

// TestGrowsLinearly: of two programs one is ten times as large, with branches that
// all go as far as a short one reaches. Compiling it takes about ten times as long.
func TestGrowsLinearly(t *testing.T) {
	e := native(t, Tuning{})
	var nanoseconds [2]int64
	for i, n := range [...]int{100_000, 1_000_000} {
		p := sample.Program(func(b *ops.Builder) ops.FuncID { return branches(b, n) })
		r := testing.Benchmark(func(b *testing.B) {
			for range b.N {
				mustCompile(t, e, p).Close()
			}
		})
		nanoseconds[i] = r.NsPerOp()
	}
	t.Logf("%d µs, %d µs", nanoseconds[0]/1000, nanoseconds[1]/1000)
	if nanoseconds[1] > 40*nanoseconds[0] {
		t.Errorf("ten times as many operations take %d times as long", nanoseconds[1]/nanoseconds[0])
	}
}

// branches appends a function of n operations, half of them branches over a thousand
// operations.
func branches(b *ops.Builder, n int) ops.FuncID {
	id := b.Func("branches", sample.IntToInt, 0)
	const reach = 1000
	labels := make([]ops.Label, n/2)
	for i := range labels {
		labels[i] = b.Label()
	}
	for i := range labels {
		b.Bind(labels[i])
		b.Add(ops.A, ops.A, ops.Imm(1))
		b.Branch(ops.BEq, ops.A, ops.Imm(0), labels[min(i+reach/2, len(labels)-1)])
	}
	b.Return()
	return id
}
