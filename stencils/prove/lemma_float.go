package prove

import (
	"fmt"

	"github.com/copyjit/copyjit/ops/meaning"
	"github.com/copyjit/copyjit/ops/meaning/bv"
)

// Where there is no instruction that rounds a float to an integer, stencils go through a
// conversion to an integer of 64 bits and back, put the sign in again, which a result of
// 0 has lost, and add 0 to what is too large for that. That this is rounding follows from
// these lemmas. In them y is x rounded.

// A rounding is a way to round: the name of the operation on float64, and the function.
type rounding struct {
	op    string
	round func(x term) term
}

var roundings = []rounding{
	{"ffloor", meaning.FFloor}, {"fceil", meaning.FCeil}, {"ftrunc", meaning.FTrunc}, {"fnearest", meaning.FNearest},
}

// roundingUses returns the lemmas that the operations which round are told. Through is
// the one about the way through an integer, nil where comesBack is.
func roundingUses(through func(r rounding, w uint8) *lemma) []lemmaUse {
	var list []lemmaUse
	for _, w := range []uint8{64, 32} {
		both := []*lemma{extremes(w), plusZero(w)}
		for _, r := range roundings {
			op := r.op
			if w == 32 {
				op += "32"
			}
			l := through(r, w)
			if l == nil {
				l = comesBack(r, w)
			}
			for _, l := range append([]*lemma{l, keepsSign(r, w), keepsLarge(r, w)}, both...) {
				list = append(list, lemmaUse{op, l})
			}
		}
	}
	return list
}

// roundsBefore: a conversion that rounds as it is told needs nothing else. All of them
// round towards 0 if they are told nothing.
func roundsBefore(r rounding, w uint8) *lemma {
	if r.op == "ftrunc" {
		return oneStep(r, w)
	}
	return nil
}

// about makes a lemma about a rounding.
func (r rounding) about(w uint8, name string, says func(x, y term) term) *lemma {
	return &lemma{
		name:  functionName(r.op, w) + "-" + name,
		of:    func(p *bv.Pool) term { return r.round(p.Var("x", w)) },
		says:  func(t term) term { return meaning.IsNaN(t.Args[0]).Or(says(t.Args[0], t)) },
		exact: true,
	}
}

func functionName(op string, w uint8) string {
	if w == 32 {
		return op + "32"
	}
	return op + "64"
}

// keepsSign: y has the sign of x, also where it is 0.
func keepsSign(r rounding, w uint8) *lemma {
	return r.about(w, "sign", func(x, y term) term { return sign(x).Eq(sign(y)) })
}

// keepsLarge: x is y where either, without its sign, is 2⁶² or more: such floats have no
// fraction.
func keepsLarge(r rounding, w uint8) *lemma {
	return r.about(w, "large", func(x, y term) term { return isLarge(x).Or(isLarge(y)).Not().Or(x.Eq(y)) })
}

// isLarge returns whether x, without its sign, is 2⁶² or more, or no number.
func isLarge(x term) term { return meaning.Abs(x).Ult(meaning.Power(x, 62)).Not() }

// comesBack: y as an integer is y as a float again, but for the sign of 0.
func comesBack(r rounding, w uint8) *lemma {
	return r.about(w, "back", func(x, y term) term {
		back := meaning.FromSigned(meaning.ToSigned(y), w)
		return meaning.Converts(y, 64, true).Not().Or(withSign(back, y).Eq(y))
	})
}

// withSign returns x with the sign of y put in, as code does that knows that x has none
// where y has none.
func withSign(x, y term) term { return x.Or(sign(y).Concat(x.Const(0).Extract(0, x.Width-1))) }

// oneStep: x as an integer, which is rounded towards 0, then less 1 if x is less to
// round down, or more 1 if x is greater to round up, is y as a float again, but for the
// sign of 0.
func oneStep(r rounding, w uint8) *lemma {
	var step func(x, whole term) term
	switch r.op {
	case "ffloor":
		step = func(x, whole term) term { return meaning.FLt(x, whole).Sext(64) }
	case "fceil":
		step = func(x, whole term) term { return meaning.FLt(whole, x).Zext(64) }
	case "ftrunc":
		step = func(x, whole term) term { return x.Pool().Const(0, 64) }
	default:
		return nil // by a conversion that rounds like that
	}
	return r.about(w, "step", func(x, y term) term {
		whole := meaning.ToSigned(x)
		whole = whole.Add(step(x, meaning.FromSigned(whole, w)))
		return meaning.Converts(x, 64, true).Not().Or(withSign(meaning.FromSigned(whole, w), x).Eq(y))
	})
}

// The families of conversions to integers.
const (
	trapping   = "trunc"
	saturating = "sat"
)

// conversionUses returns the lemmas that a family of conversions is told.
func conversionUses(family string) []lemmaUse {
	var list []lemmaUse
	for _, w := range []uint8{64, 32} {
		extremes := extremes(w)
		for _, use := range []lemmaUse{
			{"i64", extremes}, {"i64", least(w)},
			{"u64", extremes}, {"u64", fits(w, 64, false)}, {"u64", minusHalf(w)},
			{"i32", extremes}, {"i32", fits(w, 32, true)},
			{"u32", extremes}, {"u32", fits(w, 32, false)},
		} {
			use.op = family + use.op
			if w == 32 {
				use.op += "_f32"
			}
			list = append(list, use)
		}
	}
	return list
}

// aboutInteger makes a lemma about floats as integers of 64 bits with a sign, where they
// are in range.
func aboutInteger(w uint8, name string, says func(x, t term) term) *lemma {
	return &lemma{
		name: fmt.Sprintf("toS64w%d-%s", w, name),
		of:   func(p *bv.Pool) term { return meaning.ToSigned(p.Var("x", w)) },
		says: func(t term) term {
			return meaning.Converts(t.Args[0], 64, true).Not().Or(says(t.Args[0], t))
		},
		exact: true,
	}
}

// extremes: only −2⁶³ becomes the least integer, and nothing the greatest. These are what
// instructions make of what is out of range.
func extremes(w uint8) *lemma {
	return aboutInteger(w, "extremes", func(x, t term) term {
		least := t.Const(1 << 63)
		return t.Eq(least.Not()).Not().And(t.Eq(least).Eq(x.Eq(meaning.Negate(meaning.Power(x, 63)))))
	})
}

// least: the least integer becomes −2⁶³.
func least(w uint8) *lemma {
	return &lemma{
		name: fmt.Sprintf("fromS64w%d-least", w),
		of:   func(p *bv.Pool) term { return meaning.FromSigned(p.Var("x", 64), w) },
		says: func(t term) term {
			n := t.Args[0]
			return n.Ne(n.Const(1 << 63)).Or(t.Eq(meaning.Negate(meaning.Power(t, 63))))
		},
		exact: true,
	}
}

// fits: a float is in range of another type of integers if it fits as an integer.
func fits(w, bits uint8, signed bool) *lemma {
	name := fmt.Sprintf("fitsU%d", bits)
	if signed {
		name = fmt.Sprintf("fitsS%d", bits)
	}
	return aboutInteger(w, name, func(x, t term) term {
		is := sign(t).Not()
		switch {
		case signed:
			is = t.Eq(t.Extract(0, bits).Sext(64))
		case bits < 64:
			is = t.Eq(t.Extract(0, bits).Zext(64))
		}
		return is.Eq(meaning.Converts(x, bits, signed))
	})
}

// minusHalf: less 2⁶³ what is at least that is at least 0, and what is at least 2⁶⁴ is at
// least 2⁶³, and nothing else is.
func minusHalf(w uint8) *lemma {
	return &lemma{
		name: functionName("fsub", w) + "-half",
		of: func(p *bv.Pool) term {
			x := p.Var("x", w)
			return meaning.FSub(x, meaning.Power(x, 63))
		},
		says: func(t term) term {
			x, half := t.Args[0], t.Args[1]
			if half != meaning.Power(x, 63) {
				return nil
			}
			return meaning.IsNaN(x).Or(t.Pool().All(
				meaning.IsNaN(t).Not(),
				meaning.FLe(x.Const(0), t).Eq(meaning.FLe(half, x)),
				meaning.FLe(half, t).Eq(meaning.FLe(meaning.Power(x, 64), x)),
			))
		},
		exact: true,
	}
}

// plusZero: x + 0 is x, unless x is −0 or no number.
func plusZero(w uint8) *lemma {
	return &lemma{
		name: functionName("fadd", w) + "-zero",
		of:   func(p *bv.Pool) term { return meaning.FAdd(p.Var("x", w), p.Const(0, w)) },
		says: func(t term) term {
			x, zero := t.Args[0], t.Args[1]
			if x.Is(0) {
				x, zero = zero, x
			}
			if !zero.Is(0) {
				return nil
			}
			return meaning.IsNaN(x).Or(meaning.Abs(x).Eq(meaning.Abs(x).Const(0))).Or(t.Eq(x))
		},
		exact: true,
	}
}
