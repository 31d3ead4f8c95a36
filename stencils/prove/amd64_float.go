package prove

import (
	"fmt"

	"golang.org/x/arch/x86/x86asm"

	"github.com/copyjit/copyjit/ops/meaning"
)

// x86Float are the instructions on float registers, of which there are two halves of 64 bits.
var x86Float = map[x86asm.Op]func(x *x86inst) error{
	x86asm.MOVAPS:    (*x86inst).moveAll,
	x86asm.MOVAPD:    (*x86inst).moveAll,
	x86asm.MOVSD_XMM: func(x *x86inst) error { return x.moveScalar(64) },
	x86asm.MOVSS:     func(x *x86inst) error { return x.moveScalar(32) },
	x86asm.MOVLPS:    (*x86inst).moveLow,
	x86asm.MOVD:      func(x *x86inst) error { return x.moveBanks(32) },
	x86asm.MOVQ:      func(x *x86inst) error { return x.moveBanks(64) },

	x86asm.ADDSD:  func(x *x86inst) error { return x.scalar(64, meaning.FAdd) },
	x86asm.SUBSD:  func(x *x86inst) error { return x.scalar(64, meaning.FSub) },
	x86asm.MULSD:  func(x *x86inst) error { return x.scalar(64, meaning.FMul) },
	x86asm.DIVSD:  func(x *x86inst) error { return x.scalar(64, meaning.FDiv) },
	x86asm.MINSD:  func(x *x86inst) error { return x.scalar(64, x86Min) },
	x86asm.MAXSD:  func(x *x86inst) error { return x.scalar(64, x86Max) },
	x86asm.SQRTSD: func(x *x86inst) error { return x.scalar(64, func(_, b term) term { return meaning.FSqrt(b) }) },
	x86asm.ADDSS:  func(x *x86inst) error { return x.scalar(32, meaning.FAdd) },
	x86asm.SUBSS:  func(x *x86inst) error { return x.scalar(32, meaning.FSub) },
	x86asm.MULSS:  func(x *x86inst) error { return x.scalar(32, meaning.FMul) },
	x86asm.DIVSS:  func(x *x86inst) error { return x.scalar(32, meaning.FDiv) },
	x86asm.MINSS:  func(x *x86inst) error { return x.scalar(32, x86Min) },
	x86asm.MAXSS:  func(x *x86inst) error { return x.scalar(32, x86Max) },
	x86asm.SQRTSS: func(x *x86inst) error { return x.scalar(32, func(_, b term) term { return meaning.FSqrt(b) }) },

	x86asm.ANDPS: func(x *x86inst) error { return x.lanes(term.And) },
	x86asm.ANDPD: func(x *x86inst) error { return x.lanes(term.And) },
	x86asm.ORPS:  func(x *x86inst) error { return x.lanes(term.Or) },
	x86asm.ORPD:  func(x *x86inst) error { return x.lanes(term.Or) },
	x86asm.XORPS: func(x *x86inst) error { return x.lanes(term.Xor) },
	x86asm.XORPD: func(x *x86inst) error { return x.lanes(term.Xor) },
	x86asm.ANDNPS: func(x *x86inst) error {
		return x.lanes(func(a, b term) term { return a.Not().And(b) })
	},
	x86asm.ANDNPD: func(x *x86inst) error {
		return x.lanes(func(a, b term) term { return a.Not().And(b) })
	},
	x86asm.PCMPEQD: func(x *x86inst) error {
		return x.lanes(func(a, b term) term {
			return a.Extract(32, 32).Eq(b.Extract(32, 32)).Sext(32).Concat(a.Extract(0, 32).Eq(b.Extract(0, 32)).Sext(32))
		})
	},
	x86asm.PSLLQ: func(x *x86inst) error { return x.shiftLanes(64, term.Shl) },
	x86asm.PSRLQ: func(x *x86inst) error { return x.shiftLanes(64, term.Shr) },
	x86asm.PSLLD: func(x *x86inst) error { return x.shiftLanes(32, term.Shl) },
	x86asm.PSRLD: func(x *x86inst) error { return x.shiftLanes(32, term.Shr) },

	x86asm.UCOMISD:   func(x *x86inst) error { return x.compareFloats(64) },
	x86asm.UCOMISS:   func(x *x86inst) error { return x.compareFloats(32) },
	x86asm.CMPSD_XMM: func(x *x86inst) error { return x.compareMask(64) },
	x86asm.CMPSS:     func(x *x86inst) error { return x.compareMask(32) },

	x86asm.CVTSI2SD: func(x *x86inst) error { return x.fromInteger(64) },
	x86asm.CVTSI2SS: func(x *x86inst) error { return x.fromInteger(32) },
	x86asm.CVTSS2SD: func(x *x86inst) error {
		v := x.readFloat(x.x.Args[1], 32)
		x.setLow(meaning.Promote(v))
		return nil
	},
	x86asm.CVTSD2SS: func(x *x86inst) error {
		v := x.readFloat(x.x.Args[1], 64)
		x.setLow(meaning.Demote(v))
		return nil
	},
	x86asm.CVTTSD2SI: func(x *x86inst) error { return x.toInteger(64, func(v term) term { return v }) },
	x86asm.CVTTSS2SI: func(x *x86inst) error { return x.toInteger(32, func(v term) term { return v }) },
	x86asm.CVTSD2SI:  func(x *x86inst) error { return x.toInteger(64, meaning.FNearest) },
	x86asm.CVTSS2SI:  func(x *x86inst) error { return x.toInteger(32, meaning.FNearest) },
}

// x86Min and x86Max give the second operand if either is no number or both are zero.
func x86Min(a, b term) term { return meaning.FLt(a, b).Ite(a, b) }
func x86Max(a, b term) term { return meaning.FLt(b, a).Ite(a, b) }

// xmm returns the number of a float register.
func xmm(a x86asm.Arg) (int, bool) {
	r, ok := a.(x86asm.Reg)
	return int(r - x86asm.X0), ok && x86asm.X0 <= r && r <= x86asm.X15
}

// readFloat reads the lowest bits of a float register, or memory.
func (x *x86inst) readFloat(a x86asm.Arg, w uint8) term {
	if n, ok := xmm(a); ok {
		return x.s.fregs[n][0].Extract(0, w)
	}
	if _, ok := a.(x86asm.Mem); !ok {
		x.fail(fmt.Errorf("%v is no float register and no memory", a))
		return x.s.pool.Const(0, w)
	}
	return x.read(a, w)
}

// setLow writes the lowest bits of the first operand and leaves the others.
func (x *x86inst) setLow(v term) {
	n, ok := xmm(x.x.Args[0])
	if !ok {
		x.fail(fmt.Errorf("%v is no float register", x.x.Args[0]))
		return
	}
	if old := x.s.fregs[n][0]; v.Width < 64 {
		v = old.Extract(v.Width, 64-v.Width).Concat(v)
	}
	x.s.fregs[n][0] = v
}

// setAll writes the first operand, zeros above.
func (x *x86inst) setAll(v term) {
	n, ok := xmm(x.x.Args[0])
	if !ok {
		x.fail(fmt.Errorf("%v is no float register", x.x.Args[0]))
		return
	}
	x.s.fregs[n] = [2]term{v.Zext(64), x.s.pool.Const(0, 64)}
}

func (x *x86inst) moveAll() error {
	d, ok := xmm(x.x.Args[0])
	s, also := xmm(x.x.Args[1])
	if !ok || !also {
		return x.unmodelled()
	}
	x.s.fregs[d] = x.s.fregs[s]
	return nil
}

// moveScalar moves some bits: between registers it leaves the others, from memory it
// clears them.
func (x *x86inst) moveScalar(w uint8) error {
	v := x.readFloat(x.x.Args[1], w)
	if _, ok := xmm(x.x.Args[0]); !ok {
		x.write(x.x.Args[0], v)
	} else if _, ok := xmm(x.x.Args[1]); ok {
		x.setLow(v)
	} else {
		x.setAll(v)
	}
	return nil
}

// moveLow moves 64 bits from or to memory.
func (x *x86inst) moveLow() error {
	v := x.readFloat(x.x.Args[1], 64)
	if _, ok := xmm(x.x.Args[0]); ok {
		x.setLow(v)
	} else {
		x.write(x.x.Args[0], v)
	}
	return nil
}

// moveBanks moves between float registers, general ones and memory.
func (x *x86inst) moveBanks(w uint8) error {
	var v term
	if n, ok := xmm(x.x.Args[1]); ok {
		v = x.s.fregs[n][0].Extract(0, w)
	} else {
		v = x.read(x.x.Args[1], w)
	}
	if _, ok := xmm(x.x.Args[0]); ok {
		x.setAll(v)
	} else {
		x.write(x.x.Args[0], v)
	}
	return nil
}

// scalar computes in the lowest bits.
func (x *x86inst) scalar(w uint8, f func(a, b term) term) error {
	x.setLow(f(x.readFloat(x.x.Args[0], w), x.readFloat(x.x.Args[1], w)))
	return nil
}

// lanes computes in both halves.
func (x *x86inst) lanes(f func(a, b term) term) error {
	d, ok := xmm(x.x.Args[0])
	s, also := xmm(x.x.Args[1])
	if !ok || !also {
		return x.unmodelled()
	}
	for k := range 2 {
		x.s.fregs[d][k] = f(x.s.fregs[d][k], x.s.fregs[s][k])
	}
	return nil
}

// shiftLanes shifts each w bits by an immediate.
func (x *x86inst) shiftLanes(w uint8, f func(v, n term) term) error {
	d, ok := xmm(x.x.Args[0])
	n, also := x.x.Args[1].(x86asm.Imm)
	if !ok || !also {
		return x.unmodelled()
	}
	for k, v := range x.s.fregs[d] {
		r := f(v.Extract(0, w), x.s.pool.Const(uint64(n), w))
		if w == 32 {
			r = f(v.Extract(32, w), x.s.pool.Const(uint64(n), w)).Concat(r)
		}
		x.s.fregs[d][k] = r
	}
	return nil
}

func (x *x86inst) compareFloats(w uint8) error {
	x.s.flags = flags{kind: ofFloat, x: x.readFloat(x.x.Args[0], w), y: x.readFloat(x.x.Args[1], w)}
	return nil
}

// compareMask makes all ones or zeros of a comparison.
func (x *x86inst) compareMask(w uint8) error {
	a, b := x.readFloat(x.x.Args[0], w), x.readFloat(x.x.Args[1], w)
	n, ok := x.x.Args[2].(x86asm.Imm)
	if !ok || n > 7 {
		return x.unmodelled()
	}
	var bit term
	switch n & 3 {
	case 0:
		bit = meaning.FEq(a, b)
	case 1:
		bit = meaning.FLt(a, b)
	case 2:
		bit = meaning.FLe(a, b)
	case 3:
		bit = meaning.Unordered(a, b)
	}
	if n&4 != 0 {
		bit = bit.Not()
	}
	x.setLow(bit.Sext(w))
	return nil
}

func (x *x86inst) fromInteger(w uint8) error {
	from := uint8(32)
	switch a := x.x.Args[1].(type) {
	case x86asm.Reg:
		_, _, from, _ = gpr(a)
	case x86asm.Mem:
		from = uint8(8 * x.x.MemBytes)
	}
	if from != 32 && from != 64 {
		return x.unmodelled()
	}
	x.setLow(meaning.FromSigned(x.read(x.x.Args[1], from).Sext(64), w))
	return nil
}

// toInteger converts, after rounding to an integer perhaps. What is not in range becomes
// the least number.
func (x *x86inst) toInteger(w uint8, round func(v term) term) error {
	_, _, to, ok := gpr(regOf(x.x.Args[0]))
	if !ok {
		return x.unmodelled()
	}
	v := round(x.readFloat(x.x.Args[1], w))
	x.write(x.x.Args[0], meaning.Converts(v, to, true).Ite(meaning.ToSigned(v).Extract(0, to), x.s.pool.Const(1<<(to-1), to)))
	return nil
}
