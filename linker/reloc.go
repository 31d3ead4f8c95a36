package linker

import (
	"encoding/binary"
	"fmt"
	"math"

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
	}
	return false
}

// The relocations, one function each, after the formulas of the psABI: S is the
// value, A the addend, P the address of the hole.

// x86Abs32S: word32 S + A, which the processor sign-extends.
func x86Abs32S(code *[8]byte, v int64) bool {
	if v != int64(int32(v)) {
		return false
	}
	binary.LittleEndian.PutUint32(code[:4], uint32(v))
	return true
}

// x86Abs32: word32 S + A, which the processor zero-extends.
func x86Abs32(code *[8]byte, v int64) bool {
	if uint64(v) > math.MaxUint32 {
		return false
	}
	binary.LittleEndian.PutUint32(code[:4], uint32(v))
	return true
}

// x86Abs64: word64 S + A.
func x86Abs64(code *[8]byte, v int64) bool {
	binary.LittleEndian.PutUint64(code[:], uint64(v))
	return true
}

// x86PC32: word32 S + A − P.
func x86PC32(code *[8]byte, v int64) bool { return x86Abs32S(code, v) }

// A HoleError says that a value does not fit in a hole.
type HoleError struct {
	Item    int  // index of the item
	Stencil int  // index of its stencil
	Cold    bool // the hole is in its cold part
	Hole    stencils.Hole
	Value   int64 // what was to be written: S + A
}

// Error names the hole and the value.
func (e *HoleError) Error() string {
	part := "hot"
	if e.Cold {
		part = "cold"
	}
	return fmt.Sprintf("linker: item %d, stencil %d, %s part, hole at %d (%s %s): the value %d is out of range",
		e.Item, e.Stencil, part, e.Hole.Offset, e.Hole.Kind, e.Hole.Value, e.Value)
}
