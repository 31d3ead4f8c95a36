package stencils

// A Stencil is the machine code of one form of one operation, with holes. It is
// what an ELF section of one function is before it is linked: bytes
// (.text.NAME), relocations (Holes), and, what ELF has no word for, the places
// where a register can be chosen (Fields).
type Stencil struct {
	Hot  Part // falls through to the stencil behind it, unless it ends in a jump
	Cold Part // exits and other unlikely code, placed behind all hot parts of a function
}

// A Part is a run of machine code. Parts of different stencils may share their
// bytes.
type Part struct {
	Code   uint32 // where its bytes start in Set.Code
	Size   uint16 // how many there are
	Layout uint16 // which of Set.Layouts says what else is in it
}

// A Layout is the fields and holes of one or many parts. Their offsets count from
// a part's first byte.
type Layout struct {
	Fields    uint16 // where they start in Set.Fields
	Holes     uint16 // where they start in Set.Holes
	NumFields uint8
	NumHoles  uint8
}

// A Field is up to eight bytes of code that name registers. The numbers of the
// registers d, l, r and s (as the target encodes them) times the masks, each of
// which has a one at the lowest bit of every place where that register is
// named, are or-ed into the little-endian word at Offset. Each of a part's fields
// starts behind all places of the one before, so that whoever writes words in
// order need not read what is written.
type Field struct {
	Offset     uint16
	D, L, R, S uint64
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
// first are values that the item has, then come addresses, then what is computed of
// the first for targets that need it.
type Value uint8

// The values.
const (
	ValD      Value = iota // d, l and r: a slot's offset from the frame pointer
	ValL                   //
	ValR                   //
	ValImm                 // the immediate
	ValSite                // the function and room for an exit's code (see stencils/c/abi.h)
	ValPC                  // the pc
	ValExtra               // what the operation takes besides: a memory offset, an index
	ValExtra8              // the same times eight: the offset of the word with that index

	ValTarget // address: the start of the item that the item goes to
	ValCold   // address: the start of the stencil's own cold part
	ValHot    // address: the start of the stencil's own hot part
	ValTable  // address: the start of the item's jump table

	ValDWord   // d, l and r in words of eight bytes
	ValLWord   //
	ValRWord   //
	ValImmHigh // the immediate in two halves of 32 bits, both with a sign:
	ValImmLow  // high << 32 + low

	NumValues = iota
)

var valueNames = [NumValues]string{"d", "l", "r", "imm", "site", "pc", "extra", "extra8", "target", "cold", "hot", "table", "dword", "lword", "rword", "immhigh", "immlow"}

// String returns the value's name.
func (v Value) String() string { return name(valueNames[:], uint8(v), "Value") }

// A Kind is how a value is written into a hole: a relocation type. In the
// formulas S is the value, A the addend and P the address of the hole, as in
// the psABI documents; [a:b] are bits, the lowest one 0.
type Kind uint8

// The kinds. The relative ones come first, and the two commonest of amd64 are next
// to each other, because the linker asks. Those of movz and movk write sixteen
// bits of S + A, a number without sign, into [20:5] of the instruction. On riscv64
// an instruction adds the sign-extended low half [11:0] to the high one, so the
// latter is that of S + A + 0x800.
const (
	A64Jump26   Kind = iota // R_AARCH64_JUMP26: [27:2] of S + A − P into [25:0]
	A64Cond19               // R_AARCH64_CONDBR19: [20:2] of S + A − P into [23:5]
	A64Test14               // R_AARCH64_TSTBR14: [15:2] of S + A − P into [18:5]
	A64PrelG0NC             // R_AARCH64_MOVW_PREL_G0_NC: [15:0] of S + A − P
	A64PrelG1               // R_AARCH64_MOVW_PREL_G1: [31:16] of S + A − P, nothing above
	RVBranch12              // R_RISCV_BRANCH: [12:1] of S + A − P, in the pieces of a conditional branch
	RVJal20                 // R_RISCV_JAL: [20:1] of S + A − P, in the pieces of jal
	RVCall                  // R_RISCV_CALL_PLT: both halves of S + A − P, for auipc and the jalr or addi behind it
	X86PC32                 // R_X86_64_PC32, R_X86_64_PLT32: word32 S + A − P

	X86Abs32S // R_X86_64_32S: word32 S + A, sign-extended by the processor
	X86Abs32  // R_X86_64_32: word32 S + A, zero-extended by the processor
	X86Abs64  // R_X86_64_64: word64 S + A
	X86Low32  // R_X86_64_32: [31:0] of S + A, where the instruction takes no more of it
	X86Low8   // R_X86_64_8: [7:0] of S + A, likewise

	A64MovwG0   // R_AARCH64_MOVW_UABS_G0: [15:0], all there is
	A64MovwG0NC // R_AARCH64_MOVW_UABS_G0_NC: [15:0]
	A64MovwG1   // R_AARCH64_MOVW_UABS_G1: [31:16], nothing above
	A64MovwG1NC // R_AARCH64_MOVW_UABS_G1_NC: [31:16]
	A64MovwG2NC // R_AARCH64_MOVW_UABS_G2_NC: [47:32]
	A64MovwG3   // R_AARCH64_MOVW_UABS_G3: [63:48]
	A64MovwSG1  // R_AARCH64_MOVW_SABS_G1: [31:16], nothing but the sign above; bit 30 makes movz of movn

	RVHi20  // R_RISCV_HI20: [31:12] of S + A + 0x800 into [31:12]; S + A has 32 bits with a sign
	RVHi20U // R_RISCV_HI20: the same; S + A has 32 bits without sign
	RVLo12I // R_RISCV_LO12_I: [11:0] of S + A into [31:20]

	// Where there is no upper half, S + A must fit, with a sign on riscv64.
	A64Imm12  // [11:0] of S + A into [21:10], of a load or store that scales it
	A64Add12  // [11:0] of the size of S + A into [21:10]; bit 30 makes a subtraction of an addition
	A64Sub12  // the same where S + A is to be subtracted, as zero always is
	A64Movz16 // [15:0] of S + A into [20:5]; bit 30 makes movz of movn, which writes the bits of a negative one inverted
	RVImm12I  // [11:0] of S + A into [31:20]
	RVImm12S  // [11:0] of S + A into [31:25] and [11:7]

	NumKinds = iota
)

// Relative reports whether what is written counts from the hole.
func (k Kind) Relative() bool { return k <= X86PC32 }

// kinds says of each kind its name, how many bytes it reads and which of their
// bits, as a little-endian number, it writes.
var kinds = [NumKinds]struct {
	name  string
	width int
	bits  uint64
}{
	X86Abs32S: {"X86Abs32S", 4, 1<<32 - 1},
	X86Abs32:  {"X86Abs32", 4, 1<<32 - 1},
	X86Abs64:  {"X86Abs64", 8, 1<<64 - 1},
	X86Low32:  {"X86Low32", 4, 1<<32 - 1},
	X86Low8:   {"X86Low8", 1, 1<<8 - 1},
	X86PC32:   {"X86PC32", 4, 1<<32 - 1},

	A64MovwG0:   {"A64MovwG0", 4, 0xffff << 5},
	A64MovwG0NC: {"A64MovwG0NC", 4, 0xffff << 5},
	A64MovwG1:   {"A64MovwG1", 4, 0xffff << 5},
	A64MovwG1NC: {"A64MovwG1NC", 4, 0xffff << 5},
	A64MovwG2NC: {"A64MovwG2NC", 4, 0xffff << 5},
	A64MovwG3:   {"A64MovwG3", 4, 0xffff << 5},
	A64MovwSG1:  {"A64MovwSG1", 4, 0xffff<<5 | 1<<30},
	A64Jump26:   {"A64Jump26", 4, 1<<26 - 1},
	A64PrelG0NC: {"A64PrelG0NC", 4, 0xffff << 5},
	A64PrelG1:   {"A64PrelG1", 4, 0xffff << 5},

	RVHi20:  {"RVHi20", 4, 0xfffff << 12},
	RVHi20U: {"RVHi20U", 4, 0xfffff << 12},
	RVLo12I: {"RVLo12I", 4, 0xfff << 20},
	RVCall:  {"RVCall", 8, 0xfffff<<12 | 0xfff<<52},

	A64Cond19:  {"A64Cond19", 4, (1<<19 - 1) << 5},
	A64Test14:  {"A64Test14", 4, (1<<14 - 1) << 5},
	A64Imm12:   {"A64Imm12", 4, 0xfff << 10},
	A64Add12:   {"A64Add12", 4, 0xfff<<10 | 1<<30},
	A64Sub12:   {"A64Sub12", 4, 0xfff<<10 | 1<<30},
	A64Movz16:  {"A64Movz16", 4, 0xffff<<5 | 1<<30},
	RVBranch12: {"RVBranch12", 4, 0x7f<<25 | 0x1f<<7},
	RVJal20:    {"RVJal20", 4, 0xfffff << 12},
	RVImm12I:   {"RVImm12I", 4, 0xfff << 20},
	RVImm12S:   {"RVImm12S", 4, 0x7f<<25 | 0x1f<<7},
}

// String returns the kind's name.
func (k Kind) String() string {
	if k < NumKinds {
		return kinds[k].name
	}
	return name(nil, uint8(k), "Kind")
}

// Width returns how many bytes the place that a hole of the kind is in has, 0 if
// there is no such kind.
func (k Kind) Width() int {
	if k < NumKinds {
		return kinds[k].width
	}
	return 0
}

// Bits returns which bits of that place the hole is, the place being a
// little-endian number.
func (k Kind) Bits() uint64 {
	if k < NumKinds {
		return kinds[k].bits
	}
	return 0
}

// A Set is the stencils of one target.
type Set struct {
	Target string // as GOARCH names it

	// Code holds the bytes of all parts, fields and holes zero, then at least
	// Slack bytes, so that a part can be copied in whole chunks.
	Code     string
	Fields   []Field
	Holes    []Hole
	Layouts  []Layout
	Stencils []Stencil
	Twins    []Twin // of each stencil, or none at all

	// Index maps a form's key to a stencil's index plus one, 0 if there is none.
	Index []uint16

	// Entry opens a function: it checks that the frame, Imm bytes, fits below the
	// limit, and is a safepoint.
	Entry uint16
	// Poll is the safepoint before a back-edge.
	Poll uint16
	// Linked calls a function through the word with the index Extra of the links.
	Linked uint16
	// Unlinked is what a link leads to while its function, which is that of the site,
	// has no code.
	Unlinked uint16

	// Regs are the numbers by which Fields name the machine's registers: a x y o, then
	// fa fx fy fo as float64, then the same as float32.
	Regs []uint8
	// RegBits is how many bits a register's number has in the code.
	RegBits uint8

	// Trap is the byte that, repeated, makes instructions that trap: it lies where
	// control never comes.
	Trap uint8

	// Facts are what the templates and Go must agree on, for tests.
	Facts []Fact
}

// A Fact is a number that a C header gives.
type Fact struct {
	Name  string
	Value uint64
}

// FieldsOf returns the fields of a part.
func (s *Set) FieldsOf(p *Part) []Field {
	lay := &s.Layouts[p.Layout]
	return s.Fields[lay.Fields:][:lay.NumFields]
}

// HolesOf returns the holes of a part.
func (s *Set) HolesOf(p *Part) []Hole {
	lay := &s.Layouts[p.Layout]
	return s.Holes[lay.Holes:][:lay.NumHoles]
}

// Fact returns the value of a fact, and whether the set has it.
func (s *Set) Fact(name string) (value uint64, ok bool) {
	for _, f := range s.Facts {
		if f.Name == name {
			return f.Value, true
		}
	}
	return 0, false
}

// Slack is how many bytes a copy of a part may read or write behind its end.
const Slack = 56

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
