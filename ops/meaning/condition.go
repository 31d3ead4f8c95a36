package meaning

import "github.com/copyjit/copyjit/ops"

// A condition gives a bit.
type condition func(l, r term) term

// Conditions of integers, in the order in which the table has them.
var conds = []condition{
	term.Eq, term.Ne, term.Slt, term.Sle, swapped(term.Slt), swapped(term.Sle),
	term.Ult, term.Ule, swapped(term.Ult), swapped(term.Ule),
}

func swapped(c condition) condition { return func(l, r term) term { return c(r, l) } }

func common(l, r term) term  { return l.And(r).Ne(l.Const(0)) }
func nothing(l, r term) term { return l.And(r).Eq(l.Const(0)) }

// halves is a condition of lower halves.
func halves(c condition) condition { return func(l, r term) term { return c(half(l), half(r)) } }

func set(c condition) meaning {
	return func(in *Inputs, e *Effect) { e.D = c(in.L, in.R).Zext(64) }
}

func branch(c condition) meaning {
	return func(in *Inputs, e *Effect) { e.Taken = c(in.L, in.R) }
}

func selects(c condition) meaning {
	return func(in *Inputs, e *Effect) { e.D = c(in.L, in.R).Ite(in.S, in.D) }
}

// zero is a branch on l alone.
func zero(bits uint8, is bool) meaning {
	return func(in *Inputs, e *Effect) {
		l := in.L.Extract(0, bits)
		e.Taken = l.Eq(l.Const(0))
		if !is {
			e.Taken = e.Taken.Not()
		}
	}
}

// conditions are the operations that ask one.
var conditions = func() map[ops.Code]meaning {
	m := map[ops.Code]meaning{
		ops.BZ: zero(64, true), ops.BNZ: zero(64, false),
		ops.BZ32: zero(32, true), ops.BNZ32: zero(32, false),

		ops.SetAny: set(common), ops.SetNone: set(nothing),
		ops.BAny: branch(common), ops.BNone: branch(nothing),
		ops.SelAny: selects(common), ops.SelNone: selects(nothing),
		ops.SetAny32: set(halves(common)), ops.SetNone32: set(halves(nothing)),
		ops.BAny32: branch(halves(common)), ops.BNone32: branch(halves(nothing)),
		ops.SelAny32: selects(halves(common)), ops.SelNone32: selects(halves(nothing)),
	}
	for i, c := range conds {
		n := ops.Code(i)
		m[ops.SetEq+n], m[ops.SetEq32+n] = set(c), set(halves(c))
		m[ops.BEq+n], m[ops.BEq32+n] = branch(c), branch(halves(c))
		m[ops.SelEq+n], m[ops.SelEq32+n] = selects(c), selects(halves(c))
	}
	return m
}()
