package jit

import (
	"errors"
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
	s       ops.Operand // of a select
	offset  uint32      // of a load or store
	label   int         // of a branch
	bind    int         // a label that stands before it, or −1
}

// mixedSlots are the slots that functions of mixed programs have.
const mixedSlots = 6

// A mixer throws the dice for the operations of mixed programs.
type mixer struct{ *rand.Rand }

func (m mixer) reg() ops.Operand  { return ops.Reg(m.IntN(ops.NumRegs)) }
func (m mixer) freg() ops.Operand { return ops.FReg(m.IntN(ops.NumFRegs)) }
func (m mixer) slot() ops.Operand { return ops.Slot(m.IntN(mixedSlots)) }

// place returns a place: three times in four it is a register.
func (m mixer) place() ops.Operand {
	if m.IntN(4) == 0 {
		return m.slot()
	}
	return m.reg()
}

func (m mixer) fplace() ops.Operand {
	if m.IntN(4) == 0 {
		return m.slot()
	}
	return m.freg()
}

// value returns a place, or an immediate, one in 24 of which has 64 bits.
func (m mixer) value() ops.Operand {
	switch k := m.IntN(80); {
	case k == 0:
		return ops.Uimm(m.Uint64() | 1<<62)
	case k < 24:
		return ops.Imm(int64(m.IntN(1000)))
	}
	return m.place()
}

// between returns one of the operations from first to last.
func (m mixer) between(first, last ops.Code) ops.Code {
	return first + ops.Code(m.IntN(int(last-first)+1))
}

// op returns an operation that is neither branch nor call.
func (m mixer) op() mixedOp {
	switch k := m.IntN(84); {
	case k < 20:
		return mixedOp{code: ops.Mov, d: m.place(), l: m.value()}
	case k < 22:
		return mixedOp{code: ops.FMov, d: m.fplace(), l: m.fplace()}
	case k < 38:
		return mixedOp{code: m.between(ops.Add, ops.Xor), d: m.place(), l: m.place(), r: m.value()}
	case k < 44:
		return mixedOp{code: m.between(ops.Shl, ops.Rotr32), d: m.place(), l: m.place(), r: m.value()}
	case k < 46:
		return mixedOp{code: m.between(ops.Neg, ops.Sext16x32), d: m.place(), l: m.place()}
	case k < 50:
		return mixedOp{code: m.between(ops.SetEq, ops.SetGeU32), d: m.place(), l: m.place(), r: m.value()}
	case k < 52:
		return mixedOp{code: m.between(ops.SelEq, ops.SelGeU32), d: m.place(), l: m.place(), r: m.value(), s: m.reg()}
	case k < 62:
		return mixedOp{code: m.between(ops.Load8U, ops.Load64), d: m.place(), l: m.place(), offset: m.Uint32N(4096)}
	case k < 68:
		return mixedOp{code: m.between(ops.Store8, ops.Store64), l: m.place(), r: m.value(), offset: m.Uint32N(4096)}
	case k < 70:
		return mixedOp{code: ops.FLoad, d: m.fplace(), l: m.place(), offset: m.Uint32N(4096)}
	case k < 72:
		return mixedOp{code: ops.FStore, l: m.place(), r: m.fplace(), offset: m.Uint32N(4096)}
	case k < 83:
		return mixedOp{code: m.between(ops.FAdd, ops.FDiv), d: m.fplace(), l: m.fplace(), r: m.fplace()}
	}
	return mixedOp{code: m.between(ops.Mulh, ops.RemU32), d: m.place(), l: m.place(), r: m.value()}
}

// mixed returns the operations of a function: less than a quarter are moves, one in
// four is about memory, one in seven a branch, most of them forward and none far, one
// in eight about floats, one in fifty a call. The function starts by writing its
// slots.
func mixed(rng *rand.Rand, n int) (list []mixedOp) {
	m := mixer{rng}
	for i := range mixedSlots {
		list = append(list, mixedOp{code: ops.Mov, d: ops.Slot(i), l: ops.Reg(i % ops.NumRegs)})
	}
	at := make(map[int]int) // index of an operation: the label before it
	label := func(i int) int {
		if _, ok := at[i]; !ok {
			at[i] = len(at)
		}
		return at[i]
	}
	for i := mixedSlots; i < n-1; i++ {
		switch k := m.IntN(100); {
		case k < 2:
			list = append(list, mixedOp{code: ops.Call})
		case k < 16:
			to := min(i+1+m.IntN(12), n-1)
			if m.IntN(8) == 0 {
				to = max(i-m.IntN(12), mixedSlots)
			}
			list = append(list, mixedOp{code: m.between(ops.BEq, ops.BGeU32), l: m.place(), r: m.value(), label: label(to)})
		default:
			list = append(list, m.op())
		}
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
	n := 0
	need := func(l int) ops.Label { // a function's labels count from 0
		for ; n <= l; n++ {
			b.Label()
		}
		return ops.Label(l)
	}
	for i := range list {
		o := &list[i]
		if o.bind >= 0 {
			b.Bind(need(o.bind))
		}
		switch o.code.Info().Extra {
		case ops.LabelExtra:
			b.Branch(o.code, o.l, o.r, need(o.label))
		case ops.FuncExtra:
			b.Call(id)
		case ops.RegExtra:
			b.Select(o.code, o.d, o.l, o.r, o.s)
		case ops.OffsetExtra:
			if o.d.Kind() == ops.KindNone {
				b.Store(o.code, o.l, o.r, o.offset)
			} else {
				b.Load(o.code, o.d, o.l, o.offset)
			}
		default:
			b.Op(o.code, o.d, o.l, o.r)
		}
	}
}

// BenchmarkMixed measures what compiling a large program costs per operation, as
// one function and as 1,000. All figures are of one run, each the best of some
// rounds of all of them: build (appending and verifying), compile (selection, layout and
// emission: in one pass where there is a Book, otherwise the two that follow), select
// (selection with layout) and emit of a plan, and how long the same bytes take to be
// copied at once (copy) and stencil by stencil (parts).
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
	all := []ops.Type{ops.Int, ops.Int, ops.Int, ops.Int, ops.Float, ops.Float, ops.Float, ops.Float}
	sig := ops.MakeSignature(all, all)
	builder := ops.NewBuilder()
	var (
		p    *ops.Program
		sel  selector
		plan = &sel.plan
		pass linker.Pass
		size int
		buf  = make([]byte, linker.MaxSize/16)
		to   = make([]byte, len(buf))
	)
	steps := []struct {
		name string
		run  func() error
	}{
		{"build", func() (err error) {
			builder.Memory(1<<16, 1<<16)
			for i, list := range lists {
				appendMixed(builder, names[i], sig, list)
			}
			p, err = builder.Build()
			return err
		}},
		{"compile", func() error {
			if nativeBook() == nil {
				return errors.Join(sel.run(nativeSet, p), plan.Emit(buf))
			}
			code, err := onePass(&pass, nativeBook(), p)
			size = len(code)
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
	if nativeBook() != nil && size != plan.Size {
		b.Fatalf("one pass makes %d bytes, a plan %d", size, plan.Size)
	}
	moves := 0
	for id := range ops.FuncID(funcs) {
		for i := range p.Ops(id) {
			if p.Ops(id)[i].Code() == ops.Mov || p.Ops(id)[i].Code() == ops.FMov {
				moves++
			}
		}
	}
	perOp := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / float64(p.Len()) }
	for i, s := range steps {
		b.ReportMetric(perOp(best[i]), s.name+"-ns/op")
	}
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
