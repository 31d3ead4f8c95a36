package prove

import (
	"math"

	"github.com/copyjit/copyjit/ops/meaning"
)

// a64FloatClasses are the classes of instructions on floats.
func a64FloatClasses() []class {
	return []class{
		{0x7f20fc00, 0x1e200000, (*a64).floatInteger}, // sf 00 11110 type 1 rmode opcode 000000 Rn Rd
		{0xff207c00, 0x1e204000, (*a64).floatOne},     // 000 11110 type 1 opcode 10000 Rn Rd
		{0xff203c07, 0x1e202000, (*a64).floatCompare}, // 000 11110 type 1 Rm op 1000 Rn opcode2
		{0xff201fe0, 0x1e201000, (*a64).floatImmediate},
		{0xff200c00, 0x1e200400, (*a64).floatConditionalCompare},
		{0xff200c00, 0x1e200800, (*a64).floatTwo},
		{0xff200c00, 0x1e200c00, (*a64).floatSelect},
		{0x9ff80400, 0x0f000400, (*a64).vectorImmediate},
		{0x9f20fc00, 0x0e201c00, (*a64).vectorLogical},
		{0xbfbffc00, 0x2ea0f800, (*a64).vectorNegate},
		{0xdfbffc00, 0x5e21d800, (*a64).scalarConvert},
	}
}

// format returns the width of floats as the field type says.
func (a *a64) format() (uint8, bool) {
	switch a.field(22, 2) {
	case 0:
		return 32, true
	case 1:
		return 64, true
	}
	return 0, false
}

// float reads a float register.
func (a *a64) float(at int, w uint8) term { return a.s.fregs[a.field(at, 5)][0].Extract(0, w) }

// setFloat writes a float register: zeros come above.
func (a *a64) setFloat(n int, v term) {
	a.s.fregs[n] = [2]term{v.Zext(64), a.s.pool.Const(0, 64)}
}

// floatInteger converts and moves between the banks.
func (a *a64) floatInteger() error {
	w := a.width()
	fw, ok := a.format()
	rmode, op, d := a.field(19, 2), a.field(16, 3), a.field(0, 5)
	if !ok {
		return a.unmodelled()
	}
	switch {
	case rmode == 0 && op == 6 && w == fw: // fmov to an integer
		a.setReg(d, a.float(5, w))
	case rmode == 0 && op == 7 && w == fw:
		a.setFloat(d, a.reg(a.field(5, 5), w))
	case rmode == 0 && op == 2: // scvtf
		a.setFloat(d, meaning.FromSigned(a.reg(a.field(5, 5), w).Sext(64), fw))
	case rmode == 0 && op == 3 && w == 32: // ucvtf
		a.setFloat(d, meaning.FromSigned(a.reg(a.field(5, 5), w).Zext(64), fw))
	case rmode == 0 && op == 3:
		a.setFloat(d, meaning.FromUnsigned(a.reg(a.field(5, 5), w), fw))
	case rmode == 3 && op == 0: // fcvtzs
		a.setReg(d, saturated(a.float(5, fw), w, true))
	case rmode == 3 && op == 1: // fcvtzu
		a.setReg(d, saturated(a.float(5, fw), w, false))
	default:
		return a.unmodelled()
	}
	return nil
}

// saturated returns a float rounded towards 0 to the nearest integer of a type that
// there is, 0 for NaN.
func saturated(x term, w uint8, signed bool) term {
	v := meaning.Saturate(x, w, signed)
	return v.Extract(0, w)
}

// floatOne: operations of one operand.
func (a *a64) floatOne() error {
	w, ok := a.format()
	if !ok {
		return a.unmodelled()
	}
	x, d := a.float(5, w), a.field(0, 5)
	var v term
	switch op := a.field(15, 6); {
	case op == 0:
		v = x
	case op == 1:
		v = meaning.Abs(x)
	case op == 2:
		v = meaning.Negate(x)
	case op == 3:
		v = meaning.FSqrt(x)
	case op == 4 && w == 64:
		v = meaning.Demote(x)
	case op == 5 && w == 32:
		v = meaning.Promote(x)
	case op == 8:
		v = meaning.FNearest(x)
	case op == 9:
		v = meaning.FCeil(x)
	case op == 10:
		v = meaning.FFloor(x)
	case op == 11:
		v = meaning.FTrunc(x)
	default:
		return a.unmodelled()
	}
	a.setFloat(d, v)
	return nil
}

// floatTwo: operations of two operands. Minimum and maximum are NaN if either operand is.
func (a *a64) floatTwo() error {
	w, ok := a.format()
	if !ok {
		return a.unmodelled()
	}
	x, y := a.float(5, w), a.float(16, w)
	var v term
	switch a.field(12, 4) {
	case 0:
		v = meaning.FMul(x, y)
	case 1:
		v = meaning.FDiv(x, y)
	case 2:
		v = meaning.FAdd(x, y)
	case 3:
		v = meaning.FSub(x, y)
	case 4:
		v = a.extreme(x, y, meaning.FMax(x, y))
	case 5:
		v = a.extreme(x, y, meaning.FMin(x, y))
	default:
		return a.unmodelled()
	}
	a.setFloat(a.field(0, 5), v)
	return nil
}

// extreme returns a minimum or maximum, or some quiet NaN.
func (a *a64) extreme(x, y, v term) term {
	return meaning.Unordered(x, y).Ite(someNaN(a.undefined(a.s, x.Width)), v)
}

// someNaN makes a quiet NaN of any number.
func someNaN(x term) term {
	n := uint8(51)
	if x.Width == 32 {
		n = 22
	}
	return x.Or(meaning.Infinity(x)).Or(x.Const(1 << n))
}

// floatCompare: fcmp; the operand may be 0.
func (a *a64) floatCompare() error {
	w, ok := a.format()
	if !ok || a.field(14, 2) != 0 {
		return a.unmodelled()
	}
	y := a.float(16, w)
	if a.field(3, 1) != 0 {
		if a.field(16, 5) != 0 {
			return a.unmodelled() // the manual says that these should be zero
		}
		y = y.Const(0)
	}
	a.s.flags = flags{kind: ofFloat, x: a.float(5, w), y: y}
	return nil
}

// floatConditionalCompare: fccmp.
func (a *a64) floatConditionalCompare() error {
	w, ok := a.format()
	if !ok {
		return a.unmodelled()
	}
	a.ifCondition(flags{kind: ofFloat, x: a.float(5, w), y: a.float(16, w)})
	return nil
}

// floatSelect: fcsel.
func (a *a64) floatSelect() error {
	w, ok := a.format()
	if !ok {
		return a.unmodelled()
	}
	a.setFloat(a.field(0, 5), a.condition(a.field(12, 4)).Ite(a.float(5, w), a.float(16, w)))
	return nil
}

// floatImmediate: fmov of a small number: a sign, three bits of exponent, four of
// fraction.
func (a *a64) floatImmediate() error {
	w, ok := a.format()
	if !ok {
		return a.unmodelled()
	}
	imm := a.field(13, 8)
	e := imm>>4&7 + 1 // the highest bit counts −8
	if e > 4 {
		e -= 8
	}
	v := math.Ldexp(1+float64(imm&15)/16, e)
	if imm>>7 != 0 {
		v = -v
	}
	c := math.Float64bits(v)
	if w == 32 {
		c = uint64(math.Float32bits(float32(v)))
	}
	a.setFloat(a.field(0, 5), a.s.pool.Const(c, w))
	return nil
}

// vectorImmediate: 0 Q op 0111100000 abc cmode o2 1 defgh Rd: movi and mvni.
func (a *a64) vectorImmediate() error {
	q, op, cmode := a.field(30, 1), a.field(29, 1), a.field(12, 4)
	imm := uint64(a.field(16, 3)<<5 | a.field(5, 5))
	if a.field(11, 1) != 0 {
		return a.unmodelled()
	}
	var v uint64
	switch {
	case cmode&9 == 0: // 32 bits, shifted
		v = imm << (8 * (cmode >> 1))
		v |= v << 32
	case cmode&13 == 8: // 16 bits, shifted
		v = imm << (8 * (cmode >> 1 & 1)) * 0x0001000100010001
	case cmode == 14 && op == 1: // a byte for each bit
		for n := range 8 {
			if imm>>n&1 != 0 {
				v |= 0xff << (8 * n)
			}
		}
		op = 0
	case cmode == 14:
		v = imm * 0x0101010101010101
	default:
		return a.unmodelled()
	}
	if op != 0 {
		v = ^v
	}
	c := a.s.pool.Const(v, 64)
	a.s.fregs[a.field(0, 5)] = [2]term{c, c}
	if q == 0 {
		a.s.fregs[a.field(0, 5)][1] = c.Const(0)
	}
	return nil
}

// vectorNegate: 0 Q 1 01110 1 sz 100000111110 Rn Rd: fneg of all lanes.
func (a *a64) vectorNegate() error {
	mask := uint64(1 << 63)
	if a.field(22, 1) == 0 {
		mask |= 1 << 31
	}
	n, d := a.field(5, 5), a.field(0, 5)
	var r [2]term
	for k := range r {
		x := a.s.fregs[n][k]
		r[k] = x.Xor(x.Const(mask))
	}
	if a.field(30, 1) == 0 {
		if a.field(22, 1) != 0 {
			return a.unmodelled()
		}
		r[1] = r[1].Const(0)
	}
	a.s.fregs[d] = r
	return nil
}

// scalarConvert: 01 U 11110 0 sz 100001110110 Rn Rd: scvtf and ucvtf of what is in a
// float register.
func (a *a64) scalarConvert() error {
	w := uint8(32) << a.field(22, 1)
	x := a.float(5, w)
	switch {
	case a.field(29, 1) == 0:
		x = meaning.FromSigned(x.Sext(64), w)
	case w == 32:
		x = meaning.FromSigned(x.Zext(64), w)
	default:
		x = meaning.FromUnsigned(x, w)
	}
	a.setFloat(a.field(0, 5), x)
	return nil
}

// vectorLogical: 0 Q U 01110 size 1 Rm 00011 1 Rn Rd.
func (a *a64) vectorLogical() error {
	q, n, m, d := a.field(30, 1), a.field(5, 5), a.field(16, 5), a.field(0, 5)
	var r [2]term
	for k := range r {
		x, y, z := a.s.fregs[n][k], a.s.fregs[m][k], a.s.fregs[d][k]
		choose := func(mask, yes, no term) term { return mask.And(yes).Or(mask.Not().And(no)) }
		switch a.field(29, 1)<<2 | a.field(22, 2) {
		case 0:
			r[k] = x.And(y)
		case 1:
			r[k] = x.And(y.Not())
		case 2:
			r[k] = x.Or(y)
		case 3:
			r[k] = x.Or(y.Not())
		case 4:
			r[k] = x.Xor(y)
		case 5: // bsl
			r[k] = choose(z, x, y)
		case 6: // bit
			r[k] = choose(y, x, z)
		case 7: // bif
			r[k] = choose(y, z, x)
		}
	}
	if q == 0 {
		r[1] = a.s.pool.Const(0, 64)
	}
	a.s.fregs[d] = r
	return nil
}
