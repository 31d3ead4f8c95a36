package ops

// Op appends an operation that has nothing besides operands.
func (b *Builder) Op(code Code, d, l, r Operand) {
	row := code.Info()
	if row.Extra != NoExtra {
		b.failf(b.pc(), "%s takes %s: it is not appended by Op", code, row.Extra)
		return
	}
	if code >= NumCodes {
		b.reject(code, d, l, r) // a Form has no room for it: append would take its low bits
		return
	}
	if code == Return {
		b.Return()
		return
	}
	if row.InOut {
		b.readsToo(code, d)
	}
	b.append(code, d, l, r, 0)
}

// takes reports whether the operation takes an Extra of this kind. If not, that is
// an error.
func (b *Builder) takes(code Code, x Extra) bool {
	if row := code.Info(); row.Extra == x && row.Name != "" {
		return true
	}
	return b.takesNot(code, x)
}

// takesNot is the error of takes.
//
//go:noinline
func (b *Builder) takesNot(code Code, x Extra) bool {
	if !code.Valid() {
		b.failf(b.pc(), "%s is no operation", code)
	} else {
		b.failf(b.pc(), "%s takes %s, not %s", code, code.Info().Extra, x)
	}
	return false
}

// readsToo tells quick that the operation reads its destination.
func (b *Builder) readsToo(code Code, d Operand) {
	n, _, _ := code.shape().numbers(d, Operand{}, Operand{})
	b.quick.reads(n)
}

// Load appends a load (Load8U … FLoad32A32): d = what the memory has at addr +
// offset.
func (b *Builder) Load(code Code, d, addr Operand, offset uint32) {
	if b.takes(code, OffsetExtra) {
		b.append(code, d, addr, Operand{}, offset)
	}
}

// Store appends a store (Store8 … FStore32A32): the memory at addr + offset = r.
func (b *Builder) Store(code Code, addr, r Operand, offset uint32) {
	if b.takes(code, OffsetExtra) {
		b.append(code, Operand{}, addr, r, offset)
	}
}

// Select appends d = s, where s is a register, if the condition of the code (SelEq
// … SelNone32) holds of l and r.
func (b *Builder) Select(code Code, d, l, r, s Operand) {
	if !b.takes(code, RegExtra) {
		return
	}
	if s.Kind() != KindReg {
		b.failf(b.pc(), "%s: what it selects cannot be %s (want register)", code, describe(s))
		return
	}
	b.readsToo(code, d)
	b.quick.reads(s.Number())
	b.append(code, d, l, r, uint32(s.Number()))
}

// GlobalGet appends d = a global, given its index (GGet, FGGet, FGGet32).
func (b *Builder) GlobalGet(code Code, d Operand, global int) { b.global(code, d, Operand{}, global) }

// GlobalSet appends a global, given its index, = l (GSet, FGSet, FGSet32).
func (b *Builder) GlobalSet(code Code, l Operand, global int) { b.global(code, Operand{}, l, global) }

func (b *Builder) global(code Code, d, l Operand, global int) {
	if !b.takes(code, GlobalExtra) {
		return
	}
	if n := len(b.declared.globals); uint(global) >= uint(n) {
		b.failf(b.pc(), "%s: global %d: the program has declared %d", code, global, n)
		return
	}
	b.append(code, d, l, Operand{}, uint32(global))
}

// Count appends an increment of a counter, given its index.
func (b *Builder) Count(counter int) {
	if n := b.declared.counters; uint(counter) >= uint(n) {
		b.failf(b.pc(), "%s: counter %d: the program has declared %d", Count, counter, n)
		return
	}
	b.append(Count, Operand{}, Operand{}, Operand{}, uint32(counter))
}

// Clear appends n moves of 0, to the given slot and those behind it.
func (b *Builder) Clear(first Operand, n int) {
	slots := 0
	if b.open {
		slots = int(b.funcs[b.fn].Slots)
	}
	i := int(first.Number()) - FirstSlot
	switch {
	case first.Kind() != KindSlot:
		b.failf(b.pc(), "clear: its destination cannot be %s (want slot)", describe(first))
	case n < 1 || n > MaxFrame:
		b.failf(b.pc(), "clear: %d slots: from 1 to those that there are", n)
	case i+n > slots:
		b.failf(b.pc(), "clear: slot [%d] is outside the frame, which has %d slots", i+n-1, slots)
	default:
		for end := i + n; i < end; i++ {
			b.Mov(Slot(i), Imm(0))
		}
	}
}

// Branch appends a branch to the label, taken if the condition of the code (BEq …
// BNZ32, FBEq … FBNge32) holds of l and r. BZ, BNZ, BZ32 and BNZ32 have no r.
func (b *Builder) Branch(code Code, l, r Operand, to Label) {
	if code.Flow() != Branch || code >= NumCodes {
		b.failf(b.pc(), "%s is not a branch", code)
		return
	}
	b.goTo(code, Operand{}, l, r, to)
}

// Jump appends a jump to the label.
func (b *Builder) Jump(to Label) {
	b.goTo(Jump, Operand{}, Operand{}, Operand{}, to)
	b.quick.leave()
}

// goTo appends an operation that goes to a label.
func (b *Builder) goTo(code Code, d, l, r Operand, to Label) {
	b.branches = append(b.branches, uint32(b.pc()))
	b.append(code, d, l, r, uint32(to))
	b.reach(to)
}

// reach tells quick that control may go to a label.
func (b *Builder) reach(to Label) {
	if uint(to) >= uint(len(b.labels)) {
		b.quick.sure = false // an error, for the verifier's successor to report
		return
	}
	b.quick.reach(&b.labels[to])
}

// Switch appends a jump to the label with the index l, or to the default if there
// is none.
func (b *Builder) Switch(l Operand, labels []Label, otherwise Label) {
	jumps := make([]uint32, 0, len(labels)+1)
	for _, to := range labels {
		jumps = append(jumps, uint32(to))
	}
	jumps = append(jumps, uint32(otherwise))
	b.jumps = append(b.jumps, jumps)
	b.append(Switch, Operand{}, l, Operand{}, uint32(len(b.jumps)-1))
	for _, to := range jumps {
		b.reach(Label(to))
	}
	b.quick.leave()
}

// Call appends a call of a declared function.
func (b *Builder) Call(id FuncID) {
	if uint(id) >= uint(len(b.funcs)) {
		b.failf(b.pc(), "call of function %d, which is not declared", id)
		return
	}
	b.append(Call, Operand{}, Operand{}, Operand{}, uint32(id))
	b.called(b.funcs[id].Sig)
}

// CallIndirect appends a call of the function with the index l in the table of
// functions, which must have that signature.
func (b *Builder) CallIndirect(l Operand, sig Signature) {
	if uint(sig) >= uint(len(*signatures.list.Load())) {
		b.failf(b.pc(), "%s: signature %d is not one of MakeSignature's", CallI, uint32(sig))
		return
	}
	b.append(CallI, Operand{}, l, Operand{}, uint32(sig))
	b.called(sig)
}

// CallHost appends a call of a declared function of the host.
func (b *Builder) CallHost(id HostID) {
	if n := len(b.declared.hosts); uint(id) >= uint(n) {
		b.failf(b.pc(), "%s: host function %d: the program has declared %d", CallH, id, n)
		return
	}
	b.append(CallH, Operand{}, Operand{}, Operand{}, uint32(id))
	b.called(b.declared.hosts[id].Sig)
}

// called makes room for a callee's arguments and results.
func (b *Builder) called(s Signature) {
	if b.open {
		sig := s.info()
		f := &b.funcs[b.fn]
		f.Out = max(f.Out, uint32(HeaderWords+max(sig.paramSlots, sig.resultSlots)))
		if n := len(b.ops); n > int(f.first) {
			b.ops[n-1].Imm = int32(8 * (HeaderWords + f.Slots))
		}
		b.quick.call(sig)
	}
}

// Return appends a return.
func (b *Builder) Return() {
	b.append(Return, Operand{}, Operand{}, Operand{}, 0)
	b.quick.ret()
}

// Trap appends a trap; the code is for whoever reads the trap.
func (b *Builder) Trap(code uint32) {
	b.append(Trap, Operand{}, Operand{}, Operand{}, code)
	b.quick.leave()
}

// any appends any operation but a switch.
func (b *Builder) any(code Code, d, l, r Operand, target uint32) {
	switch code.Info().Extra {
	case NoExtra:
		b.Op(code, d, l, r)
	case LabelExtra:
		if code == Jump {
			b.Jump(Label(target))
		} else {
			b.goTo(code, d, l, r, Label(target))
		}
	case FuncExtra:
		b.Call(FuncID(target))
	case TrapCodeExtra:
		b.Trap(target)
	case RegExtra:
		b.Select(code, d, l, r, Operand{ref: refReg | target})
	case GlobalExtra:
		b.global(code, d, l, int(target))
	case CounterExtra:
		b.Count(int(target))
	case SignatureExtra:
		b.CallIndirect(l, Signature(target))
	case HostExtra:
		b.CallHost(HostID(target))
	default:
		b.append(code, d, l, r, target)
	}
}
