package prove

import (
	"encoding/binary"
	"math/bits"

	"github.com/copyjit/copyjit/stencils"
)

// ignoredBits says why the processor ignores a bit of an instruction, by hand from the
// manuals; "" if it does not. Neither the models nor a disassembler are asked: they may
// be what is wrong. The value is that of a hole in the instruction, 0 if there is none.
func ignoredBits(t *target, code []byte, bit int, hole stencils.Value) string {
	switch t {
	case &targetAMD64:
		return x86Ignored(code, bit)
	case &targetARM64:
		return a64Ignored(binary.LittleEndian.Uint32(code), bit, hole)
	}
	return rvIgnored(binary.LittleEndian.Uint32(code), bit)
}

// An x86Encoding is an instruction taken apart, of those that occur:
//
//	prefixes  REX  0F opcode  ModRM SIB  displacement  immediate
type x86Encoding struct {
	rex        int // where these are, −1 for none
	opcode     int // behind 0F
	modrm, sib int
	two        bool // 0F is before the opcode
	op         byte
	reg, rm    byte // of ModRM, without REX
	code       []byte
}

func x86Parse(code []byte) x86Encoding {
	e := x86Encoding{rex: -1, modrm: -1, sib: -1, code: code}
	at := 0
	for code[at] == 0x66 || code[at] == 0xf2 || code[at] == 0xf3 {
		at++
	}
	if code[at]>>4 == 4 {
		e.rex = at
		at++
	}
	if code[at] == 0x0f {
		e.two = true
		at++
	}
	e.opcode, e.op = at, code[at]
	if !e.hasModRM() || at+1 == len(code) {
		return e
	}
	e.modrm = at + 1
	m := code[e.modrm]
	e.reg, e.rm = m>>3&7, m&7
	if m>>6 != 3 && e.rm == 4 {
		e.sib = e.modrm + 1
	}
	return e
}

func (e *x86Encoding) hasModRM() bool {
	if e.two {
		return e.op>>4 != 8 && e.op < 0xc8 || e.op > 0xcf // jcc, bswap
	}
	switch {
	case e.op < 0x40:
		return e.op&4 == 0 // not with al, eax and an immediate
	case e.op == 0x63, e.op == 0x69, e.op == 0x6b, 0x80 <= e.op && e.op < 0x90, e.op == 0xc0, e.op == 0xc1, e.op == 0xc6, e.op == 0xc7,
		0xd0 <= e.op && e.op < 0xd4, e.op == 0xf6, e.op == 0xf7, e.op == 0xfe, e.op == 0xff:
		return true
	}
	return false
}

// extends reports whether the field reg of ModRM is part of the opcode.
func (e *x86Encoding) extends() bool {
	if e.two {
		return e.op == 0xba || 0x71 <= e.op && e.op <= 0x73
	}
	switch e.op {
	case 0x80, 0x81, 0x83, 0x8f, 0xc0, 0xc1, 0xc6, 0xc7, 0xd0, 0xd1, 0xd2, 0xd3, 0xf6, 0xf7, 0xfe, 0xff:
		return true
	}
	return false
}

func (e *x86Encoding) isSet() bool   { return e.two && e.op>>4 == 9 }
func (e *x86Encoding) isShift() bool { return !e.two && (e.op == 0xc0 || e.op == 0xc1) }

// rotates16 reports whether it rotates 16 bits by an immediate.
func (e *x86Encoding) rotates16() bool {
	return e.isShift() && e.op == 0xc1 && e.reg < 2 && e.code[0] == 0x66
}

// registers reports whether both operands are registers.
func (e *x86Encoding) registers() bool { return e.modrm >= 0 && e.code[e.modrm]>>6 == 3 }

// rexBit returns W R X B, by its place.
func (e *x86Encoding) rexBit(n int) byte {
	if e.rex < 0 {
		return 0
	}
	return e.code[e.rex] >> n & 1
}

// usesW reports whether REX.W chooses the operation's width.
func (e *x86Encoding) usesW() bool {
	if e.two {
		switch {
		case e.isSet(), e.op>>4 == 8:
			return false
		case e.op == 0x2a, e.op == 0x2c, e.op == 0x2d, e.op == 0x6e, e.op == 0x7e: // between integers and floats
			return true
		case e.op>>4 == 1, e.op>>4 == 2, e.op>>4 == 5, e.op>>4 == 6, e.op>>4 == 7, e.op == 0xc2, e.op == 0xc6, e.op >= 0xd0: // floats
			return false
		}
		return true
	}
	switch {
	case e.op < 0x40:
		return e.op&1 != 0 // of bytes if it is even
	case e.op == 0xff:
		return e.reg < 2 // jumps have 64 bits
	case e.op == 0x80, e.op == 0x84, e.op == 0x86, e.op == 0x88, e.op == 0x8a, e.op == 0xc0, e.op == 0xc6, e.op == 0xd0, e.op == 0xd2, e.op == 0xf6, e.op == 0xfe:
		return false
	}
	return e.op>>4 != 7 && e.op>>4 != 0xe
}

func x86Ignored(code []byte, bit int) string {
	e := x86Parse(code)
	at, k := bit/8, bit%8
	plusReg := e.modrm < 0 && (e.two && e.op >= 0xc8 || !e.two && (e.op>>4 == 0xb || e.op>>4 == 5)) // the register is in the opcode
	switch {
	case at == e.rex && k == 0 && e.modrm < 0 && !plusReg:
		return "REX.B, and no register to extend"
	case at == e.rex && k == 0 && e.modrm >= 0 && code[e.modrm]&0xc7 == 5:
		return "REX.B, and rip is the base"
	case at == e.rex && k == 1 && e.sib < 0:
		return "REX.X, and no index"
	case at == e.rex && k == 2 && (e.modrm < 0 || e.extends() || e.isSet()):
		return "REX.R, and no register in the field reg"
	case at == e.rex && k == 3 && !e.usesW():
		return "REX.W, and one width only"
	case at == e.modrm && 3 <= k && k < 6 && e.isSet():
		return "the field reg of setcc"
	case at == e.opcode && k == 1 && !e.two && (e.op < 0x40 || 0x88 <= e.op && e.op < 0x8c) && e.registers() && e.reg == e.rm && e.rexBit(2) == e.rexBit(0):
		return "the direction, from a register to itself"
	case at == e.opcode && k == 1 && e.two && (e.op == 0x57 || e.op == 0x55) && e.registers() && e.reg == e.rm && e.rexBit(2) == e.rexBit(0):
		return "xor or and-not, of a register with itself"
	case at == len(code)-1 && e.isShift() && (k >= 6 || k == 5 && e.rexBit(3) == 0):
		return "a bit above a shift's count"
	case at == len(code)-1 && k == 4 && e.rotates16():
		return "a whole turn"
	case at == e.modrm && k == 3 && e.rotates16() && code[len(code)-1]&15 == 8:
		return "half a turn, in either direction"
	case at == e.rex && k == 3 && e.two && (e.op == 0xb6 || e.op == 0xb7):
		return "REX.W of movzx, which clears all above anyway"
	case at == e.sib && k >= 6 && code[e.sib]>>3&7 == 4 && e.rexBit(1) == 0:
		return "the scale, and no index"
	}
	return ""
}

// a64Ignored is of arm64, all of whose bits count, but in which some instructions have
// another name.
func a64Ignored(w uint32, bit int, hole stencils.Value) string {
	is := func(mask, bits uint32) bool { return w&mask == bits }
	field := func(at, n int) uint32 { return w >> at & (1<<n - 1) }
	switch {
	case bit == 31 && is(0x7f800000, 0x52800000) && field(21, 2) < 2:
		return "movz of the lower half, in either width"
	case bit == 31 && (is(0x7f800000, 0x12800000) || is(0x7f800000, 0x52800000)) && unsignedHole(hole):
		return "movz or movn of a hole that has no sign, in either width"
	case bit == 31 && is(0x7fe00c00, 0x1a800400) && field(16, 5) == 31 && field(5, 5) == 31:
		return "cset in either width"
	case (bit == 22 || bit == 23) && (is(0x1f000000, 0x0a000000) || is(0x1f200000, 0x0b000000)) && field(10, 6) == 0:
		return "which way to shift by 0"
	case 10 <= bit && bit < 16 && (is(0x1f000000, 0x0a000000) || is(0x1f200000, 0x0b000000)) && field(16, 5) == 31:
		return "how far to shift zero"
	case a64Zero(w) && a64Zero(w^1<<bit) && (w^1<<bit)&31 == w&31:
		return "another way to make zero"
	case bit == 22 && is(0x1f800000, 0x11000000) && field(10, 12) == 0:
		return "whether to shift 0"
	case bit == 12 && is(0xfb200c00, 0x38200800):
		return "the scale of a byte's index, 1"
	case 16 <= bit && bit < 22 && is(0x1f800000, 0x12000000) && bit-16 >= a64Element(w):
		return "a rotation by more than the repeated element"
	case bit == 15 && is(0x3b200c00, 0x38200800) && field(13, 2) == 3:
		return "the sign of an index of 64 bits"
	case bit == 24 && is(0x3b000000, 0x39000000) && field(10, 12) == 0:
		return "whether an offset of 0 is scaled"
	case bit == 30 && is(0x1f800000, 0x13000000) && field(10, 6)+1 == field(16, 6):
		return "what comes in above, behind a shift to the very left"
	case bit == 29 && is(0x9ff8fc00, 0x0f00e400) && field(16, 3) == 7 && field(5, 5) == 31:
		return "all ones, of bytes or of more"
	case bit == 4 && is(0xff20fc07, 0x1e202000):
		return "whether a quiet NaN raises a flag that nobody reads"
	}
	return ""
}

// unsignedHole reports whether a hole's number is never negative.
func unsignedHole(v stencils.Value) bool {
	switch v {
	case stencils.ValD, stencils.ValL, stencils.ValR, stencils.ValDWord, stencils.ValLWord, stencils.ValRWord, stencils.ValExtra, stencils.ValExtra8:
		return true
	}
	return false
}

// a64Zero reports whether an instruction is and, or or xor of zero with itself.
func a64Zero(w uint32) bool {
	return w&0x1f200000 == 0x0a000000 && w>>29&3 != 3 && w>>16&31 == 31 && w>>5&31 == 31
}

// a64Element returns the binary logarithm of the size of the element that a logical
// immediate repeats.
func a64Element(w uint32) int { return bits.Len32(w>>22&1<<6|^w>>10&0x3f) - 1 }

// rvIgnored is of riscv64, whose bits count but for how to round what is exact. There
// are many ways to move a register and to make a small number, though.
func rvIgnored(w uint32, bit int) string {
	other := w ^ 1<<bit
	if from, ok := rvMove(w); ok {
		if to, ok := rvMove(other); ok && from == to {
			return "another way to move a register"
		}
	}
	if rd, v, ok := rvNumber(w); ok {
		if rd2, v2, ok := rvNumber(other); ok && rd == rd2 && v == v2 {
			return "another way to make a number"
		}
	}
	if bit == 5 && w>>20 == 0 && (w&0x5f == 0x13 || w&0x5f == 0x1b) {
		return "0 as a number or as a register"
	}
	if w&0x7f != 0x53 {
		return ""
	}
	switch f7, rs1, rs2 := w>>25, w>>15&31, w>>20&31; {
	case 12 <= bit && bit < 15 && (f7 == 0x69 && rs2 < 2 || f7 == 0x21 && rs2 == 0): // fcvt.d.w, fcvt.d.wu, fcvt.d.s
		return "how to round what is exact"
	case bit == 29 && f7&0x6e == 0x68 && rs1 == 0 && rs2 == 0 && w>>12&7 == 0: // fmv.d.x, fcvt.d.w
		return "0 as bits or as a number"
	case bit == 13 && f7>>1 == 0x28 && w>>12&5 == 0 && rs1 == rs2: // feq, fle
		return "whether a float is equal to itself, or no greater"
	}
	return ""
}

// A rvMoved says what is moved: all of rs to rd, or its lower half with the sign above.
type rvMoved struct {
	rd, rs uint32
	half   bool
}

// rvMove reports whether an instruction moves a register.
func rvMove(w uint32) (m rvMoved, ok bool) {
	f3, f7, second := w>>12&7, w>>25, w>>20&31
	m = rvMoved{rd: w >> 7 & 31, rs: w >> 15 & 31, half: w&8 != 0}
	shift := f3 == 1 || f3 == 5
	switch w & 0x7f {
	case 0x13: // addi xori ori, and shifts, by 0
		ok = second == 0 && (f7 == 0 || f7 == 0x20 && f3 == 5) && f3 != 2 && f3 != 3 && f3 != 7
	case 0x33: // add sub xor or sll srl sra, of zero
		ok = second == 0 && (f7 == 0 && f3 != 2 && f3 != 3 && f3 != 7 || f7 == 0x20 && (f3 == 0 || f3 == 5))
	case 0x1b, 0x3b: // addiw addw subw, and shifts of 32 bits
		ok = second == 0 && (f3 == 0 || shift) && (f7 == 0 || f7 == 0x20 && (f3 == 5 || f3 == 0 && w&0x20 != 0))
	}
	return m, ok && m.rs != 0
}

// rvNumber reports whether an instruction makes a number of nothing but zero and its
// immediate, and which one.
func rvNumber(w uint32) (rd uint32, v int32, ok bool) {
	f3, imm := w>>12&7, int32(w)>>20
	rd = w >> 7 & 31
	if w>>15&31 != 0 {
		return rd, 0, false
	}
	switch w & 0x7f {
	case 0x1b: // addiw, shifts of 32 bits
		if f3 == 0 {
			return rd, imm, true
		}
		return rd, 0, f3 == 1 && imm>>5 == 0 || f3 == 5 && imm>>5&^0x20 == 0
	case 0x33: // zero and zero
		return rd, 0, imm == 0
	case 0x13:
	default:
		return rd, 0, false
	}
	switch f3 {
	case 0, 4, 6: // addi xori ori
		return rd, imm, true
	case 2: // slti
		if imm > 0 {
			return rd, 1, true
		}
	case 3: // sltiu
		if imm != 0 {
			return rd, 1, true
		}
	case 1: // slli
		return rd, 0, imm>>6 == 0
	case 5: // srli srai
		return rd, 0, imm>>6&^0x10 == 0
	}
	return rd, 0, true // andi, and comparisons that do not hold
}
