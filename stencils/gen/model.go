package gen

import (
	"fmt"
	"strings"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// An Error says what is wrong with a template.
type Error struct {
	File   string // template file
	Func   string // C function, "" if none is concerned
	Offset int    // in the function's code, −1 if no place is concerned
	Msg    string
}

// Error returns the place and what is wrong with it on one line.
func (e *Error) Error() string {
	switch {
	case e.Func == "":
		return e.File + ": " + e.Msg
	case e.Offset < 0:
		return fmt.Sprintf("%s: %s: %s", e.File, e.Func, e.Msg)
	}
	return fmt.Sprintf("%s: %s+%#x: %s", e.File, e.Func, e.Offset, e.Msg)
}

// An object is what elf.go reads from an object file.
type object struct {
	file  string
	funcs []*function
	facts []stencils.Fact
}

// A function is a C function as it is in an object file.
type function struct {
	file, name string
	code       []byte
	relocs     []reloc
}

func (f *function) errorf(offset int, format string, args ...any) error {
	return &Error{File: f.file, Func: f.name, Offset: offset, Msg: fmt.Sprintf(format, args...)}
}

// A reloc is a relocation of a function's code. That of a lower half, whose symbol
// is where the upper half is, has no symbol and that offset as its addend.
type reloc struct {
	offset int
	typ    uint32
	symbol string
	addend int64
}

// An inst is an instruction on its way from a template to a stencil.
type inst struct {
	decode.Inst
	fn     *function
	offset int // in fn
	code   []byte
	holes  []stencils.Hole // offsets count from the instruction
	// dest is where a jump goes, or what an address relative to the pc refers to.
	dest dest
}

// errorf returns an error at the instruction.
func (i *inst) errorf(format string, args ...any) error {
	return i.fn.errorf(i.offset, i.Text+": "+format, args...)
}

// A dest is where control can go: a block, by its index, or one of the places
// below.
type dest int

const (
	nowhere  dest = -1 - iota // control does not come here
	toCont                    // the stencil placed behind
	toTarget                  // the item that the operation goes to
	toTable                   // the jump table of the item, which is data
	here                      // the very instruction
	inside                    // before blocks are made: the offset that Inst.Target says
)

// A line is an instruction of a part: what it is and how many bytes it has, for
// fields.go and for the listing.
type line struct {
	at, size int
	text     string
	fn       *function
	offset   int // in fn
}

// A part is machine code in its final form, but for registers and holes.
type part struct {
	code   []byte
	lines  []line
	holes  []stencils.Hole
	fields []stencils.Field
}

// A stencil is a template after all that Generate does to it.
type stencil struct {
	form       *form // nil for those of no operation, see specials
	names      []string
	file       string
	assignment assignment
	hot, cold  part
	wide, far  *stencil // twins for what does not fit: see stencils.Twin
}

// values are the symbols that stand for holes.
var values = map[string]stencils.Value{
	"HOLE_D":        stencils.ValD,
	"HOLE_L":        stencils.ValL,
	"HOLE_R":        stencils.ValR,
	"WORD_D":        stencils.ValDWord,
	"WORD_L":        stencils.ValLWord,
	"WORD_R":        stencils.ValRWord,
	"HOLE_IMM":      stencils.ValImm,
	"HOLE_EXTRA":    stencils.ValExtra,
	"HOLE_EXTRA8":   stencils.ValExtra8,
	"HOLE_IMM_HIGH": stencils.ValImmHigh,
	"HOLE_IMM_LOW":  stencils.ValImmLow,
	"HOLE_SITE":     stencils.ValSite,
	"HOLE_PC":       stencils.ValPC,
}

// places are the symbols that stand for code, and for what lies beside it.
var places = map[string]dest{
	"CONT":   toCont,
	"TARGET": toTarget,
	"HERE":   here,

	"HOLE_TABLE": toTable,
}

func (d dest) String() string {
	switch d {
	case nowhere:
		return "nowhere"
	case toCont:
		return "the continuation"
	case toTarget:
		return "the target"
	case toTable:
		return "the jump table"
	case here:
		return "itself"
	}
	return fmt.Sprintf("block %d", int(d))
}

// mnemonic returns the first word of an instruction.
func mnemonic(text string) string {
	word, _, _ := strings.Cut(text, " ")
	return word
}

// withoutTarget returns the text of a jump without its last operand, which says
// where it goes.
func withoutTarget(text string) string {
	return text[:max(0, strings.LastIndexAny(text, " ,"))+1]
}
