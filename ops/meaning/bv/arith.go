package bv

import "math/bits"

// MulHU returns the upper half of the product of unsigned numbers, of 64 bits.
func (t *Term) MulHU(u *Term) *Term {
	t.same(u)
	if t.IsConst() && u.IsConst() {
		hi, _ := bits.Mul64(t.Value, u.Value)
		return t.Const(hi)
	}
	t, u = sorted(t, u)
	return t.node(MulHU, t.Width, 0, t, u)
}

// MulHS returns the upper half of the product of signed numbers, of 64 bits.
func (t *Term) MulHS(u *Term) *Term {
	t.same(u)
	if t.IsConst() && u.IsConst() {
		hi, _ := bits.Mul64(t.Value, u.Value)
		return t.Const(hi - uint64(int64(t.Value)>>63)&u.Value - uint64(int64(u.Value)>>63)&t.Value)
	}
	t, u = sorted(t, u)
	return t.node(MulHS, t.Width, 0, t, u)
}

// UDiv returns the quotient of unsigned numbers.
func (t *Term) UDiv(u *Term) *Term {
	t.same(u)
	switch {
	case u.Is(0):
		return t.Const(Mask(t.Width))
	case u.Is(1):
		return t
	case t.IsConst() && u.IsConst():
		return t.Const(t.Value / u.Value)
	}
	return t.node(UDiv, t.Width, 0, t, u)
}

// SDiv returns the quotient of signed numbers, rounded towards 0.
func (t *Term) SDiv(u *Term) *Term {
	t.same(u)
	switch {
	case u.Is(0):
		return t.Const(Mask(t.Width))
	case u.Is(1):
		return t
	case u.Is(Mask(t.Width)):
		return t.Neg()
	case t.IsConst() && u.IsConst():
		return t.Const(uint64(t.signed() / u.signed()))
	}
	return t.node(SDiv, t.Width, 0, t, u)
}

// URem returns the remainder of unsigned numbers.
func (t *Term) URem(u *Term) *Term { return t.Sub(t.UDiv(u).Mul(u)) }

// SRem returns the remainder of signed numbers, with the sign of t.
func (t *Term) SRem(u *Term) *Term { return t.Sub(t.SDiv(u).Mul(u)) }

// Clz returns the number of zeros above the highest one, the width if there is none.
func (t *Term) Clz() *Term {
	if t.IsConst() {
		return t.Const(uint64(bits.LeadingZeros64(t.Value)) - 64 + uint64(t.Width))
	}
	return t.node(Clz, t.Width, 0, t)
}

// Ctz returns the number of zeros below the lowest one, the width if there is none.
func (t *Term) Ctz() *Term {
	if t.IsConst() {
		return t.Const(min(uint64(bits.TrailingZeros64(t.Value)), uint64(t.Width)))
	}
	return t.node(Ctz, t.Width, 0, t)
}

// Popcnt returns the number of ones.
func (t *Term) Popcnt() *Term {
	if t.IsConst() {
		return t.Const(uint64(bits.OnesCount64(t.Value)))
	}
	if t.Op == Zext {
		return t.Args[0].Popcnt().Zext(t.Width) // which has room for its width
	}
	return t.node(Popcnt, t.Width, 0, t)
}

// Bswap returns the bytes in opposite order.
func (t *Term) Bswap() *Term {
	v := t.Extract(0, 8)
	for i := uint8(8); i < t.Width; i += 8 {
		v = v.Concat(t.Extract(i, 8))
	}
	return v
}
