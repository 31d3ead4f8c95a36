package prove

import (
	"fmt"

	"github.com/copyjit/copyjit/ops/meaning"
)

// flagsOf returns flags of a result and what it was made of.
func flagsOf(kind flagKind, x, y, r term) flags { return flags{kind: kind, x: x, y: y, r: r} }

// condition returns whether a condition of arm64 holds, given its four bits.
func (a *a64) condition(c int) term {
	f := &a.s.flags
	if f.kind == ofNothing {
		a.fail(fmt.Errorf("it asks for flags that are not known"))
		return a.s.pool.Bool(false)
	}
	if c>>1 == 7 {
		return a.s.pool.Bool(true)
	}
	v := f.holdsA64(c >> 1)
	if c&1 != 0 {
		return v.Not()
	}
	return v
}

// holdsA64 returns a condition that is not inverted: eq cs mi vs hi ge gt.
func (f *flags) holdsA64(c int) term {
	switch f.kind {
	case ofSub:
		switch c {
		case 0:
			return f.x.Eq(f.y)
		case 1:
			return f.x.Ult(f.y).Not()
		case 4:
			return f.y.Ult(f.x)
		case 5:
			return f.x.Slt(f.y).Not()
		case 6:
			return f.y.Slt(f.x)
		}
	case ofFloat:
		switch c {
		case 0:
			return meaning.FEq(f.x, f.y)
		case 1:
			return meaning.FLt(f.x, f.y).Not()
		case 2:
			return meaning.FLt(f.x, f.y)
		case 3:
			return meaning.Unordered(f.x, f.y)
		case 4:
			return meaning.FLe(f.x, f.y).Not()
		case 5:
			return meaning.FLe(f.y, f.x)
		case 6:
			return meaning.FLt(f.y, f.x)
		}
	}
	b := f.nzcv()
	n, z, carry, v := b[0], b[1], b[2], b[3]
	switch c {
	case 0:
		return z
	case 1:
		return carry
	case 2:
		return n
	case 3:
		return v
	case 4:
		return carry.And(z.Not())
	case 5:
		return n.Xor(v).Not()
	}
	return n.Xor(v).Not().And(z.Not())
}

// nzcv returns the four flags of arm64.
func (f *flags) nzcv() [4]term {
	switch f.kind {
	case ofBits:
		return [4]term(f.bits[:4])
	case ofFloat:
		un := meaning.Unordered(f.x, f.y)
		less, equal := meaning.FLt(f.x, f.y), meaning.FEq(f.x, f.y)
		return [4]term{less, equal, less.Not(), un}
	}
	p := f.r.Pool()
	n, z := sign(f.r), f.r.Eq(f.r.Const(0))
	switch f.kind {
	case ofSub:
		return [4]term{n, z, f.x.Ult(f.y).Not(), f.x.Slt(f.y).Xor(n)}
	case ofAdd:
		overflow := sign(f.x).Xor(sign(f.y)).Not().And(sign(f.x).Xor(n))
		return [4]term{n, z, f.r.Ult(f.x), overflow}
	}
	return [4]term{n, z, p.Bool(false), p.Bool(false)}
}
