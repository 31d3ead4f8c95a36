package bv

import "math/bits"

// Eq returns whether t = u.
func (t *Term) Eq(u *Term) *Term {
	t.same(u)
	if t.Width == 1 {
		return t.Xor(u).Not()
	}
	if u.IsConst() {
		t, u = u, t
	}
	if t.IsConst() && u.IsConst() {
		return t.pool.Bool(t.Value == u.Value)
	}
	if (t.Op == Zext || t.Op == Sext || t.IsConst()) && (u.Op == Zext || u.Op == Sext) {
		if x, y, ok := narrowed(t, u); ok {
			return x.Eq(y)
		}
	}
	if t.IsConst() {
		in := uint8(0)
		switch u.Op {
		case Zext:
			in = u.Args[0].Width
			if t.Value > Mask(in) {
				return t.pool.Bool(false)
			}
		case Concat:
			below := u.Args[1].Width
			return u.Args[0].Eq(t.Extract(below, t.Width-below)).And(u.Args[1].Eq(t.Extract(0, below)))
		case Xor:
			if len(u.Args) == 2 && t.Value == 0 {
				return u.Args[0].Eq(u.Args[1])
			}
		case Ite:
			x, y := t.Eq(u.Args[1]), t.Eq(u.Args[2])
			if x.IsConst() || y.IsConst() {
				return u.Args[0].Ite(x, y)
			}
		case Or:
			if t.Value == 0 {
				v := u.Args[0].Eq(t)
				for _, a := range u.Args[1:] {
					v = v.And(a.Eq(t))
				}
				return v
			}
		case Sum:
			if v := u.equalsInParts(t.Value); v != nil {
				return v
			}
		}
	}
	l, r := difference(t, u)
	switch {
	case l.IsConst() && r.IsConst():
		return t.pool.Bool(l.Value == r.Value)
	case (l != t || r != u) && (l != u || r != t):
		return l.Eq(r) // which may be simpler
	}
	return t.node(Eq, 1, 0, l, r)
}

// equalsInParts returns whether a sum equals k, as a condition on each of the parts that
// do not overlap, nil if it has none: an extension of n bits or less, to which all else
// adds multiples of 2ⁿ, makes the lowest n bits of the sum, and k says which one that
// must be. Such is a number of 64 bits made of two halves, low with a sign:
//
//	2³²·high + low = k  ⇔  low = k mod 2³² and 2³²·high = k − low
func (t *Term) equalsInParts(k uint64) *Term {
	for j, a := range t.Args {
		if !a.extended() || t.Coefs[j] != 1 || len(t.Args) == 1 {
			continue
		}
		rest := linear{value: t.Value}
		multiple := uint64(0)
		for i, b := range t.Args {
			if i != j {
				multiple |= t.Coefs[i]
				rest.part(t.Coefs[i], b)
			}
		}
		in := a.Args[0]
		if bits.TrailingZeros64(multiple) < int(in.Width) {
			continue
		}
		low := t.pool.Const(k-t.Value, in.Width)
		rest.value += low.extend(a.Op, t.Width).Value
		return in.Eq(low).And(rest.term(t.pool, t.Width).Eq(t.Const(k)))
	}
	return nil
}

// narrowed returns the terms before an extension that makes no difference to a
// comparison of them.
func narrowed(t, u *Term) (x, y *Term, ok bool) {
	if t.Op == Const {
		y, x, ok = narrowed(u, t)
		return x, y, ok
	}
	in := t.Args[0]
	switch u.Op {
	case Const:
		if u == u.Extract(0, in.Width).extend(t.Op, u.Width) {
			return in, u.Extract(0, in.Width), true
		}
	case t.Op:
		w := max(in.Width, u.Args[0].Width)
		return in.extend(t.Op, w), u.Args[0].extend(t.Op, w), true
	}
	return nil, nil, false
}

func (t *Term) extend(op Op, w uint8) *Term {
	if op == Sext {
		return t.Sext(w)
	}
	return t.Zext(w)
}

// Ne returns whether t ≠ u.
func (t *Term) Ne(u *Term) *Term { return t.Eq(u).Not() }

// Ult returns whether t < u as unsigned numbers.
func (t *Term) Ult(u *Term) *Term {
	t.same(u)
	m := Mask(t.Width)
	switch {
	case t == u, u.Is(0), t.Is(m):
		return t.pool.Bool(false)
	case t.IsConst() && u.IsConst():
		return t.pool.Bool(t.Value < u.Value)
	case u.Is(1):
		return t.Eq(t.Const(0))
	case t.Is(0):
		return u.Ne(t)
	case u.Is(m):
		return t.Ne(u)
	case t.Width == 1:
		return t.Not().And(u)
	}
	if t.extended() || u.extended() {
		if x, y, ok := narrowedOrder(t, u); ok {
			return x.Ult(y)
		}
	}
	// A sum of two is less than one of them if it is less than the other: it wraps
	// around.
	if t.Op == Sum && t.Value == 0 && len(t.Args) == 2 && t.Coefs[0] == 1 && t.Coefs[1] == 1 && t.Args[1] == u {
		u = t.Args[0]
	}
	return t.node(Ult, 1, 0, t, u)
}

// Slt returns whether t < u as signed numbers.
func (t *Term) Slt(u *Term) *Term {
	t.same(u)
	switch {
	case t == u:
		return t.pool.Bool(false)
	case t.IsConst() && u.IsConst():
		return t.pool.Bool(t.signed() < u.signed())
	case u.Is(0):
		return t.Extract(t.Width-1, 1)
	case t.Is(Mask(t.Width)):
		return u.Extract(t.Width-1, 1).Not()
	case t.Width == 1:
		return t.And(u.Not())
	}
	if t.Op == Zext && u.Op == Zext {
		return t.Ult(u)
	}
	if (t.Op == Sext || t.IsConst()) && (u.Op == Sext || u.IsConst()) {
		if x, y, ok := narrowed(t, u); ok {
			return x.Slt(y)
		}
	}
	return t.node(Slt, 1, 0, t, u)
}

func (t *Term) extended() bool { return t.Op == Zext || t.Op == Sext }

// narrowedOrder is narrowed for the unsigned order, which sign extension keeps too.
func narrowedOrder(t, u *Term) (x, y *Term, ok bool) {
	if (t.extended() || t.IsConst()) && (u.extended() || u.IsConst()) {
		return narrowed(t, u)
	}
	return nil, nil, false
}

// Ule, Sle: whether t ≤ u.
func (t *Term) Ule(u *Term) *Term { return u.Ult(t).Not() }

// Sle returns whether t ≤ u as signed numbers.
func (t *Term) Sle(u *Term) *Term { return u.Slt(t).Not() }

// Ite returns x if t, a bit, is 1, otherwise y.
func (t *Term) Ite(x, y *Term) *Term {
	x.same(y)
	switch {
	case t.True() || x == y:
		return x
	case t.False():
		return y
	case t.Op == Not:
		return t.Args[0].Ite(y, x)
	case x.Width == 0:
	case x.Width == 1:
		return t.And(x).Or(t.Not().And(y))
	case x.Is(1) && y.Is(0):
		return t.Zext(x.Width)
	case x.Is(0) && y.Is(1):
		return t.Not().Zext(x.Width)
	case x.Is(Mask(x.Width)) && y.Is(0):
		return t.Sext(x.Width)
	}
	if x.Op == Ite && x.Args[0] == t {
		return t.Ite(x.Args[1], y)
	}
	if y.Op == Ite && y.Args[0] == t {
		return t.Ite(x, y.Args[2])
	}
	if x.Op == Zext && (y.Op == Zext || y.Op == Const) || x.Op == Const && y.Op == Zext {
		if a, b, ok := narrowed(x, y); ok {
			return t.Ite(a, b).Zext(x.Width)
		}
	}
	return t.node(Ite, x.Width, 0, t, x, y)
}

// All returns whether all of the bits are 1.
func (p *Pool) All(list ...*Term) *Term {
	v := p.Bool(true)
	for _, t := range list {
		v = v.And(t)
	}
	return v
}

// Ugt returns whether t > u as unsigned numbers.
func (t *Term) Ugt(u *Term) *Term { return u.Ult(t) }
