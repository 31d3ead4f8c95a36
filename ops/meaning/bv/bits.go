package bv

import (
	"cmp"
	"math/bits"
	"slices"
)

// And returns t and u, bit by bit.
func (t *Term) And(u *Term) *Term { return t.bitwise(And, u) }

// Or returns t or u, bit by bit.
func (t *Term) Or(u *Term) *Term { return t.bitwise(Or, u) }

// Xor returns t exclusive or u, bit by bit.
func (t *Term) Xor(u *Term) *Term { return t.bitwise(Xor, u) }

// Not returns t with all bits inverted.
func (t *Term) Not() *Term {
	switch t.Op {
	case Const:
		return t.Const(^t.Value)
	case Not:
		return t.Args[0]
	case Sum:
		return t.Neg().AddConst(^uint64(0))
	}
	return t.node(Not, t.Width, 0, t)
}

func (t *Term) bitwise(op Op, u *Term) *Term {
	t.same(u)
	m := Mask(t.Width)
	// The constant part, and the others.
	k := uint64(0)
	if op == And {
		k = m
	}
	var args []*Term
	for _, x := range []*Term{t, u} {
		list := []*Term{x}
		if x.Op == op {
			list = x.Args
		}
		for _, a := range list {
			if op == Xor && a.Op == Not {
				a, k = a.Args[0], ^k
			}
			switch {
			case a.Op == Const && op == And:
				k &= a.Value
			case a.Op == Const && op == Or:
				k |= a.Value
			case a.Op == Const:
				k ^= a.Value
			default:
				args = append(args, a)
			}
		}
	}
	k &= m
	slices.SortFunc(args, func(a, b *Term) int { return cmp.Compare(a.id, b.id) })
	if op == Xor {
		args = cancel(args)
	} else {
		args = slices.Compact(args)
		for _, a := range args {
			if a.Op == Not && slices.Contains(args, a.Args[0]) {
				if op == And {
					return t.Const(0)
				}
				return t.Const(m)
			}
		}
	}
	switch {
	case op == And && k == 0, op == Or && k == m, len(args) == 0:
		return t.Const(k)
	case op == Xor && k == m:
		return t.flat(op, args, 0).Not()
	case op == And && k != m:
		return t.flat(op, args, m).masked(k)
	}
	if v := joined(op, args, k); v != nil {
		return v
	}
	return t.flat(op, args, k)
}

// cancel removes what occurs twice from a sorted list.
func cancel(args []*Term) []*Term {
	var left []*Term
	for _, a := range args {
		if n := len(left); n > 0 && left[n-1] == a {
			left = left[:n-1]
		} else {
			left = append(left, a)
		}
	}
	return left
}

// flat makes an operation of many terms and a constant.
func (t *Term) flat(op Op, args []*Term, k uint64) *Term {
	neutral := uint64(0)
	if op == And {
		neutral = Mask(t.Width)
	}
	if k != neutral {
		args = append(args, t.Const(k))
	}
	if len(args) == 1 {
		return args[0]
	}
	return t.node(op, t.Width, 0, args...)
}

// masked returns t and the constant k, which is neither 0 nor all ones.
func (t *Term) masked(k uint64) *Term {
	low, n := uint8(bits.TrailingZeros64(k)), uint8(bits.OnesCount64(k))
	if k>>low == Mask(n) { // one run of ones
		return t.Extract(low, n).Zext(low + n).shiftedIn(low).Zext(t.Width)
	}
	if t.Op == Zext && k <= Mask(t.Args[0].Width) {
		return t.Args[0].And(t.Args[0].Const(k)).Zext(t.Width)
	}
	args := []*Term{t}
	if t.Op == And {
		args = t.Args
	}
	return t.node(And, t.Width, 0, append(slices.Clip(args), t.Const(k))...)
}

// shiftedIn moves the bits of a term up by n, of which the highest n are zero.
func (t *Term) shiftedIn(n uint8) *Term {
	if n == 0 {
		return t
	}
	return t.Extract(0, t.Width-n).Concat(t.pool.Const(0, n))
}

// joined makes one term of two that have no ones in the same places, or that
// together are a rotation. (By 0 both parts of a rotation are the whole: they can be
// or-ed, but not be exclusive.)
func joined(op Op, args []*Term, k uint64) *Term {
	if len(args) != 2 || k != 0 || op == And {
		return nil
	}
	for _, x := range [2][2]*Term{{args[0], args[1]}, {args[1], args[0]}} {
		hi, lo := x[0], x[1]
		if hi.Op == Concat && hi.Args[1].Is(0) && lo.Op == Zext && lo.Args[0].Width <= hi.Args[1].Width {
			return hi.Args[0].Concat(lo.Args[0].Zext(hi.Args[1].Width))
		}
		if op == Or && hi.Op == Shl && lo.Op == Shr && hi.Args[0] == lo.Args[0] {
			n, m := hi.Args[1], lo.Args[1]
			c := log2(hi.Width)
			if n.Op == Zext && m.Op == Zext && n.Args[0].Width == c && m.Args[0] == n.Args[0].Neg() {
				return hi.Args[0].Rotl(n.Args[0])
			}
		}
	}
	return nil
}

func log2(w uint8) uint8 { return uint8(bits.Len8(w) - 1) }

// Shl returns t shifted left by u, of the same width.
func (t *Term) Shl(u *Term) *Term {
	t.same(u)
	switch {
	case u.IsConst() && u.Value >= uint64(t.Width):
		return t.Const(0)
	case u.IsConst():
		return t.scale(1 << u.Value)
	case t.Is(0):
		return t
	}
	return t.node(Shl, t.Width, 0, t, u)
}

// Shr returns t shifted right by u, zeros come in.
func (t *Term) Shr(u *Term) *Term {
	t.same(u)
	switch {
	case u.IsConst() && u.Value >= uint64(t.Width):
		return t.Const(0)
	case u.IsConst():
		return t.Extract(uint8(u.Value), t.Width-uint8(u.Value)).Zext(t.Width)
	case t.Is(0):
		return t
	}
	return t.node(Shr, t.Width, 0, t, u)
}

// Sar returns t shifted right by u, copies of the sign come in.
func (t *Term) Sar(u *Term) *Term {
	t.same(u)
	switch {
	case u.IsConst():
		n := uint8(min(u.Value, uint64(t.Width)-1))
		return t.Extract(n, t.Width-n).Sext(t.Width)
	case t.Is(0):
		return t
	}
	return t.node(Sar, t.Width, 0, t, u)
}

// Rotl returns t rotated left by u, which has log₂ of t's width bits.
func (t *Term) Rotl(u *Term) *Term {
	if u.Width != log2(t.Width) {
		panic("bv: count of a rotation")
	}
	if u.IsConst() {
		n := uint8(u.Value)
		if n == 0 {
			return t
		}
		return t.Extract(0, t.Width-n).Concat(t.Extract(t.Width-n, n))
	}
	return t.node(Rotl, t.Width, 0, t, u)
}

// Rotr returns t rotated right by u, which has log₂ of t's width bits.
func (t *Term) Rotr(u *Term) *Term { return t.Rotl(u.Neg()) }

// Extract returns n bits of t from the bit low on.
func (t *Term) Extract(low, n uint8) *Term {
	if low == 0 && n == t.Width {
		return t
	}
	if n == 0 || low+n > t.Width {
		panic("bv: bits outside of " + t.String())
	}
	switch t.Op {
	case Const:
		return t.pool.Const(t.Value>>low, n)
	case Extract:
		return t.Args[0].Extract(uint8(t.Value)+low, n)
	case Zext:
		in := t.Args[0].Width
		switch {
		case low >= in:
			return t.pool.Const(0, n)
		case low+n <= in:
			return t.Args[0].Extract(low, n)
		}
		return t.Args[0].Extract(low, in-low).Zext(n)
	case Sext:
		in := t.Args[0].Width
		switch {
		case low >= in:
			return t.Args[0].Extract(in-1, 1).Sext(n)
		case low+n <= in:
			return t.Args[0].Extract(low, n)
		}
		return t.Args[0].Extract(low, in-low).Sext(n)
	case Concat:
		below := t.Args[1].Width
		switch {
		case low >= below:
			return t.Args[0].Extract(low-below, n)
		case low+n <= below:
			return t.Args[1].Extract(low, n)
		}
		return t.Args[0].Extract(0, low+n-below).Concat(t.Args[1].Extract(low, below-low))
	case Ite:
		return t.Args[0].Ite(t.Args[1].Extract(low, n), t.Args[2].Extract(low, n))
	case Not:
		return t.Args[0].Extract(low, n).Not()
	case And, Or, Xor:
		v := t.Args[0].Extract(low, n)
		for _, a := range t.Args[1:] {
			v = v.bitwise(t.Op, a.Extract(low, n))
		}
		return v
	case Load:
		if low%8 == 0 && n%8 == 0 {
			return t.Args[0].Load(t.Args[1].AddConst(uint64(low/8)), n)
		}
	case Sum, Mul:
		if low+n < t.Width { // the bits above do not matter
			return t.truncate(low+n).Extract(low, n)
		}
		if k := t.factor(); k > 0 && low >= k {
			return t.unshift(k).Extract(low-k, n)
		}
	}
	return t.node(Extract, n, uint64(low), t)
}

// factor returns how many zeros there are below all that a sum adds.
func (t *Term) factor() uint8 {
	if t.Op != Sum {
		return 0
	}
	all := t.Value
	for _, c := range t.Coefs {
		all |= c
	}
	return uint8(bits.TrailingZeros64(all))
}

// unshift returns a sum shifted right by n, of which the lowest n bits are 0; bits above
// are not what they should be.
func (t *Term) unshift(n uint8) *Term {
	l := linear{value: t.Value >> n}
	for i, a := range t.Args {
		l.add(t.Coefs[i]>>n, a)
	}
	return l.term(t.pool, t.Width)
}

// truncate returns the lowest w bits of a sum or product.
func (t *Term) truncate(w uint8) *Term {
	if t.Op == Mul {
		return t.Args[0].Extract(0, w).Mul(t.Args[1].Extract(0, w))
	}
	if w == 1 {
		v := t.pool.Const(t.Value, 1)
		for i, a := range t.Args {
			if t.Coefs[i]&1 != 0 {
				v = v.Xor(a.Extract(0, 1))
			}
		}
		return v
	}
	l := linear{value: t.Value}
	for i, a := range t.Args {
		l.add(t.Coefs[i], a.Extract(0, w))
	}
	return l.term(t.pool, w)
}

// Concat returns t above u.
func (t *Term) Concat(u *Term) *Term {
	w := t.Width + u.Width
	switch {
	case t.IsConst() && u.IsConst():
		return t.pool.Const(t.Value<<u.Width|u.Value, w)
	case t.Is(0):
		return u.Zext(w)
	case t.Op == Concat:
		return t.Args[0].Concat(t.Args[1].Concat(u))
	case t.Op == Zext:
		return t.Args[0].Concat(u).Zext(w)
	case t.Op == Sext && t.Args[0].adjoins(u):
		return t.Args[0].Concat(u).Sext(w)
	case t.Op == Sext && u.top(t.Args[0]):
		return u.Sext(w)
	}
	if v := t.merge(u); v != nil {
		return v
	}
	if u.Op == Concat {
		if v := t.merge(u.Args[0]); v != nil {
			return v.Concat(u.Args[1])
		}
	}
	return t.node(Concat, w, 0, t, u)
}

// adjoins reports whether merge joins t and u or the upper part of u.
func (t *Term) adjoins(u *Term) bool {
	if u.Op == Concat {
		u = u.Args[0]
	}
	return t.merge(u) != nil
}

// top reports whether bit is t's highest one.
func (t *Term) top(bit *Term) bool { return bit.Width == 1 && t.Extract(t.Width-1, 1) == bit }

// merge returns t above u where they are parts of one value side by side.
func (t *Term) merge(u *Term) *Term {
	w := t.Width + u.Width
	switch {
	case t.IsConst() && u.IsConst():
		return t.pool.Const(t.Value<<u.Width|u.Value, w)
	case t.Op == Load && u.Op == Load && t.Args[0] == u.Args[0] && t.Args[1] == u.Args[1].AddConst(uint64(u.Width/8)):
		return u.Args[0].Load(u.Args[1], w)
	}
	x, low := t.source()
	y, from := u.source()
	if x == y && low == from+u.Width {
		return x.Extract(from, w)
	}
	return nil
}

// source returns what a term is an extract of.
func (t *Term) source() (*Term, uint8) {
	if t.Op == Extract {
		return t.Args[0], uint8(t.Value)
	}
	return t, 0
}

// Zext returns t with zeros above, of w bits.
func (t *Term) Zext(w uint8) *Term {
	switch {
	case w == t.Width:
		return t
	case w < t.Width:
		panic("bv: extended to less")
	case t.Op == Const:
		return t.pool.Const(t.Value, w)
	case t.Op == Zext:
		t = t.Args[0]
	}
	return t.node(Zext, w, 0, t)
}

// Sext returns t with copies of the sign above, of w bits.
func (t *Term) Sext(w uint8) *Term {
	switch {
	case w == t.Width:
		return t
	case w < t.Width:
		panic("bv: extended to less")
	case t.Op == Const:
		return t.pool.Const(uint64(t.signed()), w)
	case t.Op == Zext:
		return t.Args[0].Zext(w)
	case t.Op == Sext:
		t = t.Args[0]
	}
	return t.node(Sext, w, 0, t)
}
