package ops_test

import (
	"fmt"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// A vector is what an operation gives for operands, all of them bits, or why it
// traps.
type vector struct {
	code ops.Code
	l, r uint64
	want uint64
	trap ops.Reason
}

// Wanted where any quiet NaN is right. No other vector wants these bits.
const (
	anyNaN   = 0x7ff8_0123_4567_89ab
	anyNaN32 = 0x7fd2_3456
)

// Bits of NaNs that say that they are to be noticed, which only moves and what
// works on the sign alone must keep.
const (
	signalling   = 0x7ff0_0000_0000_0001
	signalling32 = 0x7f80_0001
)

var (
	inf  = math.Inf(1)
	nan  = math.NaN()
	zero = math.Copysign(0, -1) // the negative one

	bits64 = math.Float64bits
	bits32 = func(v float64) uint64 { return uint64(math.Float32bits(float32(v))) }
)

// bothWidths has vectors of which all numbers are the same as float32.
var bothWidths = []struct {
	code       ops.Code
	l, r, want float64
}{
	{ops.FMov, -1.5, 0, -1.5},
	{ops.FMov, zero, 0, zero},
	{ops.FAdd, 1, 2, 3},
	{ops.FAdd, zero, zero, zero},
	{ops.FAdd, zero, 0, 0},
	{ops.FAdd, inf, 1, inf},
	{ops.FAdd, inf, -inf, nan},
	{ops.FAdd, nan, 1, nan},
	{ops.FSub, 1, 3, -2},
	{ops.FSub, 0, 0, 0},
	{ops.FSub, zero, 0, zero},
	{ops.FSub, inf, inf, nan},
	{ops.FMul, -2, 3, -6},
	{ops.FMul, zero, 5, zero},
	{ops.FMul, inf, 0, nan},
	{ops.FDiv, 6, -4, -1.5},
	{ops.FDiv, 1, 0, inf},
	{ops.FDiv, 1, zero, -inf},
	{ops.FDiv, 1, -inf, zero},
	{ops.FDiv, 0, 0, nan},
	{ops.FDiv, inf, inf, nan},
	{ops.FMin, 1, 2, 1},
	{ops.FMin, 2, 1, 1},
	{ops.FMin, 0, zero, zero},
	{ops.FMin, zero, 0, zero},
	{ops.FMin, -inf, nan, nan},
	{ops.FMin, nan, -inf, nan},
	{ops.FMax, 1, 2, 2},
	{ops.FMax, 2, 1, 2},
	{ops.FMax, 0, zero, 0},
	{ops.FMax, zero, 0, 0},
	{ops.FMax, inf, nan, nan},
	{ops.FMax, nan, inf, nan},
	{ops.FCopysign, 3, zero, -3},
	{ops.FCopysign, -3, inf, 3},
	{ops.FSqrt, 2.25, 0, 1.5},
	{ops.FSqrt, zero, 0, zero},
	{ops.FSqrt, inf, 0, inf},
	{ops.FSqrt, -1, 0, nan},
	{ops.FSqrt, nan, 0, nan},
	{ops.FAbs, -inf, 0, inf},
	{ops.FAbs, zero, 0, 0},
	{ops.FNeg, 0, 0, zero},
	{ops.FNeg, -1, 0, 1},
	{ops.FFloor, -0.5, 0, -1},
	{ops.FFloor, 0.5, 0, 0},
	{ops.FFloor, zero, 0, zero},
	{ops.FFloor, -inf, 0, -inf},
	{ops.FFloor, nan, 0, nan},
	{ops.FCeil, -0.5, 0, zero},
	{ops.FCeil, 0.5, 0, 1},
	{ops.FCeil, nan, 0, nan},
	{ops.FTrunc, -1.5, 0, -1},
	{ops.FTrunc, -0.5, 0, zero},
	{ops.FTrunc, 1.5, 0, 1},
	{ops.FTrunc, nan, 0, nan},
	{ops.FNearest, 0.5, 0, 0},
	{ops.FNearest, 1.5, 0, 2},
	{ops.FNearest, 2.5, 0, 2},
	{ops.FNearest, -0.5, 0, zero},
	{ops.FNearest, -2.5, 0, -2},
	{ops.FNearest, 8388607.5, 0, 8388608},
	{ops.FNearest, inf, 0, inf},
	{ops.FNearest, nan, 0, nan},
}

// oneWidth has vectors that are about one width.
var oneWidth = []vector{
	{ops.FMov, signalling, 0, signalling, 0},
	{ops.FNeg, signalling, 0, 1<<63 | signalling, 0},
	{ops.FAbs, 1<<63 | signalling, 0, signalling, 0},
	{ops.FCopysign, signalling, bits64(-1), 1<<63 | signalling, 0},
	{ops.FAdd, signalling, bits64(1), anyNaN, 0},
	{ops.FMin, signalling, bits64(1), anyNaN, 0},
	{ops.FFloor, signalling, 0, anyNaN, 0},
	{ops.FNearest, signalling, 0, anyNaN, 0},
	{ops.FSqrt, signalling, 0, anyNaN, 0},
	{ops.FAdd, bits64(0.1), bits64(0.2), 0x3fd3_3333_3333_3334, 0},
	{ops.FAdd, bits64(math.MaxFloat64), bits64(math.MaxFloat64), bits64(inf), 0},
	{ops.FAdd, bits64(1 << 53), bits64(1), bits64(1 << 53), 0},
	{ops.FAdd, 1, 1, 2, 0},
	{ops.FMul, 1, bits64(0.5), 0, 0},
	{ops.FMul, 3, bits64(0.5), 2, 0},
	{ops.FDiv, bits64(1), bits64(3), 0x3fd5_5555_5555_5555, 0},
	{ops.FSqrt, bits64(2), 0, 0x3ff6_a09e_667f_3bcd, 0},
	{ops.FSqrt, 1, 0, 0x1e60_0000_0000_0000, 0}, // 2⁻¹⁰⁷⁴ gives 2⁻⁵³⁷
	{ops.FNearest, bits64(4503599627370495.5), 0, bits64(4503599627370496), 0},
	{ops.FFloor, bits64(4503599627370495.5), 0, bits64(4503599627370495), 0},
	{ops.FCeil, 1, 0, bits64(1), 0},
	{ops.FNearest, bits64(0.49999999999999994), 0, 0, 0},

	{ops.FMov32, signalling32, 0, signalling32, 0},
	{ops.FNeg32, signalling32, 0, 1<<31 | signalling32, 0},
	{ops.FAbs32, 1<<31 | signalling32, 0, signalling32, 0},
	{ops.FCopysign32, signalling32, bits32(-1), 1<<31 | signalling32, 0},
	{ops.FAdd32, signalling32, bits32(1), anyNaN32, 0},
	{ops.FMax32, bits32(1), signalling32, anyNaN32, 0},
	{ops.FCeil32, signalling32, 0, anyNaN32, 0},
	{ops.FSqrt32, signalling32, 0, anyNaN32, 0},
	{ops.FAdd32, 0x3dcc_cccd, 0x3e4c_cccd, 0x3e99_999a, 0}, // 0.1 + 0.2
	{ops.FAdd32, bits32(1 << 24), bits32(1), bits32(1 << 24), 0},
	{ops.FAdd32, bits32(math.MaxFloat32), bits32(math.MaxFloat32), bits32(inf), 0},
	{ops.FMul32, 1, bits32(0.5), 0, 0},
	{ops.FMul32, 3, bits32(0.5), 2, 0},
	{ops.FDiv32, bits32(1), bits32(3), 0x3eaa_aaab, 0},
	{ops.FSqrt32, bits32(2), 0, 0x3fb5_04f3, 0},
	{ops.FNearest32, 0x3eff_ffff, 0, 0, 0},

	{ops.FPromote, bits32(-1.5), 0, bits64(-1.5), 0},
	{ops.FPromote, 1, 0, bits64(0x1p-149), 0},
	{ops.FPromote, bits32(-inf), 0, bits64(-inf), 0},
	{ops.FPromote, signalling32, 0, anyNaN, 0},
	{ops.FDemote, bits64(-1.5), 0, bits32(-1.5), 0},
	{ops.FDemote, bits64(1e300), 0, bits32(inf), 0},
	{ops.FDemote, bits64(0x1.ffffffp127), 0, bits32(inf), 0}, // the middle goes to the even one
	{ops.FDemote, bits64(0x1.fffffefffffffp127), 0, 0x7f7f_ffff, 0},
	{ops.FDemote, bits64(0x1p-150), 0, 0, 0},
	{ops.FDemote, bits64(0x1.0000000000001p-150), 0, 1, 0},
	{ops.FDemote, bits64(-0x1p-200), 0, 1 << 31, 0},
	{ops.FDemote, bits64(0x1.000001p0), 0, bits32(1), 0},
	{ops.FDemote, bits64(0x1.000003p0), 0, 0x3f80_0002, 0},
	{ops.FDemote, signalling, 0, anyNaN32, 0}, // whose payload does not fit
	{ops.FBits, signalling, 0, signalling, 0},
	{ops.FBits, bits64(zero), 0, 1 << 63, 0},
	{ops.FBits32, bits32(zero), 0, 1 << 31, 0},
	{ops.FBits32, signalling32, 0, signalling32, 0},
	{ops.FFromBits, signalling, 0, signalling, 0},
	{ops.FFromBits32, 0xdead_beef<<32 | signalling32, 0, signalling32, 0},

	{ops.FloatI64, 1<<64 - 1, 0, bits64(-1), 0},
	{ops.FloatI64, 1 << 63, 0, bits64(-1 << 63), 0},
	{ops.FloatI64, 1<<63 - 1, 0, bits64(1 << 63), 0},
	{ops.FloatI64, 1<<53 + 1, 0, bits64(1 << 53), 0},
	{ops.FloatI64, 1<<53 + 3, 0, bits64(1<<53 + 4), 0},
	{ops.FloatU64, 1<<64 - 1, 0, bits64(1 << 64), 0},
	{ops.FloatU64, 1 << 63, 0, bits64(1 << 63), 0},
	{ops.FloatU64, 1<<63 + 1024, 0, bits64(1 << 63), 0},
	{ops.FloatU64, 1<<63 + 1025, 0, bits64(1<<63 + 2048), 0},
	{ops.FloatU64, 1<<63 + 3*1024, 0, bits64(1<<63 + 4096), 0},
	{ops.FloatI32, 0x1234_5678_8000_0000, 0, bits64(-1 << 31), 0},
	{ops.FloatI32, 0xffff_ffff_7fff_ffff, 0, bits64(1<<31 - 1), 0},
	{ops.FloatU32, 0x1234_5678_ffff_ffff, 0, bits64(1<<32 - 1), 0},
	{ops.FloatI64F32, 1<<64 - 1, 0, bits32(-1), 0},
	{ops.FloatI64F32, 0, 0, 0, 0},
	{ops.FloatI64F32, 1 << 63, 0, bits32(-1 << 63), 0},
	{ops.FloatI64F32, 0x4000_0040_0000_0001, 0, bits32(0x4000_0080_0000_0000), 0}, // rounding twice goes down
	{ops.FloatI64F32, 0xbfff_ffbf_ffff_ffff, 0, bits32(-0x4000_0080_0000_0000), 0},
	{ops.FloatU64F32, 1<<64 - 1, 0, bits32(1 << 64), 0},
	{ops.FloatU64F32, 1<<24 + 1, 0, bits32(1 << 24), 0},
	{ops.FloatU64F32, 0x8000_0080_0000_0000, 0, bits32(1 << 63), 0},
	{ops.FloatU64F32, 0x8000_0080_0000_0001, 0, bits32(0x8000_0100_0000_0000), 0},
	{ops.FloatU64F32, 0xffff_ff7f_ffff_ffff, 0, bits32(0xffff_ff00_0000_0000), 0},
	{ops.FloatI32F32, 0x1234_5678_8000_0000, 0, bits32(-1 << 31), 0},
	{ops.FloatI32F32, 1<<24 + 3, 0, bits32(1<<24 + 4), 0},
	{ops.FloatU32F32, 0x1234_5678_ffff_ffff, 0, bits32(1 << 32), 0},
	{ops.FloatU32F32, 0x8000_0080, 0, bits32(1 << 31), 0},
	{ops.FloatU32F32, 0x8000_0081, 0, bits32(0x8000_0100), 0},
}

// A conversion is what becomes of a float as an integer: in the trapping and in the
// saturating operation the same, unless the trapping one traps.
type conversion struct {
	trunc ops.Code
	in    float64 // exact as float32 if that is what is converted
	want  uint64
	trap  ops.Reason
}

const (
	over    = ops.ReasonIntegerOverflow
	invalid = ops.ReasonInvalidConversion
)

var conversions = []conversion{
	{ops.TruncI64, 1.9, 1, 0},
	{ops.TruncI64, -1.9, 1<<64 - 1, 0},
	{ops.TruncI64, zero, 0, 0},
	{ops.TruncI64, 0x1.fffffffffffffp62, 1<<63 - 1024, 0},
	{ops.TruncI64, 0x1p63, 1<<63 - 1, over},
	{ops.TruncI64, -0x1p63, 1 << 63, 0},
	{ops.TruncI64, -0x1.0000000000001p63, 1 << 63, over},
	{ops.TruncI64, inf, 1<<63 - 1, over},
	{ops.TruncI64, -inf, 1 << 63, over},
	{ops.TruncI64, nan, 0, invalid},
	{ops.TruncU64, 1.9, 1, 0},
	{ops.TruncU64, -0x1.fffffffffffffp-1, 0, 0},
	{ops.TruncU64, -1, 0, over},
	{ops.TruncU64, 0x1.fffffffffffffp62, 1<<63 - 1024, 0},
	{ops.TruncU64, 0x1p63, 1 << 63, 0},
	{ops.TruncU64, 0x1.0000000000001p63, 1<<63 + 2048, 0},
	{ops.TruncU64, 0x1.fffffffffffffp63, 1<<64 - 2048, 0},
	{ops.TruncU64, 0x1p64, 1<<64 - 1, over},
	{ops.TruncU64, inf, 1<<64 - 1, over},
	{ops.TruncU64, -inf, 0, over},
	{ops.TruncU64, nan, 0, invalid},
	{ops.TruncI32, -1, 1<<32 - 1, 0},
	{ops.TruncI32, 0x1.fffffffffffffp30, 1<<31 - 1, 0},
	{ops.TruncI32, 0x1p31, 1<<31 - 1, over},
	{ops.TruncI32, -0x1.00000001fffffp31, 1 << 31, 0},
	{ops.TruncI32, -0x1.00000002p31, 1 << 31, over},
	{ops.TruncI32, inf, 1<<31 - 1, over},
	{ops.TruncI32, nan, 0, invalid},
	{ops.TruncU32, -0x1.fffffffffffffp-1, 0, 0},
	{ops.TruncU32, -1, 0, over},
	{ops.TruncU32, 0x1p31, 1 << 31, 0},
	{ops.TruncU32, 0x1.fffffffffffffp31, 1<<32 - 1, 0},
	{ops.TruncU32, 0x1p32, 1<<32 - 1, over},
	{ops.TruncU32, nan, 0, invalid},
	{ops.TruncI64F32, -1.5, 1<<64 - 1, 0},
	{ops.TruncI64F32, 0x1.fffffep62, 1<<63 - 1<<39, 0},
	{ops.TruncI64F32, 0x1p63, 1<<63 - 1, over},
	{ops.TruncI64F32, -0x1p63, 1 << 63, 0},
	{ops.TruncI64F32, -0x1.000002p63, 1 << 63, over},
	{ops.TruncI64F32, nan, 0, invalid},
	{ops.TruncU64F32, -0x1.fffffep-1, 0, 0},
	{ops.TruncU64F32, -1, 0, over},
	{ops.TruncU64F32, 0x1p63, 1 << 63, 0},
	{ops.TruncU64F32, 0x1.fffffep63, 1<<64 - 1<<40, 0},
	{ops.TruncU64F32, 0x1p64, 1<<64 - 1, over},
	{ops.TruncU64F32, nan, 0, invalid},
	{ops.TruncI32F32, -1.5, 1<<32 - 1, 0},
	{ops.TruncI32F32, 0x1.fffffep30, 1<<31 - 128, 0},
	{ops.TruncI32F32, 0x1p31, 1<<31 - 1, over},
	{ops.TruncI32F32, -0x1p31, 1 << 31, 0},
	{ops.TruncI32F32, -0x1.000002p31, 1 << 31, over},
	{ops.TruncI32F32, nan, 0, invalid},
	{ops.TruncU32F32, -0x1.fffffep-1, 0, 0},
	{ops.TruncU32F32, -1, 0, over},
	{ops.TruncU32F32, 0x1.fffffep31, 1<<32 - 256, 0},
	{ops.TruncU32F32, 0x1p32, 1<<32 - 1, over},
	{ops.TruncU32F32, inf, 1<<32 - 1, over},
	{ops.TruncU32F32, nan, 0, invalid},
}

// vectors returns all of the above as one list.
func vectors() []vector {
	list := append([]vector(nil), oneWidth...)
	for _, c := range bothWidths {
		double := vector{c.code, bits64(c.l), bits64(c.r), bits64(c.want), 0}
		single := vector{c.code - ops.FMov + ops.FMov32, bits32(c.l), bits32(c.r), bits32(c.want), 0}
		if c.want != c.want {
			double.want, single.want = anyNaN, anyNaN32
		}
		list = append(list, double, single)
	}
	for _, c := range conversions {
		in := bits64(c.in)
		if c.trunc >= ops.TruncI64F32 {
			in = bits32(c.in)
		}
		list = append(list,
			vector{c.trunc, in, 0, c.want, c.trap},
			vector{c.trunc - ops.TruncI64 + ops.SatI64, in, 0, c.want, 0})
	}
	return append(list, comparisons()...)
}

// comparisons returns vectors of all comparisons that set d.
func comparisons() (list []vector) {
	// In order; the zeros are equal, and the last is not ordered.
	values := []float64{-inf, -1, zero, 0, 1, inf, nan}
	rank := []int{0, 1, 2, 2, 3, 4, 5}
	const unordered = 5
	for i, x := range values {
		for j, y := range values {
			ordered := rank[i] != unordered && rank[j] != unordered
			eq, lt, gt := ordered && rank[i] == rank[j], ordered && rank[i] < rank[j], ordered && rank[i] > rank[j]
			for n, holds := range []bool{eq, !eq, lt, lt || eq, gt, gt || eq, !lt, !lt && !eq, !gt, !gt && !eq} {
				want := uint64(0)
				if holds {
					want = 1
				}
				list = append(list,
					vector{ops.FSetEq + ops.Code(n), bits64(x), bits64(y), want, 0},
					vector{ops.FSetEq32 + ops.Code(n), bits32(x), bits32(y), want, 0})
			}
		}
	}
	return list
}

// TestFloatVectors runs every vector with operands of all kinds.
func TestFloatVectors(t *testing.T) {
	seen := map[ops.Code]bool{}
	for _, v := range vectors() {
		seen[v.code] = true
		row := v.code.Info()
		for _, d := range kindsOf(row.D) {
			for _, l := range kindsOf(row.L) {
				for _, r := range kindsOf(row.R) {
					got, trap := evaluate(t, v, d, l, r)
					if trap != v.trap || trap == 0 && !same(got, v.want) {
						t.Errorf("%s of %#x and %#x (%s, %s, %s): got %#x, %s: want %#x, %s", v.code, v.l, v.r, d, l, r, got, trap, v.want, v.trap)
					}
				}
			}
		}
	}
	for c := ops.FMov; c <= ops.FFromBits32; c++ {
		if !seen[c] && c.Flow() != ops.Branch && !c.Info().InOut {
			t.Errorf("there is no vector for %s", c)
		}
	}
}

// same reports whether bits are those wanted.
func same(got, want uint64) bool {
	switch want {
	case anyNaN:
		return got&^(1<<63) >= 0x7ff8<<48
	case anyNaN32:
		return got>>32 == 0 && got&^(1<<31) >= 0x7fc<<20
	}
	return got == want
}

// kindsOf returns the kinds of a set.
func kindsOf(set ops.Kinds) (list []ops.Kind) {
	for _, k := range []ops.Kind{ops.KindNone, ops.KindReg, ops.KindFReg, ops.KindSlot, ops.KindImm} {
		if set.Has(k) {
			list = append(list, k)
		}
	}
	return list
}

// evaluate runs an operation whose operands are of these kinds. Values come and go
// in slots, where they have no type.
func evaluate(t *testing.T, v vector, dk, lk, rk ops.Kind) (got uint64, trap ops.Reason) {
	t.Helper()
	three := make([]ops.Type, 3)
	b := ops.NewBuilder()
	b.Func("f", ops.MakeSlotSignature(three, three), 3)
	row := v.code.Info()
	move := func(which ops.Operands) ops.Code {
		if row.Single&which != 0 {
			return ops.FMov32
		}
		return ops.FMov
	}
	operand := func(k ops.Kind, n int, value uint64, which ops.Operands) ops.Operand {
		switch k {
		case ops.KindReg:
			b.Mov(ops.Reg(n), ops.Slot(n))
			return ops.Reg(n)
		case ops.KindFReg:
			b.Op(move(which), ops.FReg(n), ops.Slot(n), ops.Operand{})
			return ops.FReg(n)
		case ops.KindSlot:
			return ops.Slot(n)
		case ops.KindImm:
			return ops.Uimm(value)
		}
		return ops.Operand{}
	}
	l := operand(lk, 0, v.l, ops.OperandL)
	r := operand(rk, 1, v.r, ops.OperandR)
	d := operand(dk, 2, 0, ops.OperandD)
	b.Op(v.code, d, l, r)
	switch dk {
	case ops.KindReg:
		b.Mov(ops.Slot(2), d)
	case ops.KindFReg:
		b.Op(move(ops.OperandD), ops.Slot(2), d, ops.Operand{})
	}
	b.Return()
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	const before = 0x1234
	m := &ops.Machine{Stack: make([]uint64, 100), Polls: 1}
	m.Enter(0)
	copy(m.Frame(3), []uint64{v.l, v.r, before})
	switch exit := m.Run(p); {
	case exit == ops.ExitReturn:
		return m.Frame(3)[2], 0
	case exit != ops.ExitTrap || p.Ops(0)[m.PC].Code() != v.code:
		t.Fatalf("%s: %s at pc %d", v.code, exit, m.PC)
	}
	left := map[ops.Kind]uint64{ops.KindReg: m.Reg[2], ops.KindSlot: m.Frame(3)[2]}[dk]
	if left != before {
		t.Errorf("%s of %#x: it traps, and d is %#x", v.code, v.l, left)
	}
	return 0, m.Reason
}

// TestFloatBranches checks that branches go by the conditions of what sets d.
func TestFloatBranches(t *testing.T) {
	for _, v := range comparisons() {
		code := v.code - ops.FSetEq + ops.FBEq
		params := []ops.Type{ops.Float, ops.Float}
		if code >= ops.FBEq32 {
			params = []ops.Type{ops.Float32, ops.Float32}
		}
		b := ops.NewBuilder()
		b.Func("f", ops.MakeSignature(params, integer), 0)
		l := b.Label()
		b.Mov(ops.A, ops.Imm(1))
		b.Branch(code, ops.FA, ops.FX, l)
		b.Mov(ops.A, ops.Imm(0))
		b.Bind(l)
		b.Return()
		if got := runFloats(t, b, v.l, v.r).Reg[0]; got != v.want {
			t.Errorf("%s of %#x and %#x: got %d, want %d", code, v.l, v.r, got, v.want)
		}
	}
}

// runFloats builds the program and calls its function 0 with bits in the float
// registers.
func runFloats(t *testing.T, b *ops.Builder, args ...uint64) *ops.Machine {
	t.Helper()
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	m := &ops.Machine{Stack: make([]uint64, 100), Polls: 10}
	m.Enter(0)
	copy(m.FReg[:], args)
	if exit := m.Run(p); exit != ops.ExitReturn {
		t.Fatalf("%s (%s) at pc %d", exit, m.Reason, m.PC)
	}
	return m
}

// TestFloatSelect checks that d stays, or becomes r with all its bits.
func TestFloatSelect(t *testing.T) {
	for _, code := range []ops.Code{ops.FSelNZ, ops.FSelZ, ops.FSelNZ32, ops.FSelZ32} {
		typ, move, old, nan := ops.Float, ops.FMov, bits64(1), uint64(1<<63|signalling)
		if code >= ops.FSelNZ32 {
			typ, move, old, nan = ops.Float32, ops.FMov32, bits32(1), 1<<31|signalling32
		}
		for _, l := range []uint64{0, 1, 1 << 32, 1 << 63} {
			for _, r := range []ops.Operand{ops.FX, ops.Slot(0), ops.Uimm(nan)} {
				b := ops.NewBuilder()
				b.Func("f", ops.MakeSignature([]ops.Type{typ, typ}, []ops.Type{typ}), 1)
				b.Mov(ops.A, ops.Uimm(l))
				b.Op(move, ops.Slot(0), ops.FX, ops.Operand{})
				b.Op(code, ops.FA, ops.A, r)
				b.Return()
				want := old
				if (l != 0) == (code == ops.FSelNZ || code == ops.FSelNZ32) {
					want = nan
				}
				if got := runFloats(t, b, old, nan).FReg[0]; got != want {
					t.Errorf("%s with l = %#x, r = %s: got %#x, want %#x", code, l, r, got, want)
				}
			}
		}
	}
}

// TestImmediateFloats checks what the constructors of immediates make.
func TestImmediateFloats(t *testing.T) {
	for _, v := range []float64{0, zero, 1, -1.5, inf, -inf, 0.1, -1e300} {
		b := ops.NewBuilder()
		b.Func("f", ops.MakeSignature(nil, []ops.Type{ops.Float, ops.Float32}), 0)
		b.Op(ops.FMov, ops.FA, ops.F64(v), ops.Operand{})
		b.Op(ops.FMov32, ops.FX, ops.F32(float32(v)), ops.Operand{})
		b.Return()
		if m := runFloats(t, b); m.FReg[0] != bits64(v) || m.FReg[1] != bits32(v) {
			t.Errorf("%g: got %#x and %#x", v, m.FReg[0], m.FReg[1])
		}
	}
	if op := ops.F32(-1.5); int64(op.Uint64()) != int64(int32(op.Uint64())) {
		t.Errorf("the bits of −1.5 as float32 are %#x: want 32 bits with a sign", op.Uint64())
	}
}

// TestNoFusion: a product is rounded before it is added, which (1 + ε)(1 − ε) − 1
// shows.
func TestNoFusion(t *testing.T) {
	b := ops.NewBuilder()
	b.Func("f", ops.MakeSignature([]ops.Type{ops.Float, ops.Float}, double), 0)
	b.Op(ops.FMul, ops.FA, ops.FA, ops.FX)
	b.Op(ops.FSub, ops.FA, ops.FA, ops.F64(1))
	b.Return()
	if m := runFloats(t, b, bits64(1+0x1p-30), bits64(1-0x1p-30)); m.FReg[0] != 0 {
		t.Errorf("got %g, want 0", math.Float64frombits(m.FReg[0]))
	}
}

// TestRounding compares with arithmetic of any precision what could be rounded
// twice: integers, square roots and sums as float32.
func TestRounding(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	// near returns a random number near the middle of two float32.
	near := func() uint64 {
		x := rng.Uint64() | 1<<63
		return (x>>40<<40 + 1<<39 + rng.Uint64N(5) - 2) >> rng.IntN(40)
	}
	round := func(x *big.Float) uint64 {
		v, _ := x.Float32()
		return uint64(math.Float32bits(v))
	}
	precise := func(bits uint64) *big.Float {
		return new(big.Float).SetPrec(2000).SetFloat64(float64(math.Float32frombits(uint32(bits))))
	}
	p := map[ops.Code]func(l, r uint64) uint64{}
	for _, code := range []ops.Code{ops.FloatU64F32, ops.FloatI64F32, ops.FSqrt32, ops.FAdd32, ops.FMul32} {
		p[code] = function(t, code)
	}
	check := func(code ops.Code, l, r uint64, want *big.Float) {
		t.Helper()
		if got, want := p[code](l, r), round(want); got != want {
			t.Errorf("%s of %#x and %#x: got %#x, want %#x", code, l, r, got, want)
		}
	}
	for range 3000 {
		x := near()
		check(ops.FloatU64F32, x, 0, new(big.Float).SetUint64(x))
		check(ops.FloatI64F32, x, 0, new(big.Float).SetInt64(int64(x)))
		l, r := rng.Uint64()&(1<<31-1), rng.Uint64()&(1<<31-1)
		if l>>23 < 0xff && r>>23 < 0xff {
			check(ops.FSqrt32, l, 0, new(big.Float).Sqrt(precise(l)))
			check(ops.FAdd32, l, r, new(big.Float).Add(precise(l), precise(r)))
			check(ops.FMul32, l, r, new(big.Float).Mul(precise(l), precise(r)))
		}
	}
}

// function returns a Go function that runs an operation.
func function(t *testing.T, code ops.Code) func(l, r uint64) uint64 {
	row := code.Info()
	b := ops.NewBuilder()
	b.Func("f", ops.MakeSlotSignature(make([]ops.Type, 3), make([]ops.Type, 3)), 3)
	r := ops.Operand{}
	if row.R != ops.None {
		r = ops.Slot(1)
	}
	b.Op(code, ops.Slot(2), ops.Slot(0), r)
	b.Return()
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	m := &ops.Machine{Stack: make([]uint64, 100)}
	return func(l, r uint64) uint64 {
		m.Enter(0)
		m.Polls = 1
		copy(m.Frame(2), []uint64{l, r})
		if exit := m.Run(p); exit != ops.ExitReturn {
			panic(fmt.Sprint(exit))
		}
		return m.Frame(3)[2]
	}
}
