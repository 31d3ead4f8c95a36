package linker

import "github.com/copyjit/copyjit/stencils"

// holds reports whether the place of a hole, at position P, says what S + A is, or
// as much of it as the kind says. It undoes what the relocations do, and shares
// nothing with them.
func holds(kind stencils.Kind, raw uint64, P, want int64) bool {
	signed := func(v uint64, bits int) int64 { return int64(v<<(64-bits)) >> (64 - bits) }
	from := func(bit int) int64 { return want >> bit }
	part := func(bit, n int) uint64 { return uint64(want) >> bit & (1<<n - 1) }

	imm16 := raw >> 5 & 0xffff   // of arm64's movz, movn and movk
	upper := raw >> 12 & 0xfffff // of riscv64's lui and auipc
	switch kind {
	case stencils.X86Abs32S:
		return signed(raw, 32) == want
	case stencils.X86Abs32, stencils.X86Abs64:
		return int64(raw) == want
	case stencils.X86Low32:
		return raw&0xffffffff == part(0, 32)
	case stencils.X86Low8:
		return raw&0xff == part(0, 8)
	case stencils.X86PC32:
		return signed(raw, 32)+P == want

	case stencils.A64MovwG0:
		return int64(imm16) == want
	case stencils.A64MovwG1:
		return int64(imm16) == from(16)
	case stencils.A64MovwG3:
		return imm16 == part(48, 16)
	case stencils.A64MovwG0NC:
		return imm16 == part(0, 16)
	case stencils.A64MovwG1NC:
		return imm16 == part(16, 16)
	case stencils.A64MovwG2NC:
		return imm16 == part(32, 16)
	case stencils.A64MovwSG1:
		if raw>>30&1 == 0 { // movn inverts
			return ^int64(imm16) == from(16)
		}
		return int64(imm16) == from(16)
	case stencils.A64PrelG0NC:
		return imm16 == uint64(want-P)&0xffff
	case stencils.A64PrelG1:
		return int64(imm16) == (want-P)>>16
	case stencils.A64Jump26:
		return 4*signed(raw, 26)+P == want

	case stencils.A64Cond19:
		return 4*signed(raw>>5, 19)+P == want
	case stencils.A64Test14:
		return 4*signed(raw>>5, 14)+P == want
	case stencils.A64Imm12:
		return int64(raw>>10&0xfff) == want
	case stencils.A64Add12, stencils.A64Sub12:
		imm, sub := int64(raw>>10&0xfff), raw>>30&1 != 0
		if sub == (kind == stencils.A64Sub12) {
			return imm == want
		}
		return imm != 0 && -imm == want
	case stencils.A64Movz16:
		if raw>>30&1 == 0 {
			return ^int64(imm16) == want
		}
		return int64(imm16) == want
	case stencils.RVBranch12:
		return 2*signed(raw>>31<<11|raw>>7&1<<10|raw>>25&0x3f<<4|raw>>8&0xf, 12)+P == want
	case stencils.RVJal20:
		return 2*signed(raw>>31<<19|raw>>12&0xff<<11|raw>>20&1<<10|raw>>21&0x3ff, 20)+P == want
	case stencils.RVImm12I:
		return signed(raw>>20, 12) == want
	case stencils.RVImm12S:
		return signed(raw>>25<<5|raw>>7&0x1f, 12) == want
	case stencils.RVHi20, stencils.RVHi20U:
		// The low half is between −2¹¹ and 2¹¹−1, and the sum wraps around at 32 bits.
		low := signed(uint64(want), 12)
		fits := want == int64(int32(want))
		if kind == stencils.RVHi20U {
			fits = want == int64(uint32(want))
		}
		return fits && uint32(upper<<12)+uint32(low) == uint32(want)
	case stencils.RVLo12I:
		return raw>>20 == part(0, 12)
	case stencils.RVCall:
		return signed(upper, 20)<<12+signed(raw>>52, 12)+P == want
	}
	return false
}
