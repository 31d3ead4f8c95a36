package meaning

import (
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/ops/meaning/bv"
)

type term = *bv.Term

var integers = map[ops.Code]meaning{
	ops.Mov: unary(func(l term) term { return l }),

	ops.Add:   binary(term.Add),
	ops.Sub:   binary(term.Sub),
	ops.Mul:   binary(term.Mul),
	ops.And:   binary(term.And),
	ops.Or:    binary(term.Or),
	ops.Xor:   binary(term.Xor),
	ops.Shl:   binary(counted(term.Shl)),
	ops.Shr:   binary(counted(term.Shr)),
	ops.Sar:   binary(counted(term.Sar)),
	ops.Rotl:  binary(rotated(term.Rotl)),
	ops.Rotr:  binary(rotated(term.Rotr)),
	ops.Mulh:  binary(term.MulHS),
	ops.MulhU: binary(term.MulHU),

	ops.Add32:  low(term.Add),
	ops.Sub32:  low(term.Sub),
	ops.Mul32:  low(term.Mul),
	ops.And32:  low(term.And),
	ops.Or32:   low(term.Or),
	ops.Xor32:  low(term.Xor),
	ops.Shl32:  low(counted(term.Shl)),
	ops.Shr32:  low(counted(term.Shr)),
	ops.Sar32:  low(counted(term.Sar)),
	ops.Rotl32: low(rotated(term.Rotl)),
	ops.Rotr32: low(rotated(term.Rotr)),

	ops.Neg:      unary(term.Neg),
	ops.Not:      unary(term.Not),
	ops.Clz:      unary(term.Clz),
	ops.Ctz:      unary(term.Ctz),
	ops.Popcnt:   unary(term.Popcnt),
	ops.Bswap:    unary(term.Bswap),
	ops.Neg32:    low1(term.Neg),
	ops.Not32:    low1(term.Not),
	ops.Clz32:    low1(term.Clz),
	ops.Ctz32:    low1(term.Ctz),
	ops.Popcnt32: low1(term.Popcnt),
	ops.Bswap32:  low1(term.Bswap),
	ops.Bswap16:  unary(func(l term) term { return l.Extract(0, 16).Bswap().Zext(64) }),

	ops.Sext8:     unary(func(l term) term { return l.Extract(0, 8).Sext(64) }),
	ops.Sext16:    unary(func(l term) term { return l.Extract(0, 16).Sext(64) }),
	ops.Sext32:    unary(func(l term) term { return l.Extract(0, 32).Sext(64) }),
	ops.Zext8:     unary(func(l term) term { return l.Extract(0, 8).Zext(64) }),
	ops.Zext16:    unary(func(l term) term { return l.Extract(0, 16).Zext(64) }),
	ops.Zext32:    unary(func(l term) term { return l.Extract(0, 32).Zext(64) }),
	ops.Sext8x32:  low1(func(l term) term { return l.Extract(0, 8).Sext(32) }),
	ops.Sext16x32: low1(func(l term) term { return l.Extract(0, 16).Sext(32) }),

	ops.Div:    divides(64, true, term.SDiv),
	ops.DivU:   divides(64, false, term.UDiv),
	ops.Rem:    divides(64, false, term.SRem),
	ops.RemU:   divides(64, false, term.URem),
	ops.Div32:  divides(32, true, term.SDiv),
	ops.DivU32: divides(32, false, term.UDiv),
	ops.Rem32:  divides(32, false, term.SRem),
	ops.RemU32: divides(32, false, term.URem),
}

// counted is a shift by a count modulo the width.
func counted(shift func(x, n term) term) func(l, r term) term {
	return func(l, r term) term { return shift(l, r.Extract(0, countBits(l)).Zext(l.Width)) }
}

// rotated is a rotation by a count modulo the width.
func rotated(rotate func(x, n term) term) func(l, r term) term {
	return func(l, r term) term { return rotate(l, r.Extract(0, countBits(l))) }
}

// countBits returns how many bits a count has.
func countBits(x term) uint8 {
	if x.Width == 32 {
		return 5
	}
	return 6
}

// divides is a division or remainder of so many bits. It traps on a divisor of 0
// and, if overflows says so, on the least number divided by −1.
func divides(bits uint8, overflows bool, f func(x, y term) term) meaning {
	return func(in *Inputs, e *Effect) {
		x, y := in.L.Extract(0, bits), in.R.Extract(0, bits)
		e.trap(y.Eq(y.Const(0)), ops.ReasonDivideByZero)
		if overflows {
			least, minus1 := x.Const(1<<(bits-1)), y.Const(^uint64(0))
			e.trap(x.Eq(least).And(y.Eq(minus1)), ops.ReasonIntegerOverflow)
		}
		e.D = f(x, y).Zext(64)
	}
}

// trap adds a reason to trap.
func (e *Effect) trap(cond term, reason ops.Reason) { e.Traps = append(e.Traps, Trap{cond, reason}) }
