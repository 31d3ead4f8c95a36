package gen

import (
	"fmt"
	"slices"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// A Target is what the generator knows of an instruction set.
type Target struct {
	Name    string   // as GOARCH names it
	Flags   []string // for clang, besides commonFlags
	Machine uint16   // e_machine of its object files

	// Registers are a x y o h0 h1 … and Floats fa fx fy fo fh0 fh1 … in this order:
	// the registers that operands can be in. Machine code names each by a number of
	// FieldBits bits; those of one bank differ in nothing else.
	Registers []decode.Reg
	Floats    []decode.Reg
	FieldBits int
	Number    func(decode.Reg) uint8
	InstAlign int // what offsets of instructions are multiples of

	// Assignments are those that templates are compiled under.
	Assignments []assignment

	Ctx, FP, Mem decode.Reg
	Scratch      decode.RegSet

	RegNames []string // by number
	// Parts are the names of a register and of its parts, with what the listing puts
	// behind an operand for each.
	Parts  func(name string) map[string]string
	Decode func(code []byte) (decode.Inst, error)

	// Relocations are the known types by their numbers.
	Relocations map[uint32]Relocation
	// FromEnd says that addresses relative to the pc count from the end of the
	// instruction, for which their relocations' addends make up.
	FromEnd bool

	Trap uint8 // see stencils.Set

	// Narrow rewrites a function into one that does the same with holes that have room
	// for small values only. It is nil if that makes nothing shorter.
	Narrow func(insts []*inst, t *Target) []*inst
	// Reads returns the integer registers that an instruction reads, or more.
	Reads func(inst []byte) []decode.Reg

	// Reaches are those that jumps out of a stencil may have, the shortest first.
	Reaches []reach
	// Jump encodes a jump, conditional if cond is not nil: then cond is such a
	// jump, whose condition is taken, inverted if that is asked for.
	Jump func(cond []byte, invert bool, r reach) (Branch, error)
	// Aim makes a jump go to the place so many bytes from its own start. It
	// reports whether the jump reaches it.
	Aim func(jump []byte, distance int) bool
	// AimPC does the same with another instruction's address relative to the pc.
	AimPC func(inst []byte, offset, distance int) bool
}

// A Relocation is a type of relocations.
type Relocation struct {
	Name string
	Kind stencils.Kind // of the holes that it makes, unless it is one of those below
	Size int           // bytes that it writes

	// Word is the kind of holes for sites and pcs, which have 32 bits without a
	// sign, where that is another one than Kind.
	Word stencils.Kind
	// Low is the kind of holes for immediates where an instruction that has this
	// relocation takes no more than their lower half, if that is another one than
	// Kind.
	Low stencils.Kind
	// Imm names the only instructions that may have a hole for an immediate, where
	// not every one of the type makes it right for all numbers.
	Imm []string

	PCRel bool // relative to its own address: for code and jump tables, never for another hole
	Half  bool // the lower half of what a PCRel in the same instruction, as decoded, says
}

// A reach says how far a jump goes.
type reach int

const (
	near   reach = iota // as far as the shortest one goes
	medium              // as far as the shortest one without a condition goes
	far                 // from everywhere to everywhere
)

// A Branch is an encoded jump, of one instruction or of several, the last of which
// goes there: its bytes, and the hole to aim it by if it may leave its stencil.
type Branch struct {
	Code   []byte
	Hole   int // offset in Code
	Kind   stencils.Kind
	Addend int32
}

// floats returns the float registers from number a up to, but without, b.
func floats(a, b decode.Reg) (regs []decode.Reg) {
	for r := a; r < b; r++ {
		regs = append(regs, decode.FirstFloat+r)
	}
	return regs
}

// targets are those that there are stencils for.
var targets = []*Target{&amd64, &arm64, &riscv64}

// Targets returns the names of all targets.
func Targets() []string {
	var names []string
	for _, t := range targets {
		names = append(names, t.Name)
	}
	return names
}

// LookupTarget returns the target of that name.
func LookupTarget(name string) (*Target, error) {
	for _, t := range targets {
		if t.Name == name {
			return t, nil
		}
	}
	return nil, fmt.Errorf("no target %q: there are %q", name, Targets())
}

// registerNames are the C names of Target.Registers. Those of Target.Floats have an f
// in front of them.
var registerNames = []string{"a", "x", "y", "o", "h0", "h1", "h2", "h3"}

// machineRegisters is how many registers of each bank the machine shows.
const machineRegisters = 4

// An assignment says which of Target.Registers the templates are compiled with as
// d, l, r and s.
type assignment [4]int

// options returns the assignment as clang options.
func (a assignment) options() []string {
	var options []string
	for role, name := range []string{roleD: "D", roleL: "L", roleR: "R", roleS: "S"} {
		r := registerNames[a[role]]
		options = append(options, "-D"+name+"="+r, "-DF"+name+"=f"+r)
	}
	return options
}

// name returns the name of a register.
func (t *Target) name(r decode.Reg) string {
	if int(r) < len(t.RegNames) {
		return t.RegNames[r]
	}
	return fmt.Sprintf("register %d", r)
}

// numbers returns how Fields name the machine's registers: the integer ones, the
// float ones as float64, the same as float32.
func (t *Target) numbers() []uint8 {
	var numbers []uint8
	for _, bank := range [][]decode.Reg{t.Registers, t.Floats, t.Floats} {
		for _, r := range bank[:machineRegisters] {
			numbers = append(numbers, t.Number(r))
		}
	}
	return numbers
}

// relocationNames lists the known relocations for messages.
func (t *Target) relocationNames() []string {
	var names []string
	for _, r := range t.Relocations {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	return names
}
