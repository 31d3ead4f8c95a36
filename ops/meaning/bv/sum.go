package bv

import (
	"cmp"
	"math/bits"
	"slices"
)

// A linear is Σ coef·atom + constant while it is being made.
type linear struct {
	parts []part
	value uint64
}

type part struct {
	coef uint64
	atom *Term
}

// add adds k times a term, whose sums, negations and shifts it resolves.
func (l *linear) add(k uint64, t *Term) {
	switch {
	case t.Op == Const:
		l.value += k * t.Value
	case t.Op == Sum:
		l.value += k * t.Value
		for i, a := range t.Args {
			l.part(k*t.Coefs[i], a)
		}
	case t.Op == Not && t.Width > 1:
		l.value -= k
		l.add(-k, t.Args[0])
	default:
		if x, n := t.shifted(); n > 0 {
			l.part(k<<n, x)
			return
		}
		l.part(k, t)
	}
}

func (l *linear) part(k uint64, atom *Term) {
	for i := range l.parts {
		if l.parts[i].atom == atom {
			l.parts[i].coef += k
			return
		}
	}
	l.parts = append(l.parts, part{k, atom})
}

// shifted returns x and n if the term is x shifted left by the constant n.
func (t *Term) shifted() (x *Term, n uint8) {
	in := t
	if t.Op == Zext {
		in = t.Args[0]
	}
	if in.Op != Concat || !in.Args[1].Is(0) {
		return t, 0
	}
	n = in.Args[1].Width
	if e := in.Args[0]; in == t && e.Op == Extract && e.Value == 0 && e.Args[0].Width == t.Width {
		return e.Args[0], n
	}
	return in.Args[0].Zext(t.Width), n
}

// term makes the sum, of w bits.
func (l *linear) term(p *Pool, w uint8) *Term {
	m := Mask(w)
	l.value &= m
	l.parts = slices.DeleteFunc(l.parts, func(x part) bool { return x.coef&m == 0 })
	for i := range l.parts {
		l.parts[i].coef &= m
	}
	switch {
	case len(l.parts) == 0:
		return p.Const(l.value, w)
	case len(l.parts) == 1:
		x := l.parts[0]
		if l.value == 0 && x.coef&(x.coef-1) == 0 {
			return x.atom.shiftLeft(uint8(bits.TrailingZeros64(x.coef)))
		}
		if l.value == m && x.coef == m && w > 1 {
			return p.make(Not, w, 0, "", []*Term{x.atom}, nil)
		}
	}
	slices.SortFunc(l.parts, func(a, b part) int { return cmp.Compare(a.atom.id, b.atom.id) })
	args, coefs := make([]*Term, len(l.parts)), make([]uint64, len(l.parts))
	for i, x := range l.parts {
		args[i], coefs[i] = x.atom, x.coef
	}
	return p.make(Sum, w, l.value, "", args, coefs)
}

// shiftLeft shifts an atom of a sum.
func (t *Term) shiftLeft(n uint8) *Term {
	if n == 0 {
		return t
	}
	return t.Extract(0, t.Width-n).Concat(t.pool.Const(0, n))
}

// Add returns t + u.
func (t *Term) Add(u *Term) *Term { return t.combine(1, u, 1) }

// Sub returns t − u.
func (t *Term) Sub(u *Term) *Term { return t.combine(1, u, ^uint64(0)) }

// Neg returns −t.
func (t *Term) Neg() *Term { return t.Const(0).Sub(t) }

// AddConst returns t + k.
func (t *Term) AddConst(k uint64) *Term { return t.Add(t.Const(k)) }

// combine returns j·t + k·u.
func (t *Term) combine(j uint64, u *Term, k uint64) *Term {
	t.same(u)
	if t.Width == 1 {
		return t.Xor(u) // modulo 2
	}
	var l linear
	l.add(j, t)
	l.add(k, u)
	return l.term(t.pool, t.Width)
}

// scale returns k·t.
func (t *Term) scale(k uint64) *Term {
	var l linear
	l.add(k, t)
	return l.term(t.pool, t.Width)
}

// Mul returns t × u.
func (t *Term) Mul(u *Term) *Term {
	t.same(u)
	switch {
	case t.Width == 1:
		return t.And(u)
	case t.IsConst():
		return u.scale(t.Value)
	case u.IsConst():
		return t.scale(u.Value)
	}
	// A sign in front of a factor belongs in front of the product.
	if x, ok := t.negated(); ok {
		return x.Mul(u).Neg()
	}
	if x, ok := u.negated(); ok {
		return t.Mul(x).Neg()
	}
	t, u = sorted(t, u)
	return t.node(Mul, t.Width, 0, t, u)
}

func (t *Term) negated() (*Term, bool) {
	if t.Op == Sum && len(t.Args) == 1 && t.Value == 0 && t.Coefs[0] == Mask(t.Width) {
		return t.Args[0], true
	}
	return nil, false
}

// same panics unless the widths agree, which is a mistake of the caller's.
func (t *Term) same(u *Term) {
	if t.Width != u.Width {
		panic("bv: widths differ: " + t.String() + " and " + u.String())
	}
}

func sorted(t, u *Term) (*Term, *Term) {
	if t.id > u.id {
		return u, t
	}
	return t, u
}

// difference returns the two sides of t = u with what they have in common removed,
// in a form that depends on their difference alone.
func difference(t, u *Term) (l, r *Term) {
	var d linear
	d.add(1, t)
	d.add(^uint64(0), u)
	w, m := t.Width, Mask(t.Width)
	d.parts = slices.DeleteFunc(d.parts, func(x part) bool { return x.coef&m == 0 })
	slices.SortFunc(d.parts, func(a, b part) int { return cmp.Compare(a.atom.id, b.atom.id) })
	negative := func(c uint64) bool { return c>>(w-1)&1 != 0 && c&m != 1<<(w-1) }
	flip := len(d.parts) > 0 && negative(d.parts[0].coef)
	var left, right linear
	for _, x := range d.parts {
		if flip {
			x.coef = -x.coef
		}
		if negative(x.coef) {
			right.parts = append(right.parts, part{-x.coef, x.atom})
		} else {
			left.parts = append(left.parts, x)
		}
	}
	right.value = -d.value
	if flip {
		right.value = d.value
	}
	return left.term(t.pool, w), right.term(t.pool, w)
}
