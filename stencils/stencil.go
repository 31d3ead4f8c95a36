package stencils

// A Stencil is the machine code of one form of one operation, with holes. It is
// what an ELF section of one function is before it is linked: bytes
// (.text.NAME), relocations (Holes), and, what ELF has no word for, the places
// where a register can be chosen (Fields).
type Stencil struct {
	Hot  Part // falls through to the stencil behind it, unless it ends in a jump
	Cold Part // exits and other unlikely code, placed behind all hot parts of a function
}

// A Part is a run of machine code. Offsets of its fields and holes count from
// its first byte.
type Part struct {
	Code      uint32 // where its bytes start in Set.Code
	Size      uint16 // how many there are
	NumFields uint8
	NumHoles  uint8
	Fields    uint16 // where its fields start in Set.Fields
	Holes     uint16 // where its holes start in Set.Holes
}

// A Field is up to eight bytes of code that name registers. The numbers of the
// registers d, l and r (as the target encodes them) times the masks, each of
// which has a one at the lowest bit of every place where that register is
// named, are or-ed into the little-endian word at Offset.
type Field struct {
	Offset  uint16
	D, L, R uint64
}

// A Hole is a place whose bytes are known only when a program is compiled; its
// ELF analogue is a relocation (Elf64_Rela).
type Hole struct {
	Offset uint16 // r_offset: the first byte to patch
	Kind   Kind   // the type in r_info: how the value is written
	Value  Value  // the symbol in r_info: what is written
	Addend int32  // r_addend
}

// A Value is what a hole takes, out of what the linker knows of an item. The
// first are values that the item has, the others addresses.
type Value uint8

// The values.
const (
	ValD    Value = iota // d, l and r: a slot's offset from the frame pointer
	ValL                 //
	ValR                 //
	ValImm               // the immediate
	ValSite              // the function and room for an exit's code (see stencils/c/abi.h)
	ValPC                // the pc

	ValTarget // address: the start of the item that the item goes to
	ValHot    // address: the start of the stencil's own hot part
	ValCold   // address: the start of the stencil's own cold part

	NumItemValues = ValPC + 1
	NumValues     = iota
)

var valueNames = [NumValues]string{"d", "l", "r", "imm", "site", "pc", "target", "hot", "cold"}

// String returns the value's name.
func (v Value) String() string { return name(valueNames[:], uint8(v), "Value") }

// A Kind is how a value is written into a hole: a relocation type. In the
// formulas S is the value, A the addend and P the address of the hole, as in
// the psABI documents.
type Kind uint8

// The kinds.
const (
	X86Abs32S Kind = iota // R_X86_64_32S: word32 S + A, sign-extended by the processor
	X86Abs32              // R_X86_64_32: word32 S + A, zero-extended by the processor
	X86Abs64              // R_X86_64_64: word64 S + A
	X86PC32               // R_X86_64_PC32, R_X86_64_PLT32: word32 S + A − P
	NumKinds  = iota
)

var kindNames = [NumKinds]string{"X86Abs32S", "X86Abs32", "X86Abs64", "X86PC32"}

// String returns the kind's name.
func (k Kind) String() string { return name(kindNames[:], uint8(k), "Kind") }

// A Set is the stencils of one target.
type Set struct {
	Target string // as GOARCH names it

	// Code holds the bytes of all parts, fields and holes zero, then at least
	// Slack bytes, so that a part can be copied in whole chunks.
	Code     []byte
	Fields   []Field
	Holes    []Hole
	Stencils []Stencil

	// Index maps a form's key to a stencil's index plus one, 0 if there is none.
	Index []uint16

	// Entry opens a function: it checks that the frame, Imm bytes, fits below the
	// limit, and is a safepoint.
	Entry uint16
	// Poll is the safepoint before a back-edge.
	Poll uint16

	// Regs are the numbers by which Fields name the machine's registers.
	Regs []uint8
	// RegBits is how many bits a register's number has in the code.
	RegBits uint8
}

// Slack is how many bytes a copy of a part may read or write behind its end.
const Slack = 16

// Bits of a key: the low bits say which operands coincide, the next the kinds
// of the operands as in ops.Form, the rest are the operation.
const (
	SameDL = 1 << 0 // d and l are the same place
	SameDR = 1 << 1 // d and r are the same place
	SameLR = 1 << 2 // l and r are the same place

	CoincidenceBits = 3
	KeyBits         = CoincidenceBits + 5 // all bits below the operation
)

func name(names []string, i uint8, typ string) string {
	if int(i) < len(names) {
		return names[i]
	}
	return typ + "(" + string('0'+rune(i/100)) + string('0'+rune(i/10%10)) + string('0'+rune(i%10)) + ")"
}
