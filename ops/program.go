package ops

import "slices"

// A Form is an operation together with the kinds of its operands, 16 bits that
// select a stencil:
//
//	15            5   4   3 2   1 0
//	├─ Code ────────┼ d ┼─ l ─┼─ r ─┤
//
// d is 1 for a slot; l and r are 1 for a slot, 2 for an immediate of 32 bits
// (sign-extended), 3 for one of 64. A register, and an operand that the
// operation does not have, is 0.
type Form uint16

// Kinds of l and r within a Form.
const (
	FormReg   = 0
	FormSlot  = 1
	FormImm32 = 2
	FormImm64 = 3

	FormBits = 5 // bits below the Code
)

// Code returns the operation.
func (f Form) Code() Code { return Code(f >> FormBits) }

// Kinds returns the kinds of d, l and r as the Form codes them.
func (f Form) Kinds() (d, l, r int) { return int(f >> 4 & 1), int(f >> 2 & 3), int(f & 3) }

// An Op is one operation of a program, 16 bytes.
type Op struct {
	Form    Form
	D, L, R Number // places; meaningless where the form says immediate or the operation has none
	Imm     int32  // an immediate of 32 bits, or the index of one of 64 (see Program.Imm); of a call, how far the callee's frame is behind its own, in bytes
	Target  uint32 // what the row's Extra says: a label's pc, a function's index, a trap's code …
}

// Code returns the operation's code.
func (op *Op) Code() Code { return op.Form.Code() }

// A Pos is a position in a front end's source, of the front end's own making;
// 0 means unknown. The text format uses line numbers.
type Pos uint32

// A FuncID is the index of a function in its program.
type FuncID uint32

// HeaderWords is the size of a frame's header in words: the return address, and
// the function and pc at which an interpreted caller goes on.
const HeaderWords = 2

// Func describes a function of a program.
type Func struct {
	Name  string
	Sig   Signature
	Slots uint32 // slots of the frame, arguments and results among them
	Out   uint32 // words of the outgoing area: 0, or a header and the slots of the callee with the most

	first, end uint32 // operations
}

// FrameWords returns the size of the whole frame: header, slots, outgoing area.
func (f *Func) FrameWords() int { return int(HeaderWords + f.Slots + f.Out) }

// Len returns the number of operations.
func (f *Func) Len() int { return int(f.end - f.first) }

// A Program is a list of functions. It is verified and immutable: made by a
// Builder or by Parse only.
type Program struct {
	ops   []Op
	funcs []Func
	rare  *rare // nil if there is nothing in it, as in most small programs
}

// rare is what many programs do not have. It is apart because the size of a
// Program is a good part of what it costs to make a small one.
type rare struct {
	consts []uint64 // immediates that do not fit in 32 bits
	pos    []Pos    // per operation, or nil
	jumps  [][]uint32
	file   string
	declared
}

// clip returns the same program in memory of its own: one that a Builder is not
// used after would keep the Builder's chunks alive.
func (p *Program) clip() *Program {
	return &Program{ops: slices.Clone(p.ops), funcs: slices.Clone(p.funcs), rare: p.rare}
}

// NumFuncs returns the number of functions.
func (p *Program) NumFuncs() int { return len(p.funcs) }

// Func returns a function's description. It must not be modified.
func (p *Program) Func(id FuncID) *Func { return &p.funcs[id] }

// Lookup returns the function of that name.
func (p *Program) Lookup(name string) (FuncID, bool) {
	for i := range p.funcs {
		if p.funcs[i].Name == name {
			return FuncID(i), true
		}
	}
	return 0, false
}

// Len returns the number of operations of all functions.
func (p *Program) Len() int { return len(p.ops) }

// Ops returns the operations of a function; a pc is an index of this slice. It
// must not be modified.
func (p *Program) Ops(id FuncID) []Op {
	f := &p.funcs[id]
	return p.ops[f.first:f.end:f.end]
}

// Imm returns the value of an operation's immediate.
func (p *Program) Imm(op *Op) uint64 {
	if op.Form.Wide() {
		return p.rare.consts[uint32(op.Imm)]
	}
	return uint64(int64(op.Imm))
}

// Wide reports whether the form has an immediate of 64 bits.
func (f Form) Wide() bool { return f&(f>>1)&0b0101 != 0 } // both bits of l or of r

// Pos returns the source position of an operation, 0 if the front end gave none.
func (p *Program) Pos(id FuncID, pc int) Pos {
	if p.rare == nil || p.rare.pos == nil {
		return 0
	}
	return p.rare.pos[p.funcs[id].first:p.funcs[id].end][pc]
}

// File returns the name of the source file whose lines the positions are, "" if the
// front end gave none.
func (p *Program) File() string {
	if p.rare == nil {
		return ""
	}
	return p.rare.file
}

// BackEdge reports whether the operation at pc is a branch, jump or switch that can
// go to itself or to an operation before it. Such an operation polls before it
// does anything else, as does the entry of a function: these are the safepoints.
func (p *Program) BackEdge(op *Op, pc int) bool {
	switch op.Code().Flow() {
	case Branch, Goto:
		return int(op.Target) <= pc
	case Switches:
		return op.Imm != 0
	}
	return false
}
