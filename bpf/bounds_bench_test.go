package bpf_test

import (
	"testing"
	"time"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// BenchmarkBounds compares two ways to end a filter with 0 at a load outside the
// packet: to compare with the length before each load, and to let the load trap. The
// filter is 40 loads, each with a comparison of what was loaded; in the first packet
// all of them are, in the second the tenth is not.
func BenchmarkBounds(b *testing.B) {
	compiledOnly(b)
	callers := []*jit.Caller{boundsCaller(b, false), boundsCaller(b, true)}
	for _, bench := range []struct {
		name string
		size int
	}{{"whole", 64}, {"short", 10}} {
		b.Run(bench.name, func(b *testing.B) {
			memory := make([]byte, bench.size)
			best := [2]float64{1e9, 1e9}
			for range max(100, b.N) {
				for i, c := range callers {
					const calls = 1000
					start := time.Now()
					for range calls {
						c.Reg[2], c.Reg[3] = uint64(len(memory)), 0
						c.Call(memory)
					}
					best[i] = min(best[i], float64(time.Since(start))/calls)
				}
			}
			b.ReportMetric(0, "ns/op")
			b.ReportMetric(best[0], "trap-ns")
			b.ReportMetric(best[1], "check-ns")
		})
	}
}

// boundsCaller compiles the filter.
func boundsCaller(b *testing.B, check bool) *jit.Caller {
	e, err := jit.NewEngine(jit.Config{})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { e.Close() })
	p := ops.NewBuilder()
	four := []ops.Type{ops.Int, ops.Int, ops.Int, ops.Int}
	p.Func("filter", ops.MakeSignature(four, four[:1]), 0)
	out := p.Label()
	for i := range uint32(40) {
		if check {
			p.Branch(ops.BLtU, ops.Y, ops.Imm(int64(i)+2), out)
		}
		p.Load(ops.LoadSw16, ops.A, ops.O, i)
		p.Branch(ops.BEq32, ops.A, ops.Imm(77), out)
	}
	p.Mov(ops.A, ops.Imm(1))
	p.Return()
	p.Bind(out)
	p.Mov(ops.A, ops.Imm(0))
	p.Return()
	program, err := p.Build()
	if err != nil {
		b.Fatal(err)
	}
	code, err := e.Compile(program)
	if err != nil {
		b.Fatal(err)
	}
	in, err := code.NewInstance(jit.InstanceConfig{})
	if err != nil {
		b.Fatal(err)
	}
	c, err := in.NewCaller(0)
	if err != nil {
		b.Fatal(err)
	}
	return c
}
