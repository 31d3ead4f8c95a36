package jit

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
)

// A mixedOp is an operation to be appended, so that appending is measured and not
// the throwing of dice.
type mixedOp struct {
	code    ops.Code
	d, l, r ops.Operand
	label   int // of a branch or jump
	bind    int // a label that stands before it, or −1
}

// mixedSlots are the slots that functions of mixed programs have.
const mixedSlots = 6

// mixed returns the operations of a function: a quarter are moves, one in seven
// branches, mostly forward and not far, one in thirty calls. Three places in four
// are registers. The function starts by writing its slots.
func mixed(rng *rand.Rand, n int) (list []mixedOp) {
	reg := func() ops.Operand { return ops.Reg(rng.IntN(ops.NumRegs)) }
	slot := func() ops.Operand { return ops.Slot(rng.IntN(mixedSlots)) }
	place := func() ops.Operand {
		if rng.IntN(4) == 0 {
			return slot()
		}
		return reg()
	}
	value := func() ops.Operand {
		switch k := rng.IntN(60); {
		case k == 0:
			return ops.Uimm(rng.Uint64() | 1<<62)
		case k < 18:
			return ops.Imm(int64(rng.IntN(1000)))
		}
		return place()
	}
	for i := range mixedSlots {
		list = append(list, mixedOp{code: ops.Mov, d: ops.Slot(i), l: ops.Reg(i % ops.NumRegs)})
	}
	labels := 0
	at := make(map[int]int) // index of an operation: the label before it
	label := func(i int) int {
		if _, ok := at[i]; !ok {
			at[i] = labels
			labels++
		}
		return at[i]
	}
	for i := mixedSlots; i < n-1; i++ {
		o := mixedOp{d: place(), l: place(), r: value(), bind: -1}
		switch k := rng.IntN(100); {
		case k < 24:
			o.code, o.l, o.r = ops.Mov, value(), ops.Operand{}
		case k < 26:
			o = mixedOp{code: ops.Call}
		case k < 40:
			o.code, o.d = ops.BEq+ops.Code(rng.IntN(int(ops.BGeU32-ops.BEq)+1)), ops.Operand{}
			to := min(i+1+rng.IntN(12), n-1)
			if rng.IntN(8) == 0 {
				to = max(i-rng.IntN(12), mixedSlots)
			}
			o.label = label(to)
		case k < 85:
			o.code = ops.Add + ops.Code(rng.IntN(int(ops.Rotr32-ops.Add)+1))
		case k < 90:
			o.code, o.r = ops.Neg+ops.Code(rng.IntN(int(ops.Sext16x32-ops.Neg)+1)), ops.Operand{}
		case k < 99:
			o.code = ops.SetEq + ops.Code(rng.IntN(int(ops.SetGeU32-ops.SetEq)+1))
		default:
			o.code = ops.Mulh + ops.Code(rng.IntN(int(ops.RemU32-ops.Mulh)+1))
		}
		list = append(list, o)
	}
	list = append(list, mixedOp{code: ops.Return})
	for i := range list {
		list[i].bind = -1
		if l, ok := at[i]; ok {
			list[i].bind = l
		}
	}
	return list
}

// appendMixed appends a function with these operations.
func appendMixed(b *ops.Builder, name string, sig ops.Signature, list []mixedOp) {
	id := b.Func(name, sig, mixedSlots)
	var labels [1 << 13]ops.Label // enough for the longest
	n := 0
	need := func(l int) ops.Label {
		for ; n <= l; n++ {
			labels[n] = b.Label()
		}
		return labels[l]
	}
	for i := range list {
		o := &list[i]
		if o.bind >= 0 {
			b.Bind(need(o.bind))
		}
		switch o.code.Flow() {
		case ops.Next:
			b.Op(o.code, o.d, o.l, o.r)
		case ops.Branch:
			b.Branch(o.code, o.l, o.r, need(o.label))
		case ops.Invoke:
			b.Call(id)
		default:
			b.Return()
		}
	}
}

// BenchmarkMixed measures what compiling a large program costs per operation, as
// one function and as 1,000. All figures are of one run, each the best of some
// rounds of all of them: build (appending and verifying), selection with layout, emission,
// and how long the same bytes take to be copied at once (copy) and stencil by
// stencil (parts).
func BenchmarkMixed(b *testing.B) {
	for _, size := range []struct{ funcs, ops int }{{1, 20_000}, {1000, 20}} {
		b.Run(fmt.Sprintf("%dx%d", size.funcs, size.ops), func(b *testing.B) { benchmarkMixed(b, size.funcs, size.ops) })
	}
}

func benchmarkMixed(b *testing.B, funcs, n int) {
	native(b, Tuning{})
	rng := rand.New(rand.NewPCG(3, 4))
	var lists [][]mixedOp
	var names []string
	for i := range funcs {
		lists = append(lists, mixed(rng, n))
		names = append(names, fmt.Sprint("f", i))
	}
	four := []ops.Type{ops.Int, ops.Int, ops.Int, ops.Int}
	sig := ops.MakeSignature(four, four)
	builder := ops.NewBuilder()
	var (
		p    *ops.Program
		sel  selector
		plan = &sel.plan
		buf  = make([]byte, linker.MaxSize/16)
		to   = make([]byte, len(buf))
	)
	steps := []struct {
		name string
		run  func() error
	}{
		{"build", func() (err error) {
			for i, list := range lists {
				appendMixed(builder, names[i], sig, list)
			}
			p, err = builder.Build()
			return err
		}},
		{"select", func() error { return sel.run(nativeSet, p) }},
		{"emit", func() error { return plan.Emit(buf) }},
		{"copy", func() error { copy(to, buf[:plan.Size]); return nil }},
		{"parts", func() error { copyParts(to, sel.items, plan); return nil }},
	}
	best := make([]time.Duration, len(steps))
	for range b.N {
		for i, s := range steps {
			start := time.Now()
			if err := s.run(); err != nil {
				b.Fatal(err)
			}
			if d := time.Since(start); best[i] == 0 || d < best[i] {
				best[i] = d
			}
		}
	}
	if err := plan.Validate(buf[:plan.Size]); err != nil {
		b.Fatal(err)
	}
	moves := 0
	for id := range ops.FuncID(funcs) {
		for i := range p.Ops(id) {
			if p.Ops(id)[i].Code() == ops.Mov {
				moves++
			}
		}
	}
	perOp := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(p.Len()) }
	for i, s := range steps {
		b.ReportMetric(perOp(best[i]), s.name+"-ns/op")
	}
	b.ReportMetric(perOp(best[1]+best[2]), "compile-ns/op")
	b.ReportMetric(float64(plan.Size)/float64(p.Len()), "bytes/op")
	b.ReportMetric(100*float64(moves)/float64(p.Len()), "%moves")
	b.ReportMetric(0, "ns/op")
}

// copyParts copies the hot parts of the items from the table, without patching.
func copyParts(buf []byte, items []linker.Item, plan *linker.Plan) {
	for i := range items {
		part := &nativeSet.Stencils[items[i].Stencil].Hot
		copy(buf[plan.Offset(i):], nativeSet.Code[part.Code:][:part.Size])
	}
}
