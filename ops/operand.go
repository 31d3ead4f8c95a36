package ops

import (
	"fmt"
	"math"
)

// A Kind is the kind of an operand.
type Kind uint8

// The kinds of operand. They are bits, so that a set of kinds is a mask; the two
// low bits are what a Form says of a kind.
const (
	KindNone Kind = 8  // absent
	KindReg  Kind = 4  // a register
	KindSlot Kind = 1  // a slot of the frame
	KindImm  Kind = 2  // an immediate
	KindFReg Kind = 16 // a float register
)

// String returns a noun for the kind.
func (k Kind) String() string {
	switch k {
	case KindNone:
		return "nothing"
	case KindReg:
		return "register"
	case KindSlot:
		return "slot"
	case KindImm:
		return "immediate"
	case KindFReg:
		return "float register"
	}
	return fmt.Sprintf("Kind(%d)", uint8(k))
}

// A Number identifies a place that an operation names: registers first, then
// two numbers that the verifier needs, then the words of the frame. One number
// space makes "do these operands coincide" one comparison and "is this place
// written" one bit.
//
//	0         no place (an absent operand, an immediate): always readable
//	1 … 4     a x y o
//	5 … 8     fa fx fy fo as float64
//	9 … 12    fa fx fy fo as float32
//	13 … 14   none
//	15        the verifier's mark for "not reached yet"
//	16 + n    slot n; behind the last slot the outgoing area
type Number = uint16

// Numbers with a meaning of their own.
const (
	NumRegs     = 4  // integer registers
	NumFRegs    = 4  // float registers
	FirstReg    = 1  // the number of register a
	FirstFReg   = 5  // the number of register fa as float64
	FirstFReg32 = 9  // the number of register fa as float32
	FirstSlot   = 16 // the number of slot 0
	noPlace     = 0  // absent operands and immediates
	notReached  = 15 // verifier: set in the state of a place that nothing has reached
	// noRegister is that of a register that does not exist. What the builder makes of
	// it for a float32 fits too and is greater.
	noRegister = 1<<16 - 1 - (FirstFReg32 - FirstFReg)
)

// MaxFrame is the largest frame in words: header, slots and outgoing area.
const MaxFrame = 1 << 15

// An Operand is what an operation reads or writes: a register, a slot or an
// immediate. The zero Operand is an absent one.
type Operand struct {
	imm uint64
	ref uint32 // (kind ^ KindNone)<<16 | number, so that the zero Operand is absent
}

const (
	refReg  = uint32(KindReg^KindNone) << 16
	refFReg = uint32(KindFReg^KindNone) << 16
	refSlot = uint32(KindSlot^KindNone) << 16
	refImm  = uint32(KindImm^KindNone) << 16
)

// The integer registers. By convention a accumulates and o holds offsets;
// every operation takes any of them anywhere.
var (
	A = Reg(0)
	X = Reg(1)
	Y = Reg(2)
	O = Reg(3)
)

// Reg returns register n; 0 to 3 are a, x, y and o. Others are rejected by the
// verifier.
func Reg(n int) Operand {
	if uint(n) >= NumRegs {
		return Operand{ref: refReg | noRegister}
	}
	return Operand{ref: refReg | uint32(FirstReg+n)}
}

// The float registers.
var (
	FA = FReg(0)
	FX = FReg(1)
	FY = FReg(2)
	FO = FReg(3)
)

// FReg returns float register n; 0 to 3 are fa, fx, fy and fo. Whether it holds
// a float64 or a float32 is up to the operation. Others are rejected by the verifier.
func FReg(n int) Operand {
	if uint(n) >= NumFRegs {
		return Operand{ref: refFReg | noRegister}
	}
	return Operand{ref: refFReg | uint32(FirstFReg+n)}
}

// F64 returns an immediate for operations on float64.
func F64(v float64) Operand { return Uimm(math.Float64bits(v)) }

// F32 returns an immediate for operations on float32: its 32 bits. Above them an
// immediate may have zeros or copies of the highest.
func F32(v float32) Operand { return Imm(int64(int32(math.Float32bits(v)))) }

// Slot returns slot n of the current frame. An index outside the frame is
// rejected by the verifier.
func Slot(n int) Operand {
	if uint(n) > MaxFrame {
		n = MaxFrame // no slot: must not wrap to a valid index
	}
	return Operand{ref: refSlot | uint32(FirstSlot+n)}
}

// Imm returns an immediate of 64 bits, given as a signed number.
func Imm(v int64) Operand { return Operand{imm: uint64(v), ref: refImm} }

// Uimm returns an immediate of 64 bits, given as an unsigned number.
func Uimm(v uint64) Operand { return Operand{imm: v, ref: refImm} }

// Kind returns the operand's kind.
func (o Operand) Kind() Kind { return Kind(o.ref>>16) ^ KindNone }

// kinds returns the kinds of d, l and r, a byte each from the lowest.
func kinds(d, l, r Operand) uint32 {
	const none = uint32(KindNone)
	return (d.ref>>16 | l.ref>>8&0x1f00 | r.ref&0x1f0000) ^ (none | none<<8 | none<<16)
}

// Number returns the number of the register or slot, 0 otherwise.
func (o Operand) Number() Number { return Number(o.ref) }

// Uint64 returns the value of an immediate, 0 otherwise.
func (o Operand) Uint64() uint64 { return o.imm }

// regNames are those of the first Numbers.
var regNames = [FirstFReg32 + NumFRegs]string{FirstReg: "a", "x", "y", "o", "fa", "fx", "fy", "fo", "fa", "fx", "fy", "fo"}

// String returns the operand as the text format writes it. A slot of the
// outgoing area, whose name depends on the frame, is written as the word of
// the frame that it is.
func (o Operand) String() string {
	switch n := int(o.Number()); o.Kind() {
	case KindNone:
		return "nothing"
	case KindReg, KindFReg:
		if n < len(regNames) {
			return regNames[n]
		}
		return "no register"
	case KindSlot:
		return fmt.Sprintf("[%d]", n-FirstSlot)
	case KindImm:
		return fmt.Sprint(int64(o.imm))
	}
	return fmt.Sprintf("Operand(%#x)", o.ref)
}
