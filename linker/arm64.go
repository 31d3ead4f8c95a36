package linker

import (
	"math"

	"github.com/copyjit/copyjit/stencils"
)

// patchARM64 fills in a hole of arm64 as patch does.
func patchARM64(kind stencils.Kind, code *[8]byte, v int64) bool {
	switch kind {
	case stencils.A64MovwG0:
		return a64MovwG0(code, v)
	case stencils.A64MovwG0NC:
		return a64Movw(code, v)
	case stencils.A64MovwG1:
		return a64MovwG1(code, v)
	case stencils.A64MovwG1NC:
		return a64Movw(code, v>>16)
	case stencils.A64MovwG2NC:
		return a64Movw(code, v>>32)
	case stencils.A64MovwG3:
		return a64Movw(code, v>>48)
	case stencils.A64MovwSG1:
		return a64MovwSG1(code, v)
	case stencils.A64PrelG0NC:
		return a64Movw(code, v)
	case stencils.A64PrelG1:
		return a64MovwG1(code, v)
	case stencils.A64Jump26:
		return a64Jump26(code, v)
	case stencils.A64Cond19:
		return a64Cond19(code, v)
	case stencils.A64Test14:
		return a64Test14(code, v)
	case stencils.A64Imm12:
		return a64Imm12(code, v)
	case stencils.A64Add12:
		return a64Add12(code, v)
	case stencils.A64Sub12:
		return a64Sub12(code, v)
	case stencils.A64Movz16:
		return a64Movz16(code, v)
	}
	return false
}

// a64Movw: v[15:0] into movz or movk,
//
//	31         21 20               5 4     0
//	├─────────────┼─ 16 bits of v ───┼─ rd ──┤
func a64Movw(code *[8]byte, v int64) bool {
	or32(code[:], uint32(v)&0xffff<<5)
	return true
}

// a64MovwG0: S + A, of 16 bits without sign.
func a64MovwG0(code *[8]byte, v int64) bool {
	return uint64(v) <= math.MaxUint16 && a64Movw(code, v)
}

// a64MovwG1: bits [31:16] of S + A, or of S + A − P, of 32 bits without sign.
func a64MovwG1(code *[8]byte, v int64) bool {
	return uint64(v) <= math.MaxUint32 && a64Movw(code, v>>16)
}

// a64MovwSG1: bits [31:16] of S + A, of 32 bits and a sign, for what is movn in the
// template. It stays one, which writes all bits inverted, if the value is
// negative; bit 30 makes it movz otherwise.
func a64MovwSG1(code *[8]byte, v int64) bool {
	switch {
	case v < -1<<32 || v >= 1<<32:
		return false
	case v < 0:
		return a64Movw(code, ^v>>16)
	}
	or32(code[:], 1<<30)
	return a64Movw(code, v>>16)
}

// a64Jump26: bits [27:2] of S + A − P into b,
//
//	31     26 25                        0
//	├─────────┼─ distance in words ─────┤
func a64Jump26(code *[8]byte, v int64) bool {
	if v < -1<<27 || v >= 1<<27 || v&3 != 0 {
		return false
	}
	or32(code[:], uint32(v>>2)&(1<<26-1))
	return true
}

// a64Cond19: bits [20:2] of S + A − P into b.cond, cbz or cbnz,
//
//	31        24 23                    5 4    0
//	├────────────┼─ distance in words ───┼──────┤
func a64Cond19(code *[8]byte, v int64) bool {
	if v < -1<<20 || v >= 1<<20 || v&3 != 0 {
		return false
	}
	or32(code[:], uint32(v>>2)&(1<<19-1)<<5)
	return true
}

// a64Test14: bits [15:2] of S + A − P into tbz or tbnz,
//
//	31       19 18                     5 4    0
//	├───────────┼─ distance in words ────┼──────┤
func a64Test14(code *[8]byte, v int64) bool {
	if v < -1<<15 || v >= 1<<15 || v&3 != 0 {
		return false
	}
	or32(code[:], uint32(v>>2)&(1<<14-1)<<5)
	return true
}

// a64Imm12: S + A, of 12 bits without sign, into ldr or str,
//
//	31         22 21          10 9    5 4    0
//	├─────────────┼─ 12 bits ────┼─ rn ─┼─ rd ─┤
func a64Imm12(code *[8]byte, v int64) bool {
	if v < 0 || v >= 1<<12 {
		return false
	}
	or32(code[:], uint32(v)<<10)
	return true
}

// a64Add12: S + A, of 12 bits and a sign, into add; bit 30 makes it sub, of what is
// taken away, if the value is negative.
func a64Add12(code *[8]byte, v int64) bool {
	switch {
	case v <= -1<<12 || v >= 1<<12:
		return false
	case v < 0:
		or32(code[:], 1<<30)
		v = -v
	}
	return a64Imm12(code, v)
}

// a64Sub12: the same for what is to be subtracted. Zero is, because the carry of a
// comparison with it says so; of other numbers both ways give the same flags.
func a64Sub12(code *[8]byte, v int64) bool {
	switch {
	case v <= -1<<12 || v >= 1<<12:
		return false
	case v < 0:
		return a64Imm12(code, -v)
	}
	or32(code[:], 1<<30)
	return a64Imm12(code, v)
}

// a64Movz16: S + A, of 16 bits and a sign, for what is movn in the template, as in
// a64MovwSG1.
func a64Movz16(code *[8]byte, v int64) bool {
	switch {
	case v < -1<<16 || v >= 1<<16:
		return false
	case v < 0:
		return a64Movw(code, ^v)
	}
	or32(code[:], 1<<30)
	return a64Movw(code, v)
}
