package prove

import (
	"fmt"
	"math/bits"

	"github.com/copyjit/copyjit/ops/meaning/bv"
	"github.com/copyjit/copyjit/stencils"
)

// What integer instructions of arm64 do, a class of encodings each (Arm Architecture
// Reference Manual, C4.1).

// adr: the address of code.
func (a *a64) adr() error {
	distance := a.signedField(5, 19)<<2 | a.field(29, 2)
	a.setReg(a.field(0, 5), a.addressOf(distance))
	return nil
}

// addImmediate: sf op S 100010 sh imm12 Rn Rd.
func (a *a64) addImmediate() error {
	imm := uint64(a.field(10, 12)) << (12 * a.field(22, 1))
	w, n, d, flags := a.width(), a.field(5, 5), a.field(0, 5), a.field(29, 1) != 0
	if n == 31 || d == 31 && !flags {
		return a.unmodelled() // the stack pointer
	}
	if len(a.holes) > 0 {
		h := &a.holes[0]
		if len(a.holes) > 1 || h.Kind != stencils.A64Add12 && h.Kind != stencils.A64Sub12 || imm != 0 || a.field(30, 1)<<1|a.field(22, 1) != 0 {
			return fmt.Errorf("add with the hole %s %s", h.Kind, h.Value)
		}
		// To add what is negative and to subtract its size is the same, flags included,
		// but for 0, where it is as the kind says.
		v, err := a.fillIn(h)
		if err != nil {
			return err
		}
		return a.addSub(w, d, a.reg(n, w), v.Extract(0, w), h.Kind == stencils.A64Sub12, flags)
	}
	return a.addSub(w, d, a.reg(n, w), a.s.pool.Const(imm, w), a.field(30, 1) != 0, flags)
}

// addSub adds or subtracts.
func (a *a64) addSub(w uint8, d int, x, y term, subtract, flags bool) error {
	r := x.Add(y)
	if subtract {
		r = x.Sub(y)
	}
	if flags {
		kind := ofAdd
		if subtract {
			kind = ofSub
		}
		a.s.flags = flagsOf(kind, x, y, r)
	}
	a.setReg(d, r)
	return nil
}

// bitMask returns the number that N, imms and immr of w bits stand for: a run of ones
// rotated right, repeated.
func bitMask(n, imms, immr int, w uint8) (uint64, bool) {
	size := bits.Len(uint(n<<6|^imms&0x3f)) - 1
	if size < 1 || 1<<size > int(w) {
		return 0, false
	}
	esize := 1 << size
	ones, rotate := imms&(esize-1)+1, immr&(esize-1)
	if ones == esize {
		return 0, false
	}
	v := uint64(1)<<ones - 1
	v = (v>>rotate | v<<(esize-rotate)) & bv.Mask(uint8(esize))
	for ; esize < 64; esize *= 2 {
		v |= v << esize
	}
	return v & bv.Mask(w), true
}

// logicalImmediate: sf opc 100100 N immr imms Rn Rd.
func (a *a64) logicalImmediate() error {
	w := a.width()
	mask, ok := bitMask(a.field(22, 1), a.field(10, 6), a.field(16, 6), w)
	if !ok {
		return a.unmodelled()
	}
	return a.logical(w, a.s.pool.Const(mask, w), false, true)
}

// logical: the operation opc of Rn and y.
func (a *a64) logical(w uint8, y term, invert, immediate bool) error {
	if invert {
		y = y.Not()
	}
	x, d, opc := a.reg(a.field(5, 5), w), a.field(0, 5), a.field(29, 2)
	if immediate && d == 31 && opc != 3 {
		return a.unmodelled() // the stack pointer
	}
	var r term
	switch opc {
	case 0, 3:
		r = x.And(y)
	case 1:
		r = x.Or(y)
	case 2:
		r = x.Xor(y)
	}
	if opc == 3 {
		a.s.flags = flagsOf(ofLogic, nil, nil, r)
	}
	a.setReg(d, r)
	return nil
}

// moveWide: sf opc 100101 hw imm16 Rd, opc 0 movn, 2 movz, 3 movk.
func (a *a64) moveWide() error {
	w, opc, hw, d := a.width(), a.field(29, 2), a.field(21, 2), a.field(0, 5)
	if opc == 1 || w == 32 && hw > 1 {
		return a.unmodelled()
	}
	p, at := a.s.pool, uint8(16*hw)
	v := p.Const(uint64(a.field(5, 16)), 16)
	whole := term(nil)
	if len(a.holes) > 0 {
		var err error
		if v, whole, err = a.movHole(opc, hw); err != nil {
			return err
		}
	}
	switch {
	case whole != nil:
		a.setReg(d, whole.Extract(0, w))
	case opc == 3:
		old := a.reg(d, w)
		if at > 0 {
			v = v.Concat(old.Extract(0, at))
		}
		if v.Width < w {
			v = old.Extract(v.Width, w-v.Width).Concat(v)
		}
		a.setReg(d, v)
	default:
		if at > 0 {
			v = v.Concat(p.Const(0, at))
		}
		v = v.Zext(w)
		if opc == 0 {
			v = v.Not()
		}
		a.setReg(d, v)
	}
	return nil
}

// movHole returns the sixteen bits that a hole is, or the whole number that the
// instruction makes where the hole decides which one it is.
func (a *a64) movHole(opc, hw int) (v, whole term, err error) {
	h := &a.holes[0]
	part := map[stencils.Kind]uint8{
		stencils.A64MovwG0: 0, stencils.A64MovwG0NC: 0, stencils.A64MovwG1: 1, stencils.A64MovwG1NC: 1, stencils.A64MovwG2NC: 2, stencils.A64MovwG3: 3,
		stencils.A64MovwSG1: 1, stencils.A64Movz16: 0, stencils.A64PrelG0NC: 0, stencils.A64PrelG1: 1,
	}
	n, ok := part[h.Kind]
	if !ok || len(a.holes) > 1 || h.at != 0 || a.field(5, 16) != 0 {
		return nil, nil, fmt.Errorf("movz, movk or movn with the hole %s %s", h.Kind, h.Value)
	}
	if h.Kind.Relative() {
		h.used = true
		if h.Value != stencils.ValTable {
			return nil, nil, fmt.Errorf("the distance of %s", h.Value)
		}
		return a.env.distance(place{a.at.cold, a.at.offset - int(h.Addend)}).Extract(16*n, 16), nil, nil
	}
	x, err := a.fillIn(h)
	if err != nil {
		return nil, nil, err
	}
	if h.Kind == stencils.A64Movz16 {
		// movn of the inverted bits if the number is negative, otherwise movz.
		if opc != 0 || hw != 0 {
			return nil, nil, fmt.Errorf("the hole %s is not in a movn", h.Kind)
		}
		return nil, x, nil
	}
	if h.Kind != stencils.A64MovwSG1 {
		if opc == 0 {
			return nil, nil, fmt.Errorf("movn with the hole %s", h.Kind)
		}
		return x.Extract(16*n, 16), nil, nil
	}
	// movn of the inverted bits if the number is negative, otherwise movz.
	if opc != 0 || hw != 1 {
		return nil, nil, fmt.Errorf("the hole %s is not in a movn of the upper sixteen bits", h.Kind)
	}
	minus := x.Extract(63, 1)
	return nil, minus.Sext(32).Concat(x.Extract(16, 16).Concat(minus.Sext(16))), nil
}

// bitfield: sf opc 100110 N immr imms Rn Rd, opc 0 sbfm, 1 bfm, 2 ubfm.
func (a *a64) bitfield() error {
	w, opc, r, s := a.width(), a.field(29, 2), uint8(a.field(16, 6)), uint8(a.field(10, 6))
	if a.field(22, 1) != a.field(31, 1) || r >= w || s >= w || opc == 3 {
		return a.unmodelled()
	}
	x, d := a.reg(a.field(5, 5), w), a.field(0, 5)
	var v term // the field where it goes, with nothing above
	if s >= r {
		v = x.Extract(r, s-r+1)
	} else {
		v = x.Extract(0, s+1).Concat(a.s.pool.Const(0, w-r))
	}
	switch opc {
	case 0:
		v = v.Sext(w)
	case 1:
		old := a.reg(d, w)
		if s < r {
			v = x.Extract(0, s+1).Concat(old.Extract(0, w-r))
		}
		if v.Width < w {
			v = old.Extract(v.Width, w-v.Width).Concat(v)
		}
	case 2:
		v = v.Zext(w)
	}
	a.setReg(d, v)
	return nil
}

// extract: sf 00 100111 N 0 Rm imms Rn Rd: bits from the middle of two registers.
func (a *a64) extract() error {
	w, at := a.width(), uint8(a.field(10, 6))
	if a.field(22, 1) != a.field(31, 1) || at >= w {
		return a.unmodelled()
	}
	high, low := a.reg(a.field(5, 5), w), a.reg(a.field(16, 5), w)
	if at > 0 {
		low = high.Extract(0, at).Concat(low.Extract(at, w-at))
	}
	a.setReg(a.field(0, 5), low)
	return nil
}

// compareBranch: cbz, cbnz.
func (a *a64) compareBranch() error {
	x := a.reg(a.field(0, 5), a.width())
	bit := x.Eq(x.Const(0))
	if a.field(24, 1) != 0 {
		bit = bit.Not()
	}
	return a.branch(bit, 4*a.signedField(5, 19))
}

// testBranch: tbz, tbnz.
func (a *a64) testBranch() error {
	bit := a.reg(a.field(0, 5), 64).Extract(uint8(a.field(31, 1)<<5|a.field(19, 5)), 1)
	if a.field(24, 1) == 0 {
		bit = bit.Not()
	}
	return a.branch(bit, 4*a.signedField(5, 14))
}

// shifted returns Rm shifted as the instruction says.
func (a *a64) shifted(w uint8) (term, bool) {
	x, n := a.reg(a.field(16, 5), w), uint64(a.field(10, 6))
	if n >= uint64(w) {
		return nil, false
	}
	switch a.field(22, 2) {
	case 0:
		return x.Shl(x.Const(n)), true
	case 1:
		return x.Shr(x.Const(n)), true
	case 2:
		return x.Sar(x.Const(n)), true
	}
	count := uint8(5)
	if w == 64 {
		count = 6
	}
	return x.Rotr(a.s.pool.Const(n, count)), true
}

// logicalShifted: sf opc 01010 shift N Rm imm6 Rn Rd.
func (a *a64) logicalShifted() error {
	w := a.width()
	y, ok := a.shifted(w)
	if !ok {
		return a.unmodelled()
	}
	return a.logical(w, y, a.field(21, 1) != 0, false)
}

// addShifted: sf op S 01011 shift 0 Rm imm6 Rn Rd.
func (a *a64) addShifted() error {
	w := a.width()
	y, ok := a.shifted(w)
	if !ok || a.field(22, 2) == 3 {
		return a.unmodelled()
	}
	return a.addSub(w, a.field(0, 5), a.reg(a.field(5, 5), w), y, a.field(30, 1) != 0, a.field(29, 1) != 0)
}

// extended returns Rm extended as the option says and shifted left.
func (a *a64) extended(w uint8, option, shift int) term {
	n := min(uint8(8)<<(option&3), w)
	x := a.reg(a.field(16, 5), n)
	if option&4 != 0 {
		x = x.Sext(w)
	} else {
		x = x.Zext(w)
	}
	return x.Shl(x.Const(uint64(shift)))
}

// addExtended: sf op S 01011 00 1 Rm option imm3 Rn Rd.
func (a *a64) addExtended() error {
	w, n, d, flags := a.width(), a.field(5, 5), a.field(0, 5), a.field(29, 1) != 0
	if n == 31 || d == 31 && !flags || a.field(10, 3) > 4 {
		return a.unmodelled()
	}
	y := a.extended(w, a.field(13, 3), a.field(10, 3))
	return a.addSub(w, d, a.reg(n, w), y, a.field(30, 1) != 0, flags)
}

// conditionalCompare: sf op 1 11010010 Rm cond 0/1 0 Rn 0 nzcv.
func (a *a64) conditionalCompare() error {
	w := a.width()
	x := a.reg(a.field(5, 5), w)
	y := a.reg(a.field(16, 5), w)
	if a.field(11, 1) != 0 {
		y = x.Const(uint64(a.field(16, 5)))
	}
	kind, r := ofAdd, x.Add(y)
	if a.field(30, 1) != 0 {
		kind, r = ofSub, x.Sub(y)
	}
	a.ifCondition(flagsOf(kind, x, y, r))
	return nil
}

// ifCondition sets the flags if a condition holds, otherwise to what the instruction
// says.
func (a *a64) ifCondition(f flags) {
	c := a.condition(a.field(12, 4))
	p := a.s.pool
	var list [4]term
	for n, bit := range f.nzcv() {
		list[n] = c.Ite(bit, p.Bool(a.w>>(3-n)&1 != 0))
	}
	a.s.flags = flags{kind: ofBits, bits: [5]term{list[0], list[1], list[2], list[3]}}
}

// conditionalSelect: sf op 0 11010100 Rm cond 0 o2 Rn Rd.
func (a *a64) conditionalSelect() error {
	w := a.width()
	x, y := a.reg(a.field(5, 5), w), a.reg(a.field(16, 5), w)
	switch a.field(30, 1)<<1 | a.field(10, 1) {
	case 1:
		y = y.AddConst(1)
	case 2:
		y = y.Not()
	case 3:
		y = y.Neg()
	}
	if a.field(29, 1) != 0 {
		return a.unmodelled()
	}
	a.setReg(a.field(0, 5), a.condition(a.field(12, 4)).Ite(x, y))
	return nil
}

// threeSources: sf 00 11011 op31 Rm o0 Ra Rn Rd.
func (a *a64) threeSources() error {
	w := a.width()
	n, m, third := a.field(5, 5), a.field(16, 5), a.field(10, 5)
	op, minus := a.field(21, 3), a.field(15, 1) != 0
	var v term
	switch {
	case op == 0:
		v = a.reg(n, w).Mul(a.reg(m, w))
	case w == 64 && (op == 1 || op == 5):
		x, y := a.reg(n, 32).Sext(64), a.reg(m, 32).Sext(64)
		if op == 5 {
			x, y = a.reg(n, 32).Zext(64), a.reg(m, 32).Zext(64)
		}
		v = x.Mul(y)
	case (op == 2 || op == 6) && third != 31:
		return a.unmodelled() // the manual says that these bits should be ones
	case w == 64 && op == 2 && !minus:
		a.setReg(a.field(0, 5), a.reg(n, 64).MulHS(a.reg(m, 64)))
		return nil
	case w == 64 && op == 6 && !minus:
		a.setReg(a.field(0, 5), a.reg(n, 64).MulHU(a.reg(m, 64)))
		return nil
	default:
		return a.unmodelled()
	}
	if minus {
		v = v.Neg()
	}
	a.setReg(a.field(0, 5), a.reg(third, w).Add(v))
	return nil
}

// twoSources: sf 00 11010110 Rm opcode Rn Rd. A quotient by 0 is 0, and the least
// number divided by −1 itself.
func (a *a64) twoSources() error {
	w := a.width()
	x, y := a.reg(a.field(5, 5), w), a.reg(a.field(16, 5), w)
	count := uint8(5)
	if w == 64 {
		count = 6
	}
	n := y.Extract(0, count)
	zero := y.Eq(y.Const(0))
	var v term
	switch a.field(10, 6) {
	case 2:
		v = zero.Ite(y.Const(0), x.UDiv(y))
	case 3:
		v = zero.Ite(y.Const(0), x.SDiv(y))
	case 8:
		v = x.Shl(n.Zext(w))
	case 9:
		v = x.Shr(n.Zext(w))
	case 10:
		v = x.Sar(n.Zext(w))
	case 11:
		v = x.Rotr(n)
	default:
		return a.unmodelled()
	}
	a.setReg(a.field(0, 5), v)
	return nil
}

// oneSource: sf 1 0 11010110 00000 opcode Rn Rd.
func (a *a64) oneSource() error {
	w := a.width()
	x := a.reg(a.field(5, 5), w)
	var v term
	switch op := a.field(10, 6); {
	case op == 0:
		v = reversed(x)
	case op == 1:
		v = x.Extract(0, 16).Bswap()
		for n := uint8(16); n < w; n += 16 {
			v = x.Extract(n, 16).Bswap().Concat(v)
		}
	case op == 2 && w == 64:
		v = x.Extract(32, 32).Bswap().Concat(x.Extract(0, 32).Bswap())
	case op == 2 || op == 3 && w == 64:
		v = x.Bswap()
	case op == 4:
		v = x.Clz()
	default:
		return a.unmodelled()
	}
	a.setReg(a.field(0, 5), v)
	return nil
}

// reversed returns the bits in opposite order.
func reversed(x term) term {
	v := x.Extract(0, 1)
	for n := uint8(1); n < x.Width; n++ {
		v = v.Concat(x.Extract(n, 1))
	}
	return v
}
