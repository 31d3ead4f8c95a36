package linker

import (
	"math"

	"github.com/copyjit/copyjit/stencils"
)

// patchRISCV64 fills in a hole of riscv64 as patch does.
func patchRISCV64(kind stencils.Kind, code *[8]byte, v int64) bool {
	switch kind {
	case stencils.RVHi20:
		return rvHi20(code, v)
	case stencils.RVHi20U:
		return rvHi20U(code, v)
	case stencils.RVLo12I:
		return rvLo12I(code, v)
	case stencils.RVBranch12:
		return rvBranch12(code, v)
	case stencils.RVJal20:
		return rvJal20(code, v)
	case stencils.RVImm12I:
		return rvImm12I(code, v)
	case stencils.RVImm12S:
		return rvImm12S(code, v)
	case stencils.RVCall:
		return rvCall(code, v)
	}
	return false
}

// rvUpper: bits [31:12] of v + 0x800 into lui or auipc; the low half, which the
// next instruction adds, has a sign.
//
//	31                      12 11    7 6      0
//	├─ 20 bits ────────────────┼─ rd ──┼────────┤
func rvUpper(code *[8]byte, v int64) { or32(code[:], uint32(v+0x800)&^0xfff) }

// rvHi20: bits [31:12] of S + A + 0x800; S + A has 32 bits with a sign. For the
// last 2 KB of these the sum of both halves is 2³² too little, unless addiw makes
// it, which the generator sees to.
func rvHi20(code *[8]byte, v int64) bool {
	if v != int64(int32(v)) {
		return false
	}
	rvUpper(code, v)
	return true
}

// rvHi20U: the same; S + A has 32 bits without sign.
func rvHi20U(code *[8]byte, v int64) bool {
	if uint64(v) > math.MaxUint32 {
		return false
	}
	rvUpper(code, v)
	return true
}

// rvLo12I: bits [11:0] of S + A into an instruction that adds them,
//
//	31         20 19   15 14  12 11    7 6      0
//	├─ 12 bits ───┼─ rs1 ─┼──────┼─ rd ──┼────────┤
func rvLo12I(code *[8]byte, v int64) bool {
	or32(code[:], uint32(v)<<20)
	return true
}

// rvCall: S + A − P, of 32 bits with a sign, into auipc and the jalr behind it.
func rvCall(code *[8]byte, v int64) bool {
	if v < math.MinInt32-0x800 || v > math.MaxInt32-0x800 {
		return false
	}
	rvUpper(code, v)
	or32(code[4:], uint32(v)<<20)
	return true
}

// rvBranch12: bits [12:1] of S + A − P into a conditional branch,
//
//	31  30   25 24   20 19   15 14  12 11   8   7  6       0
//	├12┼─ 10:5 ─┼─ rs2 ─┼─ rs1 ─┼──────┼─ 4:1 ─┼11┼────────┤
func rvBranch12(code *[8]byte, v int64) bool {
	if v < -1<<12 || v >= 1<<12 || v&1 != 0 {
		return false
	}
	d := uint32(v)
	or32(code[:], d>>12&1<<31|d>>5&0x3f<<25|d>>1&0xf<<8|d>>11&1<<7)
	return true
}

// rvJal20: bits [20:1] of S + A − P into jal,
//
//	31  30     21  20  19      12 11    7 6      0
//	├20┼─ 10:1 ──┼11┼─ 19:12 ───┼─ rd ──┼────────┤
func rvJal20(code *[8]byte, v int64) bool {
	if v < -1<<20 || v >= 1<<20 || v&1 != 0 {
		return false
	}
	d := uint32(v)
	or32(code[:], d>>20&1<<31|d>>1&0x3ff<<21|d>>11&1<<20|d>>12&0xff<<12)
	return true
}

// rvImm12I: S + A, of 12 bits with a sign, as rvLo12I.
func rvImm12I(code *[8]byte, v int64) bool {
	return v >= -1<<11 && v < 1<<11 && rvLo12I(code, v)
}

// rvImm12S: S + A, of 12 bits with a sign, into a store,
//
//	31      25 24   20 19   15 14  12 11    7 6      0
//	├─ 11:5 ───┼─ rs2 ─┼─ rs1 ─┼──────┼─ 4:0 ─┼────────┤
func rvImm12S(code *[8]byte, v int64) bool {
	if v < -1<<11 || v >= 1<<11 {
		return false
	}
	or32(code[:], uint32(v)>>5&0x7f<<25|uint32(v)&0x1f<<7)
	return true
}
