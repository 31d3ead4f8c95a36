package meaning

import "github.com/copyjit/copyjit/ops/meaning/bv"

// Functions of floats, given and giving bits; their width is that of their
// operands, 64 or 32. The prover's instruction models name the same ones.

// IsNaN returns whether x is no number.
func IsNaN(x *bv.Term) *bv.Term { return Infinity(x).Ult(Abs(x)) }

// IsQuietNaN returns whether x is no number and its highest bit of fraction is set.
func IsQuietNaN(x *bv.Term) *bv.Term { return IsNaN(x).And(x.Extract(fraction(x)-1, 1)) }

// fraction returns how many bits of fraction a float has.
func fraction(x *bv.Term) uint8 {
	if x.Width == 32 {
		return 23
	}
	return 52
}

// Infinity returns the infinity of x's width.
func Infinity(x *bv.Term) *bv.Term {
	return x.Const(bv.Mask(x.Width-1) &^ bv.Mask(fraction(x)))
}

// Abs returns x without its sign.
func Abs(x *bv.Term) *bv.Term { return x.Extract(0, x.Width-1).Zext(x.Width) }

// Negate returns x with the other sign.
func Negate(x *bv.Term) *bv.Term { return x.Xor(x.Const(1 << (x.Width - 1))) }

// Copysign returns x with the sign of y.
func Copysign(x, y *bv.Term) *bv.Term {
	return y.Extract(y.Width-1, 1).Concat(x.Extract(0, x.Width-1))
}

// order returns a signed number that is in the order of x, if that is a number; it
// is 0 for both zeros.
func order(x *bv.Term) *bv.Term {
	return x.Extract(x.Width-1, 1).Ite(Abs(x).Neg(), Abs(x))
}

// Unordered returns whether x or y is no number.
func Unordered(x, y *bv.Term) *bv.Term { return IsNaN(x).Or(IsNaN(y)) }

// FEq returns whether x = y, which NaN is not to anything.
func FEq(x, y *bv.Term) *bv.Term { return Unordered(x, y).Not().And(order(x).Eq(order(y))) }

// FLt returns whether x < y, which does not hold of NaN.
func FLt(x, y *bv.Term) *bv.Term { return Unordered(x, y).Not().And(order(x).Slt(order(y))) }

// FLe returns whether x ≤ y, which does not hold of NaN.
func FLe(x, y *bv.Term) *bv.Term { return Unordered(x, y).Not().And(order(x).Sle(order(y))) }

// FMin returns the lesser of two numbers, FMax the greater. The two zeros, which are
// equal, differ in their signs, so that bits of both make one; all else that is equal
// is the same.
func FMin(x, y *bv.Term) *bv.Term { return FLt(x, y).Ite(x, FLt(y, x).Ite(y, x.Or(y))) }

// FMax returns the greater of two numbers.
func FMax(x, y *bv.Term) *bv.Term { return FLt(y, x).Ite(x, FLt(x, y).Ite(y, x.And(y))) }

// apply returns the function of that name, which ends in the width.
func apply(name string, x *bv.Term, more ...*bv.Term) *bv.Term {
	suffix := "64"
	if x.Width == 32 {
		suffix = "32"
	}
	return x.Pool().Apply(name+suffix, x.Width, append([]*bv.Term{x}, more...)...)
}

// FAdd returns x + y.
func FAdd(x, y *bv.Term) *bv.Term { return apply("fadd", x, y) }

// FSub returns x − y.
func FSub(x, y *bv.Term) *bv.Term { return apply("fsub", x, y) }

// FMul returns x × y.
func FMul(x, y *bv.Term) *bv.Term { return apply("fmul", x, y) }

// FDiv returns x / y.
func FDiv(x, y *bv.Term) *bv.Term { return apply("fdiv", x, y) }

// FSqrt returns the square root of x.
func FSqrt(x *bv.Term) *bv.Term { return apply("fsqrt", x) }

// FFloor returns x rounded down to an integer.
func FFloor(x *bv.Term) *bv.Term { return apply("ffloor", x) }

// FCeil returns x rounded up to an integer.
func FCeil(x *bv.Term) *bv.Term { return apply("fceil", x) }

// FTrunc returns x rounded towards 0 to an integer.
func FTrunc(x *bv.Term) *bv.Term { return apply("ftrunc", x) }

// FNearest returns x rounded to the nearest integer, the even one of two.
func FNearest(x *bv.Term) *bv.Term { return apply("fnearest", x) }

// Promote returns the float64 of a float32.
func Promote(x *bv.Term) *bv.Term { return x.Pool().Apply("promote", 64, x) }

// Demote returns the nearest float32 of a float64.
func Demote(x *bv.Term) *bv.Term { return x.Pool().Apply("demote", 32, x) }

// FromSigned returns the float of w bits that is nearest to a signed number of 64
// bits.
func FromSigned(x *bv.Term, w uint8) *bv.Term {
	if w == 32 {
		return x.Pool().Apply("fromS64w32", w, x)
	}
	return x.Pool().Apply("fromS64w64", w, x)
}

// FromUnsigned returns the float of w bits that is nearest to an unsigned number of
// 64 bits.
//
// A number of 2⁶³ and more is twice its half, in which the lowest bit stays set if
// either of the two lowest was: so it is not taken for the middle between two
// floats, and rounds as the whole does.
func FromUnsigned(x *bv.Term, w uint8) *bv.Term {
	odd := x.Extract(0, 1).Zext(64)
	h := FromSigned(x.Extract(1, 63).Zext(64).Or(odd), w)
	return x.Extract(63, 1).Ite(FAdd(h, h), FromSigned(x, w))
}

// ToSigned returns a float rounded towards 0 as a signed number of 64 bits, where it
// is in range.
func ToSigned(x *bv.Term) *bv.Term {
	if x.Width == 32 {
		return x.Pool().Apply("toS64w32", 64, x)
	}
	return x.Pool().Apply("toS64w64", 64, x)
}

// ToUnsigned returns a float rounded towards 0 as an unsigned number of 64 bits,
// where it is in range.
//
// Of a float of 2⁶³ and more 2⁶³ can be subtracted without rounding.
func ToUnsigned(x *bv.Term) *bv.Term {
	half := Power(x, 63)
	return FLt(x, half).Ite(ToSigned(x), ToSigned(FSub(x, half)).Xor(x.Pool().Const(1<<63, 64)))
}

// Power returns the float 2ⁿ of x's width.
func Power(x *bv.Term, n int) *bv.Term {
	bias := 1023
	if x.Width == 32 {
		bias = 127
	}
	return x.Const(uint64(bias+n) << fraction(x))
}
