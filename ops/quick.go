package ops

// quick verifies what is easy to verify while it is appended: functions whose
// slots fit in one word of state, whose calls pass everything in registers and
// whose loops forget nothing. That is most of them, and it costs a fraction of
// walking the operations again.
//
// It is never the last word on an error: where it is not sure that a function is
// right, the verifier decides, by the same rules.
type quick struct {
	state   uint64 // the places written on every path to here, a bit per Number (see verifier)
	end     Number // the Number behind the last slot
	sure    bool   // all so far is right
	results uint64 // the registers of the function's results
}

// alwaysVerify makes the verifier run where quick was sure; tests set it.
var alwaysVerify = false

func (q *quick) begin(f *Func) {
	sig := f.Sig.info()
	q.state = alwaysWritten | sig.paramRegs
	q.end = FirstSlot + Number(f.Slots)
	q.results = sig.resultRegs
	q.sure = f.Slots <= 64-FirstSlot && sig.paramSlots|sig.resultSlots == 0
}

// op takes an operation that reads l and r, then writes d.
func (q *quick) op(d, l, r Number) {
	need := uint64(1)<<(l&63) | uint64(1)<<(r&63) | reachMask
	if (q.state^reachMask)&need != need || l|r >= 64 || d >= q.end {
		q.sure = false
		return
	}
	q.state = written(q.state, d)
}

// reads takes a place that the operation reads besides l and r. It stands before
// op, which takes the rest.
func (q *quick) reads(n Number) {
	if n >= 64 || q.state>>(n&63)&1 == 0 {
		q.sure = false
	}
}

// written returns a state in which the place with a Number below 64 is written
// too. A float register holds a number of one width.
func written(state uint64, n Number) uint64 {
	const width = FirstFReg32 - FirstFReg
	bit := uint64(1) << (n & 63)
	float := bit & fregMask
	return state&^((float<<width|float>>width)&fregMask) | bit
}

// bind takes the label that stands here.
func (q *quick) bind(to *label) {
	if q.state&reachMask != 0 {
		q.state = ^uint64(0)
	}
	q.state &= to.state
	to.state = q.state
}

// reach takes a branch to a label.
func (q *quick) reach(to *label) {
	if to.pc != unbound && to.state&^q.state != 0 {
		q.sure = false // a loop that forgets a place
	}
	to.state &= q.state
}

// leave takes an operation that control does not pass.
func (q *quick) leave() { q.state |= reachMask }

// ret takes a return.
func (q *quick) ret() {
	if q.state&q.results != q.results {
		q.sure = false
	}
	q.state |= reachMask
}

// call takes a call.
func (q *quick) call(sig *signature) {
	if q.state&sig.paramRegs != sig.paramRegs || sig.paramSlots|sig.resultSlots != 0 {
		q.sure = false
	}
	q.state = q.state&^(regMask|fregMask) | sig.resultRegs
}

// done takes the end of the function and reports whether it is right.
func (q *quick) done(f *Func, labels []label, bound []Label) bool {
	n := uint32(f.Len())
	atEnd := len(bound) > 0 && labels[bound[len(bound)-1]].pc == n
	return q.sure && n > 0 && q.state&reachMask != 0 && !atEnd && f.FrameWords() <= MaxFrame
}
