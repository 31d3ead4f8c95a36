package ops

import (
	"fmt"
	"strings"
)

// A Code names an operation. The zero Code is invalid.
//
// Codes are dense: the key of a stencil is computed from them.
type Code uint16

// Kinds is a set of operand kinds.
type Kinds uint8

// The sets that rows of the table use.
const (
	None  = Kinds(KindNone)           // the operation has no such operand
	Place = Kinds(KindReg | KindSlot) // a register or slot
	Value = Place | Kinds(KindImm)    // the same, or an immediate

	FPlace = Kinds(KindFReg | KindSlot) // a float register or slot
	FValue = FPlace | Kinds(KindImm)    // the same, or an immediate, whose bits are those of the float
)

// Has reports whether k is in the set.
func (s Kinds) Has(k Kind) bool { return s&Kinds(k) != 0 }

// An Extra says what an operation takes besides the operands d, l and r.
type Extra uint8

// What an operation may take besides d, l and r.
const (
	NoExtra        Extra = iota
	LabelExtra           // a label of the same function
	FuncExtra            // a function of the same program
	TrapCodeExtra        // an unsigned 32-bit number for the reader of the trap
	RegExtra             // an integer register s, read: its Number
	OffsetExtra          // an unsigned 32-bit offset in bytes, added to the address l
	GlobalExtra          // a global of the instance: its index
	CounterExtra         // a counter of the profile: its index
	TableExtra           // a jump table of the same program: its index
	SignatureExtra       // a Signature
	HostExtra            // a function of the host that the program imports: its index
)

// A Flow says where control can go after an operation.
type Flow uint8

// Where control can go.
const (
	Next     Flow = iota // the next operation only
	Branch               // the label or the next operation
	Goto                 // the label only
	Invoke               // into a function, then the next operation
	Leave                // out of the function
	Switches             // a label of a jump table only
)

// Info is a row of the operation table: everything that the manual, the text
// format, the verifier, the interpreter's dispatch and the stencil generator
// need to agree on.
type Info struct {
	Name    string // mnemonic
	D, L, R Kinds  // what each operand may be; D is written, L and R are read
	Extra   Extra
	Flow    Flow
	InOut   bool     // d is read too, and may stay as it is
	Single  Operands // operands that are float32 where they are floats
	Traps   Reasons  // why it may trap
	Doc     string   // effect, as a sentence without its full stop
}

// Operands is a set of the operands d, l and r.
type Operands uint8

// The operands.
const (
	OperandD Operands = 1 << iota
	OperandL
	OperandR
)

// Reasons is a set of reasons for a trap: bit n is the Reason n.
type Reasons uint16

// Has reports whether r is in the set.
func (s Reasons) Has(r Reason) bool { return s>>r&1 != 0 }

// A shape is what the builder and the verifier need of a row, in one word: the
// kinds of d, l and r, a byte each, and the flow. Bits of a byte that kinds do not
// use say more.
type shape uint32

const (
	shapeSingle = 1 << 5 // of d, l or r: it is a float32 where it is a float
	shapeInOut  = 1 << 6 // of d: it is read too
)

var shapes = func() (s [1 << 9]shape) {
	for c := range table {
		row := &table[c]
		s[c] = shape(row.D) | shape(row.L)<<8 | shape(row.R)<<16 | shape(row.Flow)<<24
		for i := range 3 {
			if row.Single>>i&1 != 0 {
				s[c] |= shapeSingle << (8 * i)
			}
		}
		if row.InOut {
			s[c] |= shapeInOut
		}
	}
	return s
}()

func (c Code) shape() shape { return shapes[c&(1<<9-1)] }

// takes reports whether operands may be of these kinds, see the function kinds.
func (s shape) takes(kinds uint32) bool { return kinds&^uint32(s) == 0 }

func (s shape) flow() Flow { return Flow(s >> 24) }

// numbers returns the Numbers of operands: those of float registers, which an
// Operand has as float64, are others as float32.
func (s shape) numbers(d, l, r Operand) (dn, ln, rn Number) {
	const freg = 20 // the bit of a reference that says KindFReg
	return Number(d.ref + d.ref>>freg&uint32(s>>5)&1*(FirstFReg32-FirstFReg)),
		Number(l.ref + l.ref>>freg&uint32(s>>13)&1*(FirstFReg32-FirstFReg)),
		Number(r.ref + r.ref>>freg&uint32(s>>21)&1*(FirstFReg32-FirstFReg))
}

// Info returns the operation's row of the table.
func (c Code) Info() *Info {
	if int(c) >= len(table) {
		return &table[0]
	}
	return &table[c]
}

// Flow returns where control can go after the operation.
func (c Code) Flow() Flow { return c.shape().flow() }

// Valid reports whether c names an operation.
func (c Code) Valid() bool { return c.Info().Name != "" }

// String returns the mnemonic.
func (c Code) String() string {
	if name := c.Info().Name; name != "" {
		return name
	}
	return fmt.Sprintf("Code(%d)", uint16(c))
}

// Codes returns every operation, in the order of the table.
func Codes() []Code {
	codes := make([]Code, 0, NumCodes)
	for c := Code(1); c < NumCodes; c++ {
		codes = append(codes, c)
	}
	return codes
}

// String names what an operation takes.
func (x Extra) String() string {
	switch x {
	case NoExtra:
		return "nothing more"
	case LabelExtra:
		return "a label"
	case FuncExtra:
		return "a function"
	case TrapCodeExtra:
		return "a trap code"
	case RegExtra:
		return "a register to select"
	case OffsetExtra:
		return "an offset"
	case GlobalExtra:
		return "a global"
	case CounterExtra:
		return "a counter"
	case TableExtra:
		return "a jump table"
	case SignatureExtra:
		return "a signature"
	case HostExtra:
		return "a host function"
	}
	return fmt.Sprintf("Extra(%d)", uint8(x))
}

// String names the kinds in the set.
func (s Kinds) String() string {
	var names []string
	for _, k := range []Kind{KindNone, KindReg, KindFReg, KindSlot, KindImm} {
		if s.Has(k) {
			names = append(names, k.String())
		}
	}
	return strings.Join(names, " or ")
}
