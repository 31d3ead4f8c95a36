package prove

import "github.com/copyjit/copyjit/ops/meaning"

// single reads a float32: one that is not below 32 ones counts as NaN.
func (v *rv) single(n int) term {
	x := v.s.fregs[n][0]
	high := x.Extract(32, 32)
	return high.Eq(high.Const(1<<32-1)).Ite(x.Extract(0, 32), x.Const(0x7fc00000).Extract(0, 32))
}

// source reads a float register of a width.
func (v *rv) source(n int, w uint8) term {
	if w == 32 {
		return v.single(n)
	}
	return v.s.fregs[n][0]
}

// setFloat writes rd, with ones above a float32.
func (v *rv) setFloat(x term) {
	if x.Width == 32 {
		x = x.Const(1<<32 - 1).Concat(x)
	}
	v.s.fregs[v.rd()][0] = x
}

// float: operations on float registers, of a width that the lowest bit of f7 says.
func (v *rv) float() error {
	w := uint8(32)
	if v.f7()&1 != 0 {
		w = 64
	}
	if v.f7()&2 != 0 {
		return v.unmodelled()
	}
	x, y := v.source(v.rs1(), w), v.source(v.rs2(), w)
	rounds := v.f3() == 7 || v.f3() == 0 // as set, which is to the nearest, or to the nearest
	switch v.f7() >> 2 {
	case 0, 1, 2, 3, 0x0b:
		if !rounds {
			return v.unmodelled()
		}
		switch v.f7() >> 2 {
		case 0:
			v.setFloat(meaning.FAdd(x, y))
		case 1:
			v.setFloat(meaning.FSub(x, y))
		case 2:
			v.setFloat(meaning.FMul(x, y))
		case 3:
			v.setFloat(meaning.FDiv(x, y))
		case 0x0b:
			v.setFloat(meaning.FSqrt(x))
		}
	case 4: // signs
		s := sign(y)
		switch v.f3() {
		case 0:
		case 1:
			s = s.Not()
		case 2:
			s = s.Xor(sign(x))
		default:
			return v.unmodelled()
		}
		v.setFloat(s.Concat(x.Extract(0, w-1)))
	case 5: // the number if one operand is none
		r := meaning.FMin(x, y)
		switch v.f3() {
		case 0:
		case 1:
			r = meaning.FMax(x, y)
		default:
			return v.unmodelled()
		}
		r = meaning.IsNaN(x).Ite(y, meaning.IsNaN(y).Ite(x, r))
		v.setFloat(meaning.IsNaN(x).And(meaning.IsNaN(y)).Ite(someNaN(v.undefined(v.s, w)), r))
	case 8: // between the widths
		switch {
		case w == 32 && v.rs2() == 1 && rounds:
			v.setFloat(meaning.Demote(v.source(v.rs1(), 64)))
		case w == 64 && v.rs2() == 0:
			v.setFloat(meaning.Promote(v.single(v.rs1())))
		default:
			return v.unmodelled()
		}
	case 0x14:
		bit := []func(a, b term) term{meaning.FLe, meaning.FLt, meaning.FEq}
		if v.f3() > 2 {
			return v.unmodelled()
		}
		v.set(v.rd(), bit[v.f3()](x, y).Zext(64))
	case 0x18:
		return v.toInteger(x)
	case 0x1a:
		return v.fromInteger(w, rounds)
	case 0x1c:
		if v.f3() != 0 || v.rs2() != 0 {
			return v.unmodelled()
		}
		v.set(v.rd(), v.s.fregs[v.rs1()][0].Extract(0, w))
	case 0x1e:
		if v.f3() != 0 || v.rs2() != 0 {
			return v.unmodelled()
		}
		v.setFloat(v.a().Extract(0, w))
	default:
		return v.unmodelled()
	}
	return nil
}

// toInteger rounds and converts to the nearest integer in range, NaN to the greatest.
func (v *rv) toInteger(x term) error {
	round := map[int]func(x term) term{
		0: meaning.FNearest, 7: meaning.FNearest, 1: func(x term) term { return x }, 2: meaning.FFloor, 3: meaning.FCeil,
	}[v.f3()]
	if round == nil || v.rs2() > 3 {
		return v.unmodelled()
	}
	bits, signed := uint8(32), v.rs2()&1 == 0
	if v.rs2() > 1 {
		bits = 64
	}
	greatest := v.s.pool.Const(^uint64(0), bits)
	if signed {
		greatest = greatest.Shr(greatest.Const(1))
	}
	v.set(v.rd(), meaning.IsNaN(x).Ite(greatest, meaning.Saturate(round(x), bits, signed).Extract(0, bits)))
	return nil
}

// fromInteger converts to the nearest float.
func (v *rv) fromInteger(w uint8, rounds bool) error {
	a := v.a()
	switch {
	case !rounds:
		return v.unmodelled()
	case v.rs2() == 0:
		v.setFloat(meaning.FromSigned(a.Extract(0, 32).Sext(64), w))
	case v.rs2() == 1:
		v.setFloat(meaning.FromSigned(a.Extract(0, 32).Zext(64), w))
	case v.rs2() == 2:
		v.setFloat(meaning.FromSigned(a, w))
	case v.rs2() == 3:
		v.setFloat(meaning.FromUnsigned(a, w))
	default:
		return v.unmodelled()
	}
	return nil
}
