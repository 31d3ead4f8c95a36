package ops

import (
	"fmt"
)

// A VerifyError says why a program is not one.
type VerifyError struct {
	Func string // the function's name, "" if none is concerned
	PC   int    // the operation, −1 if none is concerned
	Pos  Pos    // its position in the source, 0 if unknown
	Msg  string
}

// Error returns the place and the reason on one line.
func (e *VerifyError) Error() string {
	switch {
	case e.Func == "":
		return "program: " + e.Msg
	case e.PC < 0:
		return fmt.Sprintf("function %s: %s", e.Func, e.Msg)
	}
	return fmt.Sprintf("function %s, pc %d: %s", e.Func, e.PC, e.Msg)
}

// A verifier checks one function at a time and keeps its memory for the next.
//
// It computes, for each operation, the set of places that are written on every
// path to it, one bit per Number. Blocks come in an order in which each has a
// predecessor before it, so one pass suffices unless a loop forgets a place:
// when a backward branch arrives with fewer places than its label has been
// given, the label is lowered and the function checked again. States only
// shrink, so this ends, and since they start too large and never too small, an
// error found in any pass is one. Loops nested n deep cost n more passes at the
// most, and only where calls or irreducible jumps make places undefined.
type verifier struct {
	funcs []Func
	f     *Func
	cur   []uint64 // the state before the current operation
	in    []uint64 // the states of all labels, len(cur) words each
}

const (
	reachMask = 1 << notReached
	// alwaysWritten are the bits of Numbers that stand for no place.
	alwaysWritten = 1 << noPlace
	regMask       = 1<<NumRegs - 1
)

func (v *verifier) verify(funcs []Func, f *Func, ops []Op, labels []uint32, bound []Label) *VerifyError {
	v.funcs, v.f = funcs, f
	if n := f.FrameWords(); n > MaxFrame {
		return &VerifyError{PC: -1, Msg: fmt.Sprintf("the frame has %d words; at most %d are possible", n, MaxFrame)}
	}
	if need := max(f.Sig.ParamSlots(), f.Sig.ResultSlots()); need > int(f.Slots) {
		return &VerifyError{PC: -1, Msg: fmt.Sprintf("%d slots, but %d of the function's parameters or results travel in slots", f.Slots, need)}
	}
	if len(ops) == 0 {
		return &VerifyError{PC: -1, Msg: "the function has no operations"}
	}
	words := (FirstSlot + int(f.Slots+f.Out) + 63) / 64
	v.cur = resize(v.cur, words)
	v.in = resize(v.in, words*len(labels))
	for i := range v.in {
		v.in[i] = ^uint64(0)
	}
	again, err := v.pass(ops, labels, bound)
	if !again || err != nil {
		return err
	}
	for again && err == nil {
		again, err = v.pass(ops, labels, bound)
	}
	return err
}

func resize(s []uint64, n int) []uint64 {
	if cap(s) < n {
		return make([]uint64, n, max(n, 64))
	}
	return s[:n]
}

// pass walks the operations once. It reports whether a label was lowered after
// operations behind it had been checked with its old state.
func (v *verifier) pass(ops []Op, labels []uint32, bound []Label) (again bool, err *VerifyError) {
	f, cur := v.f, v.cur
	clear(cur)
	sig := f.Sig.info()
	cur[0] = alwaysWritten | sig.paramRegs
	setRange(cur, FirstSlot, sig.paramSlots)
	end := FirstSlot + uint16(f.Slots)

	next, nextPC := 0, uint32(unbound)
	if len(bound) > 0 {
		nextPC = labels[bound[0]]
	}
	for pc := range ops {
		for uint32(pc) == nextPC {
			v.meet(bound[next])
			if next++; next < len(bound) {
				nextPC = labels[bound[next]]
			} else {
				nextPC = unbound
			}
		}
		op := &ops[pc]
		l, r, d := op.L, op.R, op.D
		if cur[0]&reachMask != 0 || !written(cur, l) || !written(cur, r) || d >= end && !v.out(d) {
			return false, v.explain(op, pc)
		}
		cur[d>>6] |= 1 << (d & 63)
		switch op.Code().Info().Flow {
		case Branch:
			again = v.merge(op.Target, labels, pc) || again
		case Goto:
			again = v.merge(op.Target, labels, pc) || again
			cur[0] |= reachMask
		case Invoke:
			if err := v.call(op, pc); err != nil {
				return false, err
			}
		case Leave:
			if op.Code() == Return && !v.defined(sig.resultRegs, FirstSlot, sig.resultSlots) {
				return false, v.explainMissing(pc, "return", "result", sig.results, 0)
			}
			cur[0] |= reachMask
		}
	}
	if nextPC != unbound {
		return false, &VerifyError{PC: len(ops) - 1, Msg: fmt.Sprintf("label %d stands behind the last operation", bound[next])}
	}
	if cur[0]&reachMask == 0 {
		op := &ops[len(ops)-1]
		return false, &VerifyError{PC: len(ops) - 1, Msg: fmt.Sprintf("control falls off the end of the function behind %s", op.Code())}
	}
	return again, nil
}

func written(state []uint64, n Number) bool {
	return int(n>>6) < len(state) && state[n>>6]>>(n&63)&1 != 0
}

// setRange marks n places from first on.
func setRange(state []uint64, first, n int) {
	for i := first; i < first+n; i++ {
		state[i>>6] |= 1 << (i & 63)
	}
}

// out reports whether a Number behind the slots is a slot of the outgoing area.
func (v *verifier) out(n Number) bool {
	i := int(n) - FirstSlot - int(v.f.Slots)
	return i >= HeaderWords && i < int(v.f.Out)
}

// meet joins the state that falls through to a label with those of the branches
// to it. A state that nothing has reached is all ones, so that and-ing does it.
func (v *verifier) meet(l Label) {
	cur := v.cur
	if cur[0]&reachMask != 0 {
		for i := range cur {
			cur[i] = ^uint64(0)
		}
	}
	in := v.in[int(l)*len(cur):][:len(cur)]
	for i := range in {
		in[i] &= cur[i]
		cur[i] = in[i]
	}
}

// merge records that the current state reaches a label. It reports whether that
// lowers a label that has been passed already.
func (v *verifier) merge(label uint32, labels []uint32, pc int) (lowered bool) {
	if int(label) >= len(labels) {
		return false // reported when labels are resolved
	}
	cur := v.cur
	in := v.in[int(label)*len(cur):][:len(cur)]
	changed := false
	for i := range in {
		changed = changed || in[i]&^cur[i] != 0
		in[i] &= cur[i]
	}
	return changed && int(labels[label]) <= pc
}

// defined reports whether the registers and n slots from first on are written.
func (v *verifier) defined(regs uint64, first, n int) bool {
	if v.cur[0]&regs != regs {
		return false
	}
	for i := first; i < first+n; i++ {
		if !written(v.cur, Number(i)) {
			return false
		}
	}
	return true
}

// call checks that the arguments are there and leaves the results only.
func (v *verifier) call(op *Op, pc int) *VerifyError {
	sig := v.funcs[op.Target].Sig.info()
	out := FirstSlot + int(v.f.Slots) + HeaderWords
	if !v.defined(sig.paramRegs, out, sig.paramSlots) {
		return v.explainMissing(pc, "call "+v.funcs[op.Target].Name, "argument", sig.params, out)
	}
	v.cur[0] = v.cur[0]&^regMask | sig.resultRegs
	for i := out; i < out+int(v.f.Out)-HeaderWords; i++ {
		v.cur[i>>6] &^= 1 << (i & 63)
	}
	setRange(v.cur, out, sig.resultSlots)
	return nil
}

// explain says what is wrong with an operation that pass rejects.
func (v *verifier) explain(op *Op, pc int) *VerifyError {
	fail := func(format string, args ...any) *VerifyError {
		return &VerifyError{PC: pc, Msg: op.Code().String() + ": " + fmt.Sprintf(format, args...)}
	}
	if v.cur[0]&reachMask != 0 {
		return fail("no operation before it leads here")
	}
	for _, n := range []Number{op.L, op.R} {
		switch {
		case written(v.cur, n):
		case n == noRegister:
			return fail("it reads a register that does not exist")
		case n >= FirstSlot+Number(v.f.Slots) && !v.out(n):
			return fail("%s", v.outside(n))
		default:
			return fail("it reads %s, which is not written on every path to it", v.place(n))
		}
	}
	if op.D == noRegister {
		return fail("it writes a register that does not exist")
	}
	return fail("%s", v.outside(op.D))
}

// place names a register or slot as the text format does.
func (v *verifier) place(n Number) string {
	switch i := int(n) - FirstSlot; {
	case n < NumRegs:
		return "register " + regNames[n]
	case i < int(v.f.Slots):
		return fmt.Sprintf("slot [%d]", i)
	default:
		return fmt.Sprintf("outgoing slot [out+%d]", i-int(v.f.Slots)-HeaderWords)
	}
}

// outside says where the frame ends that a slot is not in.
func (v *verifier) outside(n Number) string {
	i := int(n) - FirstSlot
	if out := i - int(v.f.Slots) - HeaderWords; out >= 0 && v.f.Out > 0 {
		return fmt.Sprintf("[out+%d] is outside the outgoing area, which has %d slots", out, v.f.Out-HeaderWords)
	}
	return fmt.Sprintf("slot [%d] is outside the frame, which has %d slots", i, v.f.Slots)
}

// explainMissing names the first argument or result that is not written. Those
// without a register are in slots, the first of which has the number first, or
// is slot 0.
func (v *verifier) explainMissing(pc int, what, which string, types []Type, first int) *VerifyError {
	if first == 0 {
		first = FirstSlot
	}

	for i := range types {
		n := Number(i)
		if i >= NumRegs {
			n = Number(first + i - NumRegs)
		}
		if !written(v.cur, n) {
			return &VerifyError{PC: pc, Msg: fmt.Sprintf("%s: its %s %d, %s, is not written on every path to it", what, which, i, v.place(n))}
		}
	}
	return &VerifyError{PC: pc, Msg: what + ": an " + which + " is missing"}
}
