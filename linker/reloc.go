package linker

import (
	"encoding/binary"
	"fmt"

	"github.com/copyjit/copyjit/stencils"
)

// patch fills in one hole with v, which is S + A or, if the kind is relative,
// S + A − P. It reports whether the value is in range; if it is not, nothing is
// written.
func patch(k stencils.Kind, code *[8]byte, v int64) bool {
	switch k {
	case stencils.X86Abs32S:
		return x86Abs32S(code, v)
	case stencils.X86PC32:
		return x86PC32(code, v)
	case stencils.X86Abs32:
		return x86Abs32(code, v)
	case stencils.X86Abs64:
		return x86Abs64(code, v)
	case stencils.X86Low32:
		return x86Low32(code, v)
	case stencils.X86Low8:
		return x86Low8(code, v)
	}
	return patchARM64(k, code, v) || patchRISCV64(k, code, v)
}

// or32 sets bits of an instruction, which are zero before.
func or32(code []byte, bits uint32) {
	binary.LittleEndian.PutUint32(code, binary.LittleEndian.Uint32(code)|bits)
}

// A HoleError says that a value does not fit in a hole.
type HoleError struct {
	Item    int  // index of the item
	Stencil int  // index of its stencil
	Cold    bool // the hole is in its cold part
	Hole    stencils.Hole
	Value   int64 // what was to be written: S + A
	Missing bool  // there is nothing to be written: no such item, or not a whole number of words
}

// Error names the hole and the value.
func (e *HoleError) Error() string {
	part := "hot"
	if e.Cold {
		part = "cold"
	}
	what := fmt.Sprintf("the value %d is out of range", e.Value)
	if e.Missing {
		what = "the item has no such value"
	}
	return fmt.Sprintf("linker: item %d, stencil %d, %s part, hole at %d (%s %s): %s",
		e.Item, e.Stencil, part, e.Hole.Offset, e.Hole.Kind, e.Hole.Value, what)
}
