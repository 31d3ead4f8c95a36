package ops

import (
	"fmt"
	"iter"
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
	b *Builder // which has the functions and what the program declares
	f *Func

	// States, one bit per Number. The first word, with the registers and the
	// first slots, is all that small frames have and kept apart.
	lo   uint64   // of the current operation, its first word
	hi   []uint64 // its other words
	inLo []uint64 // of the labels, their first words
	inHi []uint64 // len(hi) other words of each label

	budget int // words of state that may still be touched
}

const (
	reachMask = 1 << notReached
	// alwaysWritten are the bits of Numbers that stand for no place.
	alwaysWritten = 1 << noPlace
	regMask       = (1<<NumRegs - 1) << FirstReg
	fregMask      = (1<<(2*NumFRegs) - 1) << FirstFReg // of both widths
)

func (v *verifier) verify(b *Builder, f *Func, ops []Op) *VerifyError {
	v.b, v.f = b, f
	labels, bound := b.labels, b.bound
	if n := f.FrameWords(); n > MaxFrame {
		return &VerifyError{PC: -1, Msg: fmt.Sprintf("the frame has %d words; at most %d are possible", n, MaxFrame)}
	}
	if need := max(f.Sig.ParamSlots(), f.Sig.ResultSlots()); need > int(f.Slots) {
		return &VerifyError{PC: -1, Msg: fmt.Sprintf("%d slots, but %d of the function's parameters or results travel in slots", f.Slots, need)}
	}
	if len(ops) == 0 {
		return &VerifyError{PC: -1, Msg: "the function has no operations"}
	}
	v.hi = resize(v.hi, (FirstSlot+int(f.Slots+f.Out)-1)/64)
	v.inLo = resize(v.inLo, len(labels))
	if n := len(v.hi) * len(labels); n > maxStateWords {
		return &VerifyError{PC: -1, Msg: fmt.Sprintf("%d slots and %d labels: together they are too many to verify", f.Slots+f.Out, len(labels))}
	}
	v.inHi = resize(v.inHi, len(v.hi)*len(labels))
	fill(v.inLo)
	fill(v.inHi)
	size := len(ops)
	for _, jumps := range b.jumps[b.tables:] {
		size += len(jumps)
	}
	v.budget = budgetPerOp * (size + 1000)
	for {
		again, err := v.pass(ops, labels, bound)
		switch {
		case err != nil || !again:
			return err
		case v.budget < 0:
			return tooMuch(f, labels)
		}
	}
}

// tooMuch is the error for a function that would take more than linear time.
func tooMuch(f *Func, labels []label) *VerifyError {
	return &VerifyError{PC: -1, Msg: fmt.Sprintf("%d slots, %d labels and loops that forget places: together they take too long to verify", f.Slots+f.Out, len(labels))}
}

// Limits that keep the time and the memory for hostile programs in proportion to
// their size. Loops nested hundreds deep, or thousands of slots live across
// thousands of branches, stay within them.
const (
	budgetPerOp   = 500     // words of state that an operation may cost, all passes together
	maxStateWords = 1 << 23 // 64 MB
)

// fill makes states of places that nothing has reached: and-ing another state
// to one gives the other.
func fill(s []uint64) {
	for i := range s {
		s[i] = ^uint64(0)
	}
}

func resize(s []uint64, n int) []uint64 {
	if cap(s) < n {
		return make([]uint64, n, max(n, 64))
	}
	return s[:n]
}

// pass walks the operations once. It reports whether a label was lowered after
// operations behind it had been checked with its old state.
func (v *verifier) pass(ops []Op, labels []label, bound []Label) (again bool, err *VerifyError) {
	f := v.f
	sig := f.Sig.info()
	lo := alwaysWritten | sig.paramRegs
	if sig.paramSlots != 0 || len(v.hi) != 0 {
		clear(v.hi)
		v.lo = lo
		v.setSlots(FirstSlot, sig.paramSlots)
		lo = v.lo
	}
	end := FirstSlot + Number(f.Slots)

	next, nextPC := 0, uint32(unbound)
	if len(bound) > 0 {
		nextPC = labels[bound[0]].pc
	}
	v.budget -= len(ops)
	for pc := range ops {
		if v.budget < 0 {
			return false, tooMuch(f, labels)
		}
		for uint32(pc) == nextPC {
			lo = v.meet(bound[next], lo)
			if next++; next < len(bound) {
				nextPC = labels[bound[next]].pc
			} else {
				nextPC = unbound
			}
		}
		op := &ops[pc]
		l, r, d := op.L, op.R, op.D
		shape := op.Code().shape()
		if shape&shapeInOut != 0 {
			v.lo = lo
			if err := v.inOut(op, pc); err != nil {
				return false, err
			}
			lo = v.lo
		}
		if l|r|d < 64 {
			need := uint64(1)<<(l&63) | uint64(1)<<(r&63) | reachMask
			if (lo^reachMask)&need != need || d >= end && !v.out(d) {
				v.lo = lo
				return false, v.explain(op, pc)
			}
			lo = written(lo, d)
		} else {
			v.lo = lo
			if lo&reachMask != 0 || !v.written(l) || !v.written(r) || d >= end && !v.out(d) {
				return false, v.explain(op, pc)
			}
			if d < 64 {
				v.lo = written(lo, d)
			} else {
				v.setSlots(int(d), 1)
			}
			lo = v.lo
		}
		flow := shape.flow()
		if flow == Next {
			continue
		}
		v.lo = lo
		switch flow {
		case Branch, Goto:
			again = v.merge(op.Target, labels, pc) || again
		case Switches:
			jumps := v.b.jumps[op.Target]
			v.budget -= len(jumps)
			for _, to := range jumps {
				again = v.merge(to, labels, pc) || again
			}
		case Invoke:
			if err := v.call(op, pc); err != nil {
				return false, err
			}
			lo = v.lo
		case Leave:
			if op.Code() == Return && !v.defined(sig.resultRegs, FirstSlot, sig.resultSlots) {
				return false, v.explainMissing(pc, "return", "result", sig.resultPlaces, 0)
			}
		}
		if flow == Goto || flow == Leave || flow == Switches {
			lo |= reachMask
		}
	}
	if nextPC != unbound {
		return false, &VerifyError{PC: len(ops) - 1, Msg: fmt.Sprintf("label %d stands behind the last operation", bound[next])}
	}
	if lo&reachMask == 0 {
		op := &ops[len(ops)-1]
		return false, &VerifyError{PC: len(ops) - 1, Msg: fmt.Sprintf("control falls off the end of the function behind %s", op.Code())}
	}
	return again, nil
}

// written reports whether a place is written in the current state.
func (v *verifier) written(n Number) bool {
	if n < 64 {
		return v.lo>>n&1 != 0
	}
	i := int(n>>6) - 1
	return i < len(v.hi) && v.hi[i]>>(n&63)&1 != 0
}

// setSlots marks n places from first on as written.
func (v *verifier) setSlots(first, n int) {
	for w, mask := range wordMasks(first, n) {
		*v.word(w) |= mask
	}
}

// forget marks n slots from first on as not written.
func (v *verifier) forget(first, n int) {
	for w, mask := range wordMasks(first, n) {
		*v.word(w) &^= mask
	}
}

// word returns a word of the current state.
func (v *verifier) word(w int) *uint64 {
	v.budget--
	if w == 0 {
		return &v.lo
	}
	return &v.hi[w-1]
}

// wordMasks returns the words in which n bits from first on lie, with a mask of
// those.
func wordMasks(first, n int) iter.Seq2[int, uint64] {
	return func(yield func(int, uint64) bool) {
		for end := first + n; first < end; {
			next := min(end, (first|63)+1)
			if !yield(first>>6, ^uint64(0)>>(64-(next-first))<<(first&63)) {
				return
			}
			first = next
		}
	}
}

// out reports whether a Number behind the slots is a slot of the outgoing area.
func (v *verifier) out(n Number) bool {
	i := int(n) - FirstSlot - int(v.f.Slots)
	return i >= HeaderWords && i < int(v.f.Out)
}

// meet joins the state that falls through to a label, whose first word is lo,
// with those of the branches to it.
func (v *verifier) meet(l Label, lo uint64) uint64 {
	if lo&reachMask != 0 {
		lo = ^uint64(0)
		fill(v.hi)
	}
	lo &= v.inLo[l]
	v.inLo[l] = lo
	if len(v.hi) != 0 {
		v.budget -= len(v.hi)
		in := v.inHi[int(l)*len(v.hi):][:len(v.hi)]
		for i := range in {
			in[i] &= v.hi[i]
			v.hi[i] = in[i]
		}
	}
	return lo
}

// merge records that the current state reaches a label. It reports whether that
// lowers a label that has been passed already.
func (v *verifier) merge(label uint32, labels []label, pc int) (lowered bool) {
	if uint(label) >= uint(len(labels)) {
		return false // reported when labels are resolved
	}
	missing := v.inLo[label] &^ v.lo
	v.inLo[label] &= v.lo
	if len(v.hi) != 0 {
		v.budget -= len(v.hi)
		in := v.inHi[int(label)*len(v.hi):][:len(v.hi)]
		for i := range in {
			missing |= in[i] &^ v.hi[i]
			in[i] &= v.hi[i]
		}
	}
	return missing != 0 && int(labels[label].pc) <= pc
}

// defined reports whether the registers and n slots from first on are written.
func (v *verifier) defined(regs uint64, first, n int) bool {
	if v.lo&regs != regs {
		return false
	}
	for w, mask := range wordMasks(first, n) {
		if w > len(v.hi) || *v.word(w)&mask != mask {
			return false
		}
	}
	return true
}

// call checks that the arguments are there and leaves the results only.
func (v *verifier) call(op *Op, pc int) *VerifyError {
	var callee Signature
	name := op.Code().String()
	switch op.Code() {
	case Call:
		callee, name = v.b.funcs[op.Target].Sig, name+" "+v.b.funcs[op.Target].Name
	case CallI:
		callee = Signature(op.Target)
	case CallH:
		host := &v.b.declared.hosts[op.Target]
		callee, name = host.Sig, name+" "+host.Name
	}
	sig := callee.info()
	out := FirstSlot + int(v.f.Slots) + HeaderWords
	if !v.defined(sig.paramRegs, out, sig.paramSlots) {
		return v.explainMissing(pc, name, "argument", sig.paramPlaces, out-FirstSlot)
	}
	v.lo = v.lo&^(regMask|fregMask) | sig.resultRegs
	v.forget(out, int(v.f.Out)-HeaderWords)
	v.setSlots(out, sig.resultSlots)
	return nil
}

// inOut checks what an operation reads besides l and r: a destination that it may
// leave as it is, a register that it selects.
func (v *verifier) inOut(op *Op, pc int) *VerifyError {
	if v.lo&reachMask != 0 {
		return v.explain(op, pc)
	}
	if !v.written(op.D) {
		return v.explainRead(op, pc, op.D)
	}
	if s := Number(op.Target); op.Code().Info().Extra == RegExtra && !v.written(s) {
		return v.explainRead(op, pc, s)
	}
	return nil
}

func (v *verifier) fail(op *Op, pc int, format string, args ...any) *VerifyError {
	return &VerifyError{PC: pc, Msg: op.Code().String() + ": " + fmt.Sprintf(format, args...)}
}

// explain says what is wrong with an operation that pass rejects.
func (v *verifier) explain(op *Op, pc int) *VerifyError {
	if v.lo&reachMask != 0 {
		return v.fail(op, pc, "no operation before it leads here")
	}
	for _, n := range []Number{op.L, op.R} {
		if !v.written(n) {
			return v.explainRead(op, pc, n)
		}
	}
	if op.D >= noRegister {
		return v.fail(op, pc, "it writes a register that does not exist")
	}
	return v.fail(op, pc, "%s", v.outside(op.D))
}

// explainRead says what is wrong with reading a place.
func (v *verifier) explainRead(op *Op, pc int, n Number) *VerifyError {
	switch {
	case n >= noRegister:
		return v.fail(op, pc, "it reads a register that does not exist")
	case n >= FirstSlot+Number(v.f.Slots) && !v.out(n):
		return v.fail(op, pc, "%s", v.outside(n))
	}
	return v.fail(op, pc, "it reads %s, which %s", v.place(n), v.lacks(n))
}

// lacks says what is wrong with a place that is not written.
func (v *verifier) lacks(n Number) string {
	switch {
	case n >= FirstFReg && n < FirstFReg32 && v.written(n+FirstFReg32-FirstFReg):
		return "holds a float32, not a float64"
	case n >= FirstFReg32 && n < FirstFReg32+NumFRegs && v.written(n-FirstFReg32+FirstFReg):
		return "holds a float64, not a float32"
	}
	return "is not written on every path to it"
}

// place names a register or slot as the text format does.
func (v *verifier) place(n Number) string {
	switch i := int(n) - FirstSlot; {
	case int(n) < len(regNames):
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

// explainMissing names the first argument or result that is not written. The
// places of those in slots are counted from the slot first.
func (v *verifier) explainMissing(pc int, what, which string, places []Number, first int) *VerifyError {
	for i, n := range places {
		if n >= FirstSlot {
			n += Number(first)
		}
		if !v.written(n) {
			return &VerifyError{PC: pc, Msg: fmt.Sprintf("%s: its %s %d, %s, %s", what, which, i, v.place(n), v.lacks(n))}
		}
	}
	return &VerifyError{PC: pc, Msg: what + ": an " + which + " is missing"}
}
