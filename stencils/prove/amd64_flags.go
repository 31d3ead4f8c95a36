package prove

import (
	"fmt"

	"golang.org/x/arch/x86/x86asm"

	"github.com/copyjit/copyjit/ops/meaning"
)

// flags are those of amd64 or arm64: not the bits, but what they were made of, so that
// a condition becomes the comparison that it is and not a formula over bits.
type flags struct {
	kind    flagKind
	x, y, r term
	bits    [5]term // of ofBits: n z c v, and on amd64 p
}

// A flagKind says what the flags are of.
type flagKind uint8

const (
	ofNothing flagKind = iota // nobody knows
	ofSub                     // x − y
	ofAdd                     // r = x + y
	ofLogic                   // the result r, no carry, no overflow
	ofResult                  // the result r; carry and overflow are not known
	ofZero                    // r is the zero flag; the others are not known
	ofFloat                   // a comparison of the floats x and y
	ofBits                    // the bits themselves
)

// A cond is a condition, by the lowest four bits of its jump's code.
type cond uint8

const (
	ifO, ifNO cond = 2 * iota, 2*iota + 1
	ifB, ifAE
	ifE, ifNE
	ifBE, ifA
	ifS, ifNS
	ifP, ifNP
	ifL, ifGE
	ifLE, ifG
)

var x86Jumps = map[x86asm.Op]cond{
	x86asm.JO: ifO, x86asm.JNO: ifNO, x86asm.JB: ifB, x86asm.JAE: ifAE, x86asm.JE: ifE, x86asm.JNE: ifNE, x86asm.JBE: ifBE, x86asm.JA: ifA,
	x86asm.JS: ifS, x86asm.JNS: ifNS, x86asm.JP: ifP, x86asm.JNP: ifNP, x86asm.JL: ifL, x86asm.JGE: ifGE, x86asm.JLE: ifLE, x86asm.JG: ifG,
}

var x86Sets = map[x86asm.Op]cond{
	x86asm.SETO: ifO, x86asm.SETNO: ifNO, x86asm.SETB: ifB, x86asm.SETAE: ifAE, x86asm.SETE: ifE, x86asm.SETNE: ifNE, x86asm.SETBE: ifBE, x86asm.SETA: ifA,
	x86asm.SETS: ifS, x86asm.SETNS: ifNS, x86asm.SETP: ifP, x86asm.SETNP: ifNP, x86asm.SETL: ifL, x86asm.SETGE: ifGE, x86asm.SETLE: ifLE, x86asm.SETG: ifG,
}

var x86Moves = map[x86asm.Op]cond{
	x86asm.CMOVO: ifO, x86asm.CMOVNO: ifNO, x86asm.CMOVB: ifB, x86asm.CMOVAE: ifAE, x86asm.CMOVE: ifE, x86asm.CMOVNE: ifNE, x86asm.CMOVBE: ifBE, x86asm.CMOVA: ifA,
	x86asm.CMOVS: ifS, x86asm.CMOVNS: ifNS, x86asm.CMOVP: ifP, x86asm.CMOVNP: ifNP, x86asm.CMOVL: ifL, x86asm.CMOVGE: ifGE, x86asm.CMOVLE: ifLE, x86asm.CMOVG: ifG,
}

// condition returns whether a condition holds, as a bit.
func (x *x86inst) condition(c cond) term {
	v := x.s.flags.holds(c &^ 1)
	if v == nil {
		x.fail(fmt.Errorf("it asks for flags that are not known"))
		return x.s.pool.Bool(false)
	}
	if c&1 != 0 {
		return v.Not()
	}
	return v
}

// holds returns a condition that is not inverted, nil if the flags do not say.
func (f *flags) holds(c cond) term {
	switch f.kind {
	case ofSub:
		return f.ofSub(c)
	case ofZero:
		if c == ifE {
			return f.r
		}
	case ofFloat:
		switch c {
		case ifE:
			return meaning.FEq(f.x, f.y).Or(meaning.Unordered(f.x, f.y))
		case ifB:
			return meaning.FLe(f.y, f.x).Not()
		case ifBE:
			return meaning.FLt(f.y, f.x).Not()
		case ifP:
			return meaning.Unordered(f.x, f.y)
		}
	case ofAdd, ofLogic, ofResult:
		return f.ofResult(c)
	case ofBits:
		return f.ofBits(c)
	}
	return nil
}

// ofBits is of flags that have been made one by one, which no instruction does. A bit
// that is not known is nil.
func (f *flags) ofBits(c cond) term {
	n, z, carry, v := f.bits[0], f.bits[1], f.bits[2], f.bits[3]
	xor, or := term.Xor, term.Or
	two := func(f func(a, b term) term, a, b term) term {
		if a == nil || b == nil {
			return nil
		}
		return f(a, b)
	}
	switch c {
	case ifO:
		return v
	case ifB:
		return carry
	case ifE:
		return z
	case ifBE:
		return two(or, carry, z)
	case ifS:
		return n
	case ifL:
		return two(xor, n, v)
	case ifLE:
		return two(or, z, two(xor, n, v))
	case ifP:
		return f.bits[4]
	}
	return nil
}

func (f *flags) ofSub(c cond) term {
	switch c {
	case ifB:
		return f.x.Ult(f.y)
	case ifE:
		return f.x.Eq(f.y)
	case ifBE:
		return f.x.Ule(f.y)
	case ifS:
		return sign(f.x.Sub(f.y))
	case ifL:
		return f.x.Slt(f.y)
	case ifLE:
		return f.x.Sle(f.y)
	case ifO:
		return f.x.Slt(f.y).Xor(sign(f.x.Sub(f.y)))
	}
	return nil
}

func (f *flags) ofResult(c cond) term {
	zero, less := f.r.Eq(f.r.Const(0)), sign(f.r)
	carry, overflow := f.r.Pool().Bool(false), f.r.Pool().Bool(false)
	switch f.kind {
	case ofAdd:
		carry = f.r.Ult(f.x)
		overflow = sign(f.x).Xor(sign(f.y)).Not().And(sign(f.x).Xor(less))
	case ofResult:
		if c != ifE && c != ifS {
			return nil
		}
	}
	switch c {
	case ifO:
		return overflow
	case ifB:
		return carry
	case ifE:
		return zero
	case ifBE:
		return zero.Or(carry)
	case ifS:
		return less
	case ifL:
		return less.Xor(overflow)
	case ifLE:
		return zero.Or(less.Xor(overflow))
	}
	return nil
}

// sign returns the highest bit.
func sign(v term) term { return v.Extract(v.Width-1, 1) }
