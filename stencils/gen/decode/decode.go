// Package decode reads machine code for the stencil generator. Each target has a
// file with one function that decodes one instruction into the same Inst, so
// that whoever rewrites and checks code needs to know no target.
//
// Instructions are decoded only if it is known what they change: everything else
// is an error, and an error in generating is better than a wrong stencil.
package decode

import "fmt"

// A Reg is a register, as the target's manual numbers them. Float registers count
// from FirstFloat on.
type Reg uint8

// FirstFloat is the number of the first float register.
const FirstFloat = 32

// names returns the names of all registers: those of the integer ones, which may be
// fewer than FirstFloat, then n float registers with a common prefix.
func names(ints []string, prefix string, n int) []string {
	all := make([]string, FirstFloat, FirstFloat+n)
	copy(all, ints)
	for i := range n {
		all = append(all, fmt.Sprint(prefix, i))
	}
	return all
}

// A RegSet is a set of registers, one bit each.
type RegSet uint64

// Set returns the set of the registers.
func Set(regs ...Reg) RegSet {
	var s RegSet
	for _, r := range regs {
		s |= 1 << r
	}
	return s
}

// Has reports whether r is in the set.
func (s RegSet) Has(r Reg) bool { return s>>r&1 != 0 }

// First returns the register with the lowest number; the set must not be empty.
func (s RegSet) First() Reg {
	r := Reg(0)
	for !s.Has(r) {
		r++
	}
	return r
}

// A Flow says where control goes behind an instruction.
type Flow uint8

// The flows.
const (
	Next     Flow = iota // to the next instruction
	Jump                 // to the place that Target says
	Cond                 // to the place that Target says or to the next instruction
	Indirect             // to an address in a register or in memory
)

// An Inst is a decoded instruction.
type Inst struct {
	Len  int
	Text string // in the manual's syntax

	// Shape is the instruction without its registers: two instructions with equal
	// Shape differ in nothing but in the registers that Regs lists.
	Shape string
	Regs  []Reg // the registers that the instruction names, in the order of Shape

	Writes RegSet // registers that it changes, those that it does not name included
	Copy   bool   // all it does is to copy the register Regs[1] to Regs[0]
	Stack  bool   // it uses the hardware stack

	Flow   Flow
	Target int // Jump, Cond: distance from the instruction's start

	// PCRel is the offset of an address relative to the pc, −1 if it has none.
	PCRel int
	// Base is the register of the memory operand of an Indirect, or of an instruction
	// that only loads an address, if Memory says that it has one; Disp is the
	// operand's displacement. Via is the register that an Indirect without one goes
	// through.
	Memory bool
	Base   Reg
	Disp   int64
	Via    Reg
}
