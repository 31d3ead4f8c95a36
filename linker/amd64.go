package linker

import (
	"encoding/binary"
	"math"
)

// The relocations of amd64, one function each, after the formulas of the psABI: S
// is the value, A the addend, P the address of the hole; v is what they make.

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

// x86Low32: [31:0] of S + A.
func x86Low32(code *[8]byte, v int64) bool {
	binary.LittleEndian.PutUint32(code[:4], uint32(v))
	return true
}

// x86Low8: [7:0] of S + A.
func x86Low8(code *[8]byte, v int64) bool {
	code[0] = byte(v)
	return true
}

// x86PC32: word32 S + A − P.
func x86PC32(code *[8]byte, v int64) bool { return x86Abs32S(code, v) }
