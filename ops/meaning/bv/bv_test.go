package bv

import (
	"math/rand/v2"
	"testing"
)

// A builder makes the same random term twice: of unknowns, and of constants that
// stand for them.
type builder struct {
	random *rand.Rand
	terms  []*Term
	values []*Term
	width  map[uint8][]int // indices by width
}

func (b *builder) add(t, v *Term) {
	b.width[t.Width] = append(b.width[t.Width], len(b.terms))
	b.terms, b.values = append(b.terms, t), append(b.values, v)
}

// pick returns some term of a width, and its value; the latest ones are likelier, and
// a small constant comes now and then.
func (b *builder) pick(w uint8) (t, v *Term) {
	list := b.width[w]
	if len(list) == 0 || b.random.IntN(8) == 0 {
		p := b.terms[0].Pool()
		c := p.Const(number(b.random), w)
		return c, c
	}
	n := list[len(list)-1-min(b.random.IntN(len(list)), b.random.IntN(len(list)))]
	return b.terms[n], b.values[n]
}

// number returns one that operations may treat differently from its neighbours, or
// any.
func number(random *rand.Rand) uint64 {
	switch random.IntN(5) {
	case 0:
		return uint64(random.IntN(5)) - 2
	case 1:
		return 1 << random.IntN(64)
	case 2:
		return 1<<random.IntN(64) - 1
	case 3:
		return uint64(random.IntN(70))
	}
	return random.Uint64()
}

var widths = []uint8{1, 5, 6, 8, 16, 32, 64}

// step adds a random term to the others.
func (b *builder) step() {
	w := widths[b.random.IntN(len(widths))]
	t, v := b.pick(w)
	u, x := b.pick(w)
	binary := []func(t, u *Term) *Term{
		(*Term).Add, (*Term).Sub, (*Term).Mul, (*Term).UDiv, (*Term).SDiv, (*Term).URem, (*Term).SRem, (*Term).And, (*Term).Or, (*Term).Xor,
		(*Term).Shl, (*Term).Shr, (*Term).Sar, (*Term).Eq, (*Term).Ne, (*Term).Ult, (*Term).Ule, (*Term).Slt, (*Term).Sle,
	}
	unary := []func(t *Term) *Term{(*Term).Neg, (*Term).Not, (*Term).Clz, (*Term).Ctz, (*Term).Popcnt}
	switch n := b.random.IntN(10); {
	case n < 4:
		f := binary[b.random.IntN(len(binary))]
		b.add(f(t, u), f(v, x))
	case n < 5:
		f := unary[b.random.IntN(len(unary))]
		b.add(f(t), f(v))
	case n < 6:
		c, k := b.pick(1)
		b.add(c.Ite(t, u), k.Ite(v, x))
	case n < 7 && w >= 32:
		r, s := b.pick(map[uint8]uint8{32: 5, 64: 6}[w])
		if b.random.IntN(2) == 0 {
			b.add(t.Rotl(r), v.Rotl(s))
			return
		}
		// What a processor without rotations does.
		n, m := r.Zext(w), r.Neg().Zext(w)
		o, q := s.Zext(w), s.Neg().Zext(w)
		both := []func(t, u *Term) *Term{(*Term).Or, (*Term).Xor, (*Term).Add}[b.random.IntN(3)]
		b.add(both(t.Shl(n), t.Shr(m)), both(v.Shl(o), v.Shr(q)))
	case n < 8:
		size := widths[b.random.IntN(len(widths))]
		if size >= w {
			b.add(t.Zext(size), v.Zext(size))
			b.add(t.Sext(size), v.Sext(size))
			return
		}
		low := uint8(b.random.IntN(int(w - size + 1)))
		b.add(t.Extract(low, size), v.Extract(low, size))
	default:
		if w <= 32 {
			other := w
			if w == 16 {
				other = []uint8{8, 16}[b.random.IntN(2)]
			}
			u, x := b.pick(other)
			for _, legal := range widths {
				if w+other == legal {
					b.add(t.Concat(u), v.Concat(x))
					return
				}
			}
		}
		k := uint64(b.random.IntN(64))
		b.add(t.Shl(t.Const(k)), v.Shl(v.Const(k)))
		b.add(t.And(t.Const(Mask(8)<<k)), v.And(v.Const(Mask(8)<<k)))
	}
}

// What constructors simplify keeps its value.
func TestSimplify(t *testing.T) {
	const programs = 30000
	for seed := range uint64(programs) {
		p := NewPool()
		b := &builder{random: rand.New(rand.NewPCG(seed, 0)), width: make(map[uint8][]int)}
		f := p.NewSubst()
		for n, w := range widths {
			for k := range 2 {
				x := p.Var(string(rune('a'+n))+string(rune('0'+k)), w)
				c := p.Const(number(b.random), w)
				f.Replace(x, c)
				b.add(x, c)
			}
		}
		for range 25 {
			b.step()
		}
		for n, x := range b.terms {
			if !b.values[n].IsConst() {
				t.Fatalf("seed %d: %v of constants is none", seed, b.values[n])
			}
			if got := f.Apply(x); got != b.values[n] {
				t.Fatalf("seed %d, term %d: %v is %v, want %v", seed, n, x, got, b.values[n])
			}
		}
	}
}

// A sum of parts that do not overlap equals a number where each of them does.
func TestEqualsInParts(t *testing.T) {
	p := NewPool()
	high, low, wide := p.Var("high", 4), p.Var("low", 4), p.Var("wide", 8)
	for n, sum := range []*Term{
		high.Concat(p.Const(0, 4)).Add(low.Sext(8)),
		high.Concat(p.Const(0, 4)).Add(low.Zext(8)).AddConst(0x5b),
		wide.Mul(p.Const(0x30, 8)).Sub(high.Zext(8).Mul(p.Const(0x10, 8))).Add(low.Sext(8)).AddConst(3),
		wide.Mul(p.Const(8, 8)).Add(low.Sext(8)), // which do overlap
		wide.Add(low.Sext(8)),
	} {
		for k := range uint64(256) {
			eq := sum.Eq(p.Const(k, 8))
			if n < 2 && eq.Op != And && !eq.False() {
				t.Fatalf("%v = %#x becomes %v, which says nothing of its parts", sum, k, eq)
			}
			for v := range uint64(256) {
				for _, w := range []uint64{0, 1, 0x55, 0x80, 0xff} {
					f := p.NewSubst()
					f.Replace(high, p.Const(v>>4, 4))
					f.Replace(low, p.Const(v, 4))
					f.Replace(wide, p.Const(w, 8))
					if got, want := f.Apply(eq), f.Apply(sum).Is(k); got != p.Bool(want) {
						t.Fatalf("%v = %#x becomes %v, which is %v of %#x, %#x", sum, k, eq, got, v, w)
					}
				}
			}
		}
	}
}

// What follows from an assumption is true where the assumption is.
func TestAssume(t *testing.T) {
	p := NewPool()
	for seed := range uint64(20000) {
		b := &builder{random: rand.New(rand.NewPCG(seed, 1)), width: make(map[uint8][]int)}
		values := p.NewSubst()
		for n, w := range widths {
			x := p.Var(string(rune('a'+n)), w)
			c := p.Const(number(b.random), w)
			values.Replace(x, c)
			b.add(x, c)
		}
		for range 12 {
			b.step()
		}
		bit, v := b.pick(1)
		if bit.IsConst() {
			continue
		}
		if v.False() {
			bit = bit.Not()
		}
		f := p.NewSubst()
		f.Assume(bit)
		for n, x := range b.terms {
			if got := values.Apply(f.Apply(x)); got != b.values[n] {
				t.Fatalf("seed %d: with %v, %v becomes %v, which is %v and not %v", seed, bit, x, f.Apply(x), got, b.values[n])
			}
		}
	}
}
