package ops

import (
	"fmt"
	"strings"
)

// A Code names an operation. The zero Code is invalid.
//
// Codes are dense: the key of a stencil is computed from them.
type Code uint16

// The operations, in the order of the table.
const (
	_ Code = iota

	Mov // d = l

	Add // d = l + r mod 2⁶⁴
	Sub // d = l − r mod 2⁶⁴
	Mul // d = l × r mod 2⁶⁴

	And  // d = l and r, bit by bit
	Or   // d = l or r, bit by bit
	Xor  // d = l xor r, bit by bit
	Shl  // d = l × 2ʳ mod 2⁶⁴; counts of shifts and rotations are modulo 64
	Shr  // d = l / 2ʳ unsigned
	Sar  // d = l / 2ʳ signed, rounded down
	Rotl // d = l rotated left by r bits
	Rotr // d = l rotated right by r bits

	// The same on the lower halves of l and r, counts modulo 32; the upper half of
	// d becomes 0.
	Add32
	Sub32
	Mul32
	And32
	Or32
	Xor32
	Shl32
	Shr32
	Sar32
	Rotl32
	Rotr32

	// One operand.
	Neg       // d = −l, modulo 2⁶⁴
	Not       // d = l with all bits inverted
	Clz       // d = number of zeros above the highest one of l, 64 if l is 0
	Ctz       // d = number of zeros below the lowest one of l, 64 if l is 0
	Popcnt    // d = number of ones in l
	Bswap     // d = l with its eight bytes in opposite order
	Bswap16   // d = lowest two bytes of l in opposite order, zeros above
	Bswap32   // d = lowest four bytes of l in opposite order, zeros above
	Sext8     // d = lowest 8 bits of l as a signed number
	Sext16    // d = lowest 16 bits of l as a signed number
	Sext32    // d = lowest 32 bits of l as a signed number
	Zext8     // d = lowest 8 bits of l, zeros above
	Zext16    // d = lowest 16 bits of l, zeros above
	Zext32    // d = lowest 32 bits of l, zeros above
	Neg32     // d = −l, modulo 2³²
	Not32     // d = lower half of l with all bits inverted
	Clz32     // d = number of zeros above the highest one of the lower half of l, 32 if that is 0
	Ctz32     // d = number of zeros below the lowest one of the lower half of l, 32 if that is 0
	Popcnt32  // d = number of ones in the lower half of l
	Sext8x32  // d = lowest 8 bits of l as a signed number, modulo 2³²
	Sext16x32 // d = lowest 16 bits of l as a signed number, modulo 2³²

	// d = 1 if the condition holds of l and r, otherwise 0.
	SetEq
	SetNe
	SetLt
	SetLe
	SetGt
	SetGe
	SetLtU
	SetLeU
	SetGtU
	SetGeU

	// The same on the lower halves of l and r.
	SetEq32
	SetNe32
	SetLt32
	SetLe32
	SetGt32
	SetGe32
	SetLtU32
	SetLeU32
	SetGtU32
	SetGeU32

	// Upper halves of products, and divisions, which may trap.
	Mulh   // d = upper half of the 128 bits of l × r as signed numbers
	MulhU  // d = upper half of the 128 bits of l × r as unsigned numbers
	Div    // d = l / r as signed numbers, rounded towards 0; traps if r = 0, and if the quotient is 2⁶³
	DivU   // d = l / r as unsigned numbers, rounded down; traps if r = 0
	Rem    // d = remainder of l / r as signed numbers, with the sign of l; traps if r = 0
	RemU   // d = remainder of l / r as unsigned numbers; traps if r = 0
	Div32  // d = quotient of lower halves as signed numbers, rounded towards 0; traps if that of r is 0, and if the quotient is 2³¹
	DivU32 // d = quotient of lower halves as unsigned numbers, rounded down; traps if that of r is 0
	Rem32  // d = remainder of lower halves as signed numbers, with the sign of l; traps if that of r is 0
	RemU32 // d = remainder of lower halves as unsigned numbers; traps if that of r is 0

	BEq  // if l = r, go to label
	BNe  // if l ≠ r, go to label
	BLt  // if l < r signed, go to label
	BLe  // if l ≤ r signed, go to label
	BGt  // if l > r signed, go to label
	BGe  // if l ≥ r signed, go to label
	BLtU // if l < r unsigned, go to label
	BLeU // if l ≤ r unsigned, go to label
	BGtU // if l > r unsigned, go to label
	BGeU // if l ≥ r unsigned, go to label

	// The same on the lower halves of l and r.
	BEq32
	BNe32
	BLt32
	BLe32
	BGt32
	BGe32
	BLtU32
	BLeU32
	BGtU32
	BGeU32

	Jump   // go to label
	Call   // call function
	Return // return to the caller
	Trap   // end with TrapExplicit and a code

	NumCodes = iota // one more than the last Code
)

// Kinds is a set of operand kinds.
type Kinds uint8

// The sets that rows of the table use.
const (
	None  = Kinds(KindNone)           // the operation has no such operand
	Place = Kinds(KindReg | KindSlot) // a register or slot
	Value = Place | Kinds(KindImm)    // the same, or an immediate
)

// Has reports whether k is in the set.
func (s Kinds) Has(k Kind) bool { return s&Kinds(k) != 0 }

// An Extra says what an operation takes besides the operands d, l and r.
type Extra uint8

// What an operation may take besides d, l and r.
const (
	NoExtra       Extra = iota
	LabelExtra          // a label of the same function
	FuncExtra           // a function of the same program
	TrapCodeExtra       // an unsigned 32-bit number for the reader of the trap
)

// A Flow says where control can go after an operation.
type Flow uint8

// Where control can go.
const (
	Next   Flow = iota // the next operation only
	Branch             // the label or the next operation
	Goto               // the label only
	Invoke             // into a function, then the next operation
	Leave              // out of the function
)

// Info is a row of the operation table: everything that the manual, the text
// format, the verifier, the interpreter's dispatch and the stencil generator
// need to agree on.
type Info struct {
	Name    string // mnemonic
	D, L, R Kinds  // what each operand may be; D is written, L and R are read
	Extra   Extra
	Flow    Flow
	Doc     string // effect, as a sentence without its full stop
}

// Commonest shapes of rows.
func binary(name, doc string) Info {
	return Info{Name: name, D: Place, L: Place, R: Value, Doc: doc}
}

func unary(name, doc string) Info {
	return Info{Name: name, D: Place, L: Place, R: None, Doc: doc}
}

func branch(name, doc string) Info {
	return Info{Name: name, D: None, L: Place, R: Value, Extra: LabelExtra, Flow: Branch, Doc: doc}
}

// table is the one description of the machine's operations.
var table = [NumCodes]Info{
	Mov: {Name: "mov", D: Place, L: Value, R: None, Doc: "d = l"},

	Add: binary("add", "d = l + r, modulo 2⁶⁴"),
	Sub: binary("sub", "d = l − r, modulo 2⁶⁴"),
	Mul: binary("mul", "d = l × r, modulo 2⁶⁴"),

	And:  binary("and", "d = l and r, bit by bit"),
	Or:   binary("or", "d = l or r, bit by bit"),
	Xor:  binary("xor", "d = l exclusive or r, bit by bit"),
	Shl:  binary("shl", "d = l shifted left by r modulo 64 bits"),
	Shr:  binary("shr", "d = l shifted right by r modulo 64 bits, zeros come in"),
	Sar:  binary("sar", "d = l shifted right by r modulo 64 bits, copies of the sign come in"),
	Rotl: binary("rotl", "d = l rotated left by r modulo 64 bits"),
	Rotr: binary("rotr", "d = l rotated right by r modulo 64 bits"),

	Add32:  binary("add32", "d = l + r, modulo 2³²"),
	Sub32:  binary("sub32", "d = l − r, modulo 2³²"),
	Mul32:  binary("mul32", "d = l × r, modulo 2³²"),
	And32:  binary("and32", "d = l and r, bit by bit of the lower halves"),
	Or32:   binary("or32", "d = l or r, bit by bit of the lower halves"),
	Xor32:  binary("xor32", "d = l exclusive or r, bit by bit of the lower halves"),
	Shl32:  binary("shl32", "d = lower half of l shifted left by r modulo 32 bits"),
	Shr32:  binary("shr32", "d = lower half of l shifted right by r modulo 32 bits, zeros come in"),
	Sar32:  binary("sar32", "d = lower half of l shifted right by r modulo 32 bits, copies of its sign come in"),
	Rotl32: binary("rotl32", "d = lower half of l rotated left by r modulo 32 bits"),
	Rotr32: binary("rotr32", "d = lower half of l rotated right by r modulo 32 bits"),

	Neg:       unary("neg", "d = −l, modulo 2⁶⁴"),
	Not:       unary("not", "d = l with all bits inverted"),
	Clz:       unary("clz", "d = number of zeros above the highest one of l, 64 if l is 0"),
	Ctz:       unary("ctz", "d = number of zeros below the lowest one of l, 64 if l is 0"),
	Popcnt:    unary("popcnt", "d = number of ones in l"),
	Bswap:     unary("bswap", "d = l with its eight bytes in opposite order"),
	Bswap16:   unary("bswap16", "d = lowest two bytes of l in opposite order, zeros above"),
	Bswap32:   unary("bswap32", "d = lowest four bytes of l in opposite order, zeros above"),
	Sext8:     unary("sext8", "d = lowest 8 bits of l as a signed number"),
	Sext16:    unary("sext16", "d = lowest 16 bits of l as a signed number"),
	Sext32:    unary("sext32", "d = lowest 32 bits of l as a signed number"),
	Zext8:     unary("zext8", "d = lowest 8 bits of l, zeros above"),
	Zext16:    unary("zext16", "d = lowest 16 bits of l, zeros above"),
	Zext32:    unary("zext32", "d = lowest 32 bits of l, zeros above"),
	Neg32:     unary("neg32", "d = −l, modulo 2³²"),
	Not32:     unary("not32", "d = lower half of l with all bits inverted"),
	Clz32:     unary("clz32", "d = number of zeros above the highest one of the lower half of l, 32 if that is 0"),
	Ctz32:     unary("ctz32", "d = number of zeros below the lowest one of the lower half of l, 32 if that is 0"),
	Popcnt32:  unary("popcnt32", "d = number of ones in the lower half of l"),
	Sext8x32:  unary("sext8_32", "d = lowest 8 bits of l as a signed number, modulo 2³²"),
	Sext16x32: unary("sext16_32", "d = lowest 16 bits of l as a signed number, modulo 2³²"),

	SetEq:  binary("seteq", "d = 1 if l = r, otherwise 0"),
	SetNe:  binary("setne", "d = 1 if l ≠ r, otherwise 0"),
	SetLt:  binary("setlt", "d = 1 if l < r as signed numbers, otherwise 0"),
	SetLe:  binary("setle", "d = 1 if l ≤ r as signed numbers, otherwise 0"),
	SetGt:  binary("setgt", "d = 1 if l > r as signed numbers, otherwise 0"),
	SetGe:  binary("setge", "d = 1 if l ≥ r as signed numbers, otherwise 0"),
	SetLtU: binary("setltu", "d = 1 if l < r as unsigned numbers, otherwise 0"),
	SetLeU: binary("setleu", "d = 1 if l ≤ r as unsigned numbers, otherwise 0"),
	SetGtU: binary("setgtu", "d = 1 if l > r as unsigned numbers, otherwise 0"),
	SetGeU: binary("setgeu", "d = 1 if l ≥ r as unsigned numbers, otherwise 0"),

	SetEq32:  binary("seteq32", "d = 1 if lower half of l = that of r, otherwise 0"),
	SetNe32:  binary("setne32", "d = 1 if lower half of l ≠ that of r, otherwise 0"),
	SetLt32:  binary("setlt32", "d = 1 if lower half of l < that of r as signed numbers, otherwise 0"),
	SetLe32:  binary("setle32", "d = 1 if lower half of l ≤ that of r as signed numbers, otherwise 0"),
	SetGt32:  binary("setgt32", "d = 1 if lower half of l > that of r as signed numbers, otherwise 0"),
	SetGe32:  binary("setge32", "d = 1 if lower half of l ≥ that of r as signed numbers, otherwise 0"),
	SetLtU32: binary("setltu32", "d = 1 if lower half of l < that of r as unsigned numbers, otherwise 0"),
	SetLeU32: binary("setleu32", "d = 1 if lower half of l ≤ that of r as unsigned numbers, otherwise 0"),
	SetGtU32: binary("setgtu32", "d = 1 if lower half of l > that of r as unsigned numbers, otherwise 0"),
	SetGeU32: binary("setgeu32", "d = 1 if lower half of l ≥ that of r as unsigned numbers, otherwise 0"),

	Mulh:   binary("mulh", "d = upper half of the 128 bits of l × r as signed numbers"),
	MulhU:  binary("mulhu", "d = upper half of the 128 bits of l × r as unsigned numbers"),
	Div:    binary("div", "d = l / r as signed numbers, rounded towards 0; traps if r = 0, and if the quotient is 2⁶³"),
	DivU:   binary("divu", "d = l / r as unsigned numbers, rounded down; traps if r = 0"),
	Rem:    binary("rem", "d = remainder of l / r as signed numbers, with the sign of l; traps if r = 0"),
	RemU:   binary("remu", "d = remainder of l / r as unsigned numbers; traps if r = 0"),
	Div32:  binary("div32", "d = quotient of lower halves as signed numbers, rounded towards 0; traps if that of r is 0, and if the quotient is 2³¹"),
	DivU32: binary("divu32", "d = quotient of lower halves as unsigned numbers, rounded down; traps if that of r is 0"),
	Rem32:  binary("rem32", "d = remainder of lower halves as signed numbers, with the sign of l; traps if that of r is 0"),
	RemU32: binary("remu32", "d = remainder of lower halves as unsigned numbers; traps if that of r is 0"),

	BEq:  branch("beq", "if l = r, go to the label"),
	BNe:  branch("bne", "if l ≠ r, go to the label"),
	BLt:  branch("blt", "if l < r as signed numbers, go to the label"),
	BLe:  branch("ble", "if l ≤ r as signed numbers, go to the label"),
	BGt:  branch("bgt", "if l > r as signed numbers, go to the label"),
	BGe:  branch("bge", "if l ≥ r as signed numbers, go to the label"),
	BLtU: branch("bltu", "if l < r as unsigned numbers, go to the label"),
	BLeU: branch("bleu", "if l ≤ r as unsigned numbers, go to the label"),
	BGtU: branch("bgtu", "if l > r as unsigned numbers, go to the label"),
	BGeU: branch("bgeu", "if l ≥ r as unsigned numbers, go to the label"),

	BEq32:  branch("beq32", "if lower half of l = that of r, go to the label"),
	BNe32:  branch("bne32", "if lower half of l ≠ that of r, go to the label"),
	BLt32:  branch("blt32", "if lower half of l < that of r as signed numbers, go to the label"),
	BLe32:  branch("ble32", "if lower half of l ≤ that of r as signed numbers, go to the label"),
	BGt32:  branch("bgt32", "if lower half of l > that of r as signed numbers, go to the label"),
	BGe32:  branch("bge32", "if lower half of l ≥ that of r as signed numbers, go to the label"),
	BLtU32: branch("bltu32", "if lower half of l < that of r as unsigned numbers, go to the label"),
	BLeU32: branch("bleu32", "if lower half of l ≤ that of r as unsigned numbers, go to the label"),
	BGtU32: branch("bgtu32", "if lower half of l > that of r as unsigned numbers, go to the label"),
	BGeU32: branch("bgeu32", "if lower half of l ≥ that of r as unsigned numbers, go to the label"),

	Jump:   {Name: "jump", D: None, L: None, R: None, Extra: LabelExtra, Flow: Goto, Doc: "go to the label"},
	Call:   {Name: "call", D: None, L: None, R: None, Extra: FuncExtra, Flow: Invoke, Doc: "call the function: its arguments are in place, afterwards only its results are defined"},
	Return: {Name: "return", D: None, L: None, R: None, Flow: Leave, Doc: "return to the caller: the results are in place"},
	Trap:   {Name: "trap", D: None, L: None, R: None, Extra: TrapCodeExtra, Flow: Leave, Doc: "end the call with an explicit trap that carries the code"},
}

// A shape is what the builder and the verifier need of a row, in one word: the
// kinds of d, l and r, a byte each, and the flow.
type shape uint32

var shapes = func() (s [1 << 9]shape) {
	for c := range table {
		row := &table[c]
		s[c] = shape(row.D) | shape(row.L)<<8 | shape(row.R)<<16 | shape(row.Flow)<<24
	}
	return s
}()

func (c Code) shape() shape { return shapes[c&(1<<9-1)] }

// takes reports whether operands may be of these kinds, see the function kinds.
func (s shape) takes(kinds uint32) bool { return kinds&^uint32(s) == 0 }

func (s shape) flow() Flow { return Flow(s >> 24) }

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
	}
	return fmt.Sprintf("Extra(%d)", uint8(x))
}

// String names the kinds in the set.
func (s Kinds) String() string {
	var names []string
	for _, k := range []Kind{KindNone, KindReg, KindSlot, KindImm} {
		if s.Has(k) {
			names = append(names, k.String())
		}
	}
	return strings.Join(names, " or ")
}
