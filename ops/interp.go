package ops

import (
	"iter"
	"math/bits"
)

// A State is what a call takes and gives: the registers and those arguments, or
// results, that have none.
type State struct {
	Reg   [NumRegs]uint64  // a x y o
	FReg  [NumFRegs]uint64 // fa fx fy fo: the bits of a float64, or those of a float32 with zeros above
	Slots []uint64         // slots of the called function from slot 0 on, floats likewise
}

// A Machine is the reference interpreter with its registers and stack. It can
// stop and start at any pc, and its stack has the layout of compiled code's
// (see the package documentation), so that either tier can go on where the
// other left.
//
// It runs verified programs only and trusts them.
type Machine struct {
	Reg   [NumRegs]uint64
	FReg  [NumFRegs]uint64
	Stack []uint64 // the frames from the bottom; its length is the limit
	FP    int      // index in Stack of the current frame's header
	Func  FuncID
	PC    int
	Step  Step

	// What the program works on, each of them as long as the program declares or
	// longer. Memory can be replaced while Run is not running.
	Memory   []byte
	Globals  []uint64
	Counters []uint64
	Table    []FuncID // the table of functions, NoFunc where there is none

	// Polls is how many safepoints to pass before Run exits at one.
	Polls int

	Reason Reason // of the last ExitTrap
}

// A Step says how far the operation at Machine.PC has come.
type Step uint8

// The steps.
const (
	StepEntry  Step = iota // the frame is not checked, the entry safepoint is ahead
	StepOp                 // the operation is ahead, its safepoint if any included
	StepPolled             // its safepoint has been passed
	StepCalled             // it is a host call, which has been made
)

// bottom marks the header of the lowest frame: returning from it leaves.
const bottom = ^uint64(0)

// Enter prepares the call of a function at the bottom of the stack. The
// arguments must be in Reg and in the slots of the frame (see Frame).
func (m *Machine) Enter(id FuncID) { m.EnterAt(id, 0) }

// EnterAt does the same further up the stack, with the header at an index, for runs
// within a run.
func (m *Machine) EnterAt(id FuncID, fp int) {
	m.FP, m.Func, m.PC, m.Step = fp, id, 0, StepEntry
	m.Stack[fp+1] = bottom
}

// Frame returns n slots of the current frame, from slot 0 on.
func (m *Machine) Frame(n int) []uint64 {
	first := m.FP + HeaderWords
	return m.Stack[first : first+n : first+n]
}

// Run executes until the bottom frame returns (ExitReturn), a trap
// (ExitTrap, with Reason; PC and Func say where), a host call (ExitHostCall), which
// the caller makes before it runs on, or, when Polls are used up, a safepoint
// (ExitEntry, ExitSafepoint), after which Run continues.
func (m *Machine) Run(p *Program) Exit {
	if m.Step == StepEntry {
		if exit := m.enter(p); exit != ExitReturn {
			return exit
		}
	}
	var (
		ops    = p.Ops(m.Func)
		pc     = m.PC
		base   = m.FP + HeaderWords - FirstSlot
		stack  = m.Stack
		polled = m.Step == StepPolled
	)
	if m.Step == StepCalled {
		pc++
	}
	for {
		op := &ops[pc]
		l := m.read(p, op, int(op.Form>>2&3), op.L, base)
		r := m.read(p, op, int(op.Form&3), op.R, base)
		var v uint64
		var taken bool
		var reason Reason
		switch op.Form.Code() {
		case Mov:
			v = l
		case Add:
			v = l + r
		case Sub:
			v = l - r
		case Mul:
			v = l * r
		case And:
			v = l & r
		case Or:
			v = l | r
		case Xor:
			v = l ^ r
		case Shl:
			v = l << (r & 63)
		case Shr:
			v = l >> (r & 63)
		case Sar:
			v = uint64(int64(l) >> (r & 63))
		case Rotl:
			v = bits.RotateLeft64(l, int(r&63))
		case Rotr:
			v = bits.RotateLeft64(l, -int(r&63))
		case Add32:
			v = uint64(uint32(l + r))
		case Sub32:
			v = uint64(uint32(l - r))
		case Mul32:
			v = uint64(uint32(l * r))
		case And32:
			v = uint64(uint32(l & r))
		case Or32:
			v = uint64(uint32(l | r))
		case Xor32:
			v = uint64(uint32(l ^ r))
		case Shl32:
			v = uint64(uint32(l) << (r & 31))
		case Shr32:
			v = uint64(uint32(l) >> (r & 31))
		case Sar32:
			v = uint64(uint32(int32(l) >> (r & 31)))
		case Rotl32:
			v = uint64(bits.RotateLeft32(uint32(l), int(r&31)))
		case Rotr32:
			v = uint64(bits.RotateLeft32(uint32(l), -int(r&31)))
		case Neg:
			v = -l
		case Not:
			v = ^l
		case Clz:
			v = uint64(bits.LeadingZeros64(l))
		case Ctz:
			v = uint64(bits.TrailingZeros64(l))
		case Popcnt:
			v = uint64(bits.OnesCount64(l))
		case Bswap:
			v = bits.ReverseBytes64(l)
		case Bswap16:
			v = uint64(bits.ReverseBytes16(uint16(l)))
		case Bswap32:
			v = uint64(bits.ReverseBytes32(uint32(l)))
		case Sext8:
			v = uint64(int8(l))
		case Sext16:
			v = uint64(int16(l))
		case Sext32:
			v = uint64(int32(l))
		case Zext8:
			v = uint64(uint8(l))
		case Zext16:
			v = uint64(uint16(l))
		case Zext32:
			v = uint64(uint32(l))
		case Neg32:
			v = uint64(uint32(-l))
		case Not32:
			v = uint64(uint32(^l))
		case Clz32:
			v = uint64(bits.LeadingZeros32(uint32(l)))
		case Ctz32:
			v = uint64(bits.TrailingZeros32(uint32(l)))
		case Popcnt32:
			v = uint64(bits.OnesCount32(uint32(l)))
		case Sext8x32:
			v = uint64(uint32(int8(l)))
		case Sext16x32:
			v = uint64(uint32(int16(l)))
		case SetEq:
			v = truth(l == r)
		case SetNe:
			v = truth(l != r)
		case SetLt:
			v = truth(int64(l) < int64(r))
		case SetLe:
			v = truth(int64(l) <= int64(r))
		case SetGt:
			v = truth(int64(l) > int64(r))
		case SetGe:
			v = truth(int64(l) >= int64(r))
		case SetLtU:
			v = truth(l < r)
		case SetLeU:
			v = truth(l <= r)
		case SetGtU:
			v = truth(l > r)
		case SetGeU:
			v = truth(l >= r)
		case SetEq32:
			v = truth(uint32(l) == uint32(r))
		case SetNe32:
			v = truth(uint32(l) != uint32(r))
		case SetLt32:
			v = truth(int32(l) < int32(r))
		case SetLe32:
			v = truth(int32(l) <= int32(r))
		case SetGt32:
			v = truth(int32(l) > int32(r))
		case SetGe32:
			v = truth(int32(l) >= int32(r))
		case SetLtU32:
			v = truth(uint32(l) < uint32(r))
		case SetLeU32:
			v = truth(uint32(l) <= uint32(r))
		case SetGtU32:
			v = truth(uint32(l) > uint32(r))
		case SetGeU32:
			v = truth(uint32(l) >= uint32(r))
		case Mulh:
			v, _ = bits.Mul64(l, r)
			v -= uint64(int64(l)>>63)&r + uint64(int64(r)>>63)&l
		case MulhU:
			v, _ = bits.Mul64(l, r)
		case Div, DivU, Rem, RemU, Div32, DivU32, Rem32, RemU32:
			if v, reason = divide(op.Code(), l, r); reason != 0 {
				goto trap
			}
		case SetAny:
			v = truth(l&r != 0)
		case SetNone:
			v = truth(l&r == 0)
		case SetAny32:
			v = truth(uint32(l&r) != 0)
		case SetNone32:
			v = truth(uint32(l&r) == 0)
		case BAny:
			taken = l&r != 0
			goto branch
		case BNone:
			taken = l&r == 0
			goto branch
		case BAny32:
			taken = uint32(l&r) != 0
			goto branch
		case BNone32:
			taken = uint32(l&r) == 0
			goto branch
		case BZ:
			taken = l == 0
			goto branch
		case BNZ:
			taken = l != 0
			goto branch
		case BZ32:
			taken = uint32(l) == 0
			goto branch
		case BNZ32:
			taken = uint32(l) != 0
			goto branch
		case BEq:
			taken = l == r
			goto branch
		case BNe:
			taken = l != r
			goto branch
		case BLt:
			taken = int64(l) < int64(r)
			goto branch
		case BLe:
			taken = int64(l) <= int64(r)
			goto branch
		case BGt:
			taken = int64(l) > int64(r)
			goto branch
		case BGe:
			taken = int64(l) >= int64(r)
			goto branch
		case BLtU:
			taken = l < r
			goto branch
		case BLeU:
			taken = l <= r
			goto branch
		case BGtU:
			taken = l > r
			goto branch
		case BGeU:
			taken = l >= r
			goto branch
		case BEq32:
			taken = uint32(l) == uint32(r)
			goto branch
		case BNe32:
			taken = uint32(l) != uint32(r)
			goto branch
		case BLt32:
			taken = int32(l) < int32(r)
			goto branch
		case BLe32:
			taken = int32(l) <= int32(r)
			goto branch
		case BGt32:
			taken = int32(l) > int32(r)
			goto branch
		case BGe32:
			taken = int32(l) >= int32(r)
			goto branch
		case BLtU32:
			taken = uint32(l) < uint32(r)
			goto branch
		case BLeU32:
			taken = uint32(l) <= uint32(r)
			goto branch
		case BGtU32:
			taken = uint32(l) > uint32(r)
			goto branch
		case BGeU32:
			taken = uint32(l) >= uint32(r)
			goto branch
		case Jump:
			taken = true
			goto branch
		case Switch:
			if p.BackEdge(op, pc) && !polled {
				if m.Polls--; m.Polls < 0 {
					m.PC, m.Step, m.Polls = pc, StepPolled, 0
					return ExitSafepoint
				}
			}
			polled = false
			jumps := p.Jumps(op)
			pc = int(jumps[min(l, uint64(len(jumps)-1))])
			continue
		case CallH:
			m.PC, m.Step = pc, StepCalled
			return ExitHostCall
		case Call, CallI:
			callee := FuncID(op.Target)
			if op.Code() == CallI {
				if callee, reason = m.lookup(p, l, Signature(op.Target)); reason != 0 {
					goto trap
				}
			}
			m.FP += HeaderWords + int(p.Func(m.Func).Slots)
			// The callee's header is in the caller's outgoing area, so it fits even
			// where the rest of the frame does not.
			stack[m.FP+1] = uint64(m.Func)<<32 | uint64(pc+1)
			m.Func, m.PC = callee, 0
			if exit := m.enter(p); exit != ExitReturn {
				return exit
			}
			ops, pc, base = p.Ops(m.Func), 0, m.FP+HeaderWords-FirstSlot
			continue
		case Return:
			link := stack[m.FP+1]
			if link == bottom {
				m.PC, m.Step = pc, StepOp
				return ExitReturn
			}
			m.Func, pc = FuncID(link>>32), int(uint32(link))
			m.FP -= HeaderWords + int(p.Func(m.Func).Slots)
			ops, base = p.Ops(m.Func), m.FP+HeaderWords-FirstSlot
			continue
		case Trap:
			reason = ReasonExplicit
			goto trap
		case GGet, FGGet:
			v = m.Globals[op.Target]
		case FGGet32:
			v = uint64(uint32(m.Globals[op.Target]))
		case GSet, FGSet:
			m.Globals[op.Target] = l
			pc++
			continue
		case FGSet32:
			m.Globals[op.Target] = uint64(uint32(l))
			pc++
			continue
		case MemSize:
			v = uint64(len(m.Memory))
		case Count:
			m.Counters[op.Target]++
			pc++
			continue
		case FSelNZ, FSelZ, FSelNZ32, FSelZ32:
			if (l != 0) != (op.Code() == FSelNZ || op.Code() == FSelNZ32) {
				pc++
				continue
			}
			v = r
			if op.Code() >= FSelNZ32 {
				v = uint64(uint32(r))
			}
		default:
			switch c := op.Code(); {
			case c >= SelEq && c <= SelNone32:
				if !selected(c, l, r) {
					pc++
					continue
				}
				v = m.Reg[(op.Target-FirstReg)&(NumRegs-1)]
			case c >= Load8U && c <= FStore32A32:
				if v, reason = m.access(c, l, r, op.Target); reason != 0 {
					goto trap
				}
				if c.Info().D == None {
					pc++
					continue
				}
			case c >= FBEq && c <= FBNge32:
				taken = floatHolds(int(c-FBEq), l, r)
				goto branch
			default:
				if v, reason = float(c, l, r); reason != 0 {
					goto trap
				}
			}
		}
		if op.Form>>4&1 != 0 {
			stack[base+int(op.D)] = v
		} else if op.D < FirstFReg {
			m.Reg[(op.D-FirstReg)&(NumRegs-1)] = v
		} else {
			m.FReg[(op.D-FirstFReg)&(NumFRegs-1)] = v
		}
		pc++
		continue

	trap:
		m.PC, m.Step, m.Reason = pc, StepOp, reason
		return ExitTrap

	branch:
		if int(op.Target) <= pc && !polled {
			if m.Polls--; m.Polls < 0 {
				m.PC, m.Step, m.Polls = pc, StepPolled, 0
				return ExitSafepoint
			}
		}
		polled = false
		pc++
		if taken {
			pc = int(op.Target)
		}
	}
}

// read returns the value of an operand. An absent one reads as some register.
func (m *Machine) read(p *Program, op *Op, kind int, n Number, base int) uint64 {
	switch kind {
	case FormReg:
		if n >= FirstFReg {
			return m.FReg[(n-FirstFReg)&(NumFRegs-1)]
		}
		return m.Reg[(n-FirstReg)&(NumRegs-1)]
	case FormSlot:
		return m.Stack[base+int(n)]
	case FormImm32:
		return uint64(int64(op.Imm))
	}
	return p.rare.consts[uint32(op.Imm)]
}

// lookup returns the function with an index in the table of functions, or why that
// traps.
func (m *Machine) lookup(p *Program, index uint64, sig Signature) (FuncID, Reason) {
	if index >= uint64(len(m.Table)) {
		return 0, ReasonTableIndex
	}
	id := m.Table[index]
	switch {
	case id == NoFunc:
		return 0, ReasonTableEmpty
	case p.Func(id).Sig != sig:
		return 0, ReasonSignature
	}
	return id, 0
}

// enter checks that the frame of the current function fits and passes its
// safepoint. ExitReturn says that execution goes on.
func (m *Machine) enter(p *Program) Exit {
	if m.FP+p.Func(m.Func).FrameWords() > len(m.Stack) {
		m.Step, m.Reason = StepEntry, ReasonStackOverflow
		return ExitTrap
	}
	m.Step = StepOp
	if m.Polls--; m.Polls < 0 {
		m.Polls = 0
		return ExitEntry
	}
	return ExitReturn
}

// A Site is a place in a program.
type Site struct {
	Func FuncID
	PC   int
}

// Callers returns the calls that led to the current frame, innermost first.
func (m *Machine) Callers(p *Program) iter.Seq[Site] {
	return func(yield func(Site) bool) {
		for fp := m.FP; m.Stack[fp+1] != bottom; {
			link := m.Stack[fp+1]
			s := Site{FuncID(link >> 32), int(uint32(link)) - 1}
			if !yield(s) {
				return
			}
			fp -= HeaderWords + int(p.Func(s.Func).Slots)
		}
	}
}
