package meaning

import (
	"math"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/ops/meaning/bv"
)

// floats are the operations that stay among floats, and those that compare them.
var floats = func() map[ops.Code]meaning {
	m := make(map[ops.Code]meaning)
	for bits, n := range map[uint8]ops.Code{64: 0, 32: ops.FMov32 - ops.FMov} {
		m[ops.FMov+n] = exact1(bits, func(l term) term { return l })
		m[ops.FAbs+n] = exact1(bits, Abs)
		m[ops.FNeg+n] = exact1(bits, Negate)
		m[ops.FCopysign+n] = exact2(bits, Copysign)
		m[ops.FAdd+n] = rounds2(bits, FAdd)
		m[ops.FSub+n] = rounds2(bits, FSub)
		m[ops.FMul+n] = rounds2(bits, FMul)
		m[ops.FDiv+n] = rounds2(bits, FDiv)
		m[ops.FMin+n] = extreme(bits, FMin)
		m[ops.FMax+n] = extreme(bits, FMax)
		m[ops.FSqrt+n] = rounds1(bits, FSqrt)
		m[ops.FFloor+n] = rounds1(bits, FFloor)
		m[ops.FCeil+n] = rounds1(bits, FCeil)
		m[ops.FTrunc+n] = rounds1(bits, FTrunc)
		m[ops.FNearest+n] = rounds1(bits, FNearest)
	}
	for i, c := range fconds {
		n := ops.Code(i)
		m[ops.FSetEq+n], m[ops.FSetEq32+n] = set(ofBits(64, c)), set(ofBits(32, c))
		m[ops.FBEq+n], m[ops.FBEq32+n] = branch(ofBits(64, c)), branch(ofBits(32, c))
	}
	for bits, n := range map[uint8]ops.Code{64: 0, 32: ops.FSelNZ32 - ops.FSelNZ} {
		m[ops.FSelNZ+n] = fselects(bits, false)
		m[ops.FSelZ+n] = fselects(bits, true)
	}
	return m
}()

// Conditions of floats, in the order in which the table has them.
var fconds = []condition{
	FEq, condition(FEq).not(), FLt, FLe, condition(FLt).swap(), condition(FLe).swap(),
	condition(FLt).not(), condition(FLe).not(), condition(FLt).swap().not(), condition(FLe).swap().not(),
}

func (c condition) not() condition  { return func(l, r term) term { return c(l, r).Not() } }
func (c condition) swap() condition { return swapped(c) }

// ofBits is a condition of the lowest bits.
func ofBits(bits uint8, c condition) condition {
	return func(l, r term) term { return c(l.Extract(0, bits), r.Extract(0, bits)) }
}

// exact1 and exact2 are operations that keep all bits of a NaN.
func exact1(bits uint8, f func(l term) term) meaning {
	return func(in *Inputs, e *Effect) { e.D = f(in.L.Extract(0, bits)).Zext(64) }
}

func exact2(bits uint8, f func(l, r term) term) meaning {
	return func(in *Inputs, e *Effect) { e.D = f(in.L.Extract(0, bits), in.R.Extract(0, bits)).Zext(64) }
}

// rounds1 and rounds2 are operations that give any NaN for NaN.
func rounds1(bits uint8, f func(l term) term) meaning {
	return func(in *Inputs, e *Effect) { e.anyNaN(f(in.L.Extract(0, bits))) }
}

func rounds2(bits uint8, f func(l, r term) term) meaning {
	return func(in *Inputs, e *Effect) { e.anyNaN(f(in.L.Extract(0, bits), in.R.Extract(0, bits))) }
}

// anyNaN makes a float the new d, any NaN where it is none.
func (e *Effect) anyNaN(v term) { e.D, e.AnyNaN = v.Zext(64), IsNaN(v) }

// extreme is a minimum or maximum.
func extreme(bits uint8, f func(l, r term) term) meaning {
	return func(in *Inputs, e *Effect) {
		l, r := in.L.Extract(0, bits), in.R.Extract(0, bits)
		e.D, e.AnyNaN = f(l, r).Zext(64), Unordered(l, r)
	}
}

func fselects(bits uint8, ifZero bool) meaning {
	return func(in *Inputs, e *Effect) {
		is := in.L.Eq(in.L.Const(0))
		if !ifZero {
			is = is.Not()
		}
		e.D = is.Ite(in.R.Extract(0, bits).Zext(64), in.D)
	}
}

// conversions are the operations from one kind of number to another.
var conversions = func() map[ops.Code]meaning {
	m := map[ops.Code]meaning{
		ops.FPromote:    rounds1(32, Promote),
		ops.FDemote:     rounds1(64, Demote),
		ops.FBits:       unary(func(l term) term { return l }),
		ops.FFromBits:   unary(func(l term) term { return l }),
		ops.FBits32:     low1(func(l term) term { return l }),
		ops.FFromBits32: low1(func(l term) term { return l }),
	}
	for bits, n := range map[uint8]ops.Code{64: 0, 32: ops.TruncI64F32 - ops.TruncI64} {
		for i, to := range integerRanges {
			m[ops.TruncI64+n+ops.Code(i)] = to.traps(bits)
			m[ops.SatI64+n+ops.Code(i)] = to.saturates(bits)
		}
	}
	for bits, n := range map[uint8]ops.Code{64: 0, 32: ops.FloatI64F32 - ops.FloatI64} {
		for i, widen := range []func(l term) term{
			func(l term) term { return FromSigned(l, bits) },
			func(l term) term { return FromUnsigned(l, bits) },
			func(l term) term { return FromSigned(half(l).Sext(64), bits) },
			func(l term) term { return FromSigned(half(l).Zext(64), bits) },
		} {
			m[ops.FloatI64+n+ops.Code(i)] = unary(func(l term) term { return widen(l).Zext(64) })
		}
	}
	return m
}()

// An integerRange is a type of integers that floats are converted to.
type integerRange struct {
	signed bool
	bits   uint8
}

// integerRanges are these types in the order in which the table has them.
var integerRanges = []integerRange{{true, 64}, {false, 64}, {true, 32}, {false, 32}}

// value returns a float that is in range as an integer, zeros above.
func (to integerRange) value(x term) term {
	if to.signed || to.bits < 64 {
		return ToSigned(x).Extract(0, to.bits).Zext(64)
	}
	return ToUnsigned(x)
}

// below and above return whether a float that is a number lies, rounded towards 0,
// outside of the range.
func (to integerRange) below(x term) term {
	switch {
	case !to.signed:
		return FLe(x, Negate(Power(x, 0))) // −1
	case x.Width == 64 && to.bits == 32:
		return FLe(x, x.Const(math.Float64bits(-1<<31-1)))
	}
	// What is less by 1 is no float: the next one is out of range too.
	return FLt(x, Negate(Power(x, int(to.bits)-1)))
}

func (to integerRange) above(x term) term {
	n := int(to.bits)
	if to.signed {
		n--
	}
	return FLe(Power(x, n), x)
}

// limits returns the least and the greatest number of the range, zeros above.
func (to integerRange) limits(x term) (least, greatest term) {
	p := x.Pool()
	if !to.signed {
		return p.Const(0, 64), p.Const(^uint64(0), to.bits).Zext(64)
	}
	return p.Const(1<<(to.bits-1), 64), p.Const(1<<(to.bits-1)-1, 64)
}

func (to integerRange) traps(bits uint8) meaning {
	return func(in *Inputs, e *Effect) {
		x := in.L.Extract(0, bits)
		e.trap(IsNaN(x), ops.ReasonInvalidConversion)
		e.trap(to.below(x).Or(to.above(x)), ops.ReasonIntegerOverflow)
		e.D = to.value(x)
	}
}

func (to integerRange) saturates(bits uint8) meaning {
	return func(in *Inputs, e *Effect) { e.D = Saturate(in.L.Extract(0, bits), to.bits, to.signed) }
}

// Converts returns whether a float, rounded towards 0, is an integer of so many bits.
func Converts(x *bv.Term, bits uint8, signed bool) *bv.Term {
	to := integerRange{signed, bits}
	return IsNaN(x).Or(to.below(x)).Or(to.above(x)).Not()
}

// Saturate returns a float rounded towards 0 as an integer of so many bits, or the
// nearest one in range; 0 for NaN. Zeros come above.
func Saturate(x *bv.Term, bits uint8, signed bool) *bv.Term {
	to := integerRange{signed, bits}
	least, greatest := to.limits(x)
	return IsNaN(x).Ite(least.Const(0), to.below(x).Ite(least, to.above(x).Ite(greatest, to.value(x))))
}
