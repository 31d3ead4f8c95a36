package gen

import (
	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// riscv64Reads returns the registers that an instruction reads, integer ones only.
func riscv64Reads(code []byte) []decode.Reg {
	w := le32(code)
	rs1, rs2 := decode.Reg(w>>15&31), decode.Reg(w>>20&31)
	switch w & 0x7f {
	case 0x37, 0x17, 0x6f: // lui, auipc, jal
		return nil
	case 0x13, 0x1b, 0x03, 0x07, 0x67: // immediate operand, load, jalr
		return []decode.Reg{rs1}
	}
	return []decode.Reg{rs1, rs2} // or more than it does
}

// riscv64Narrow makes of
//
//	lui t, hi; addi t, t, lo               addi t, zero, imm
//	addi t, zero, extra; slli t; srli t    addi t, zero, extra
//	addi t, zero, imm; add d, l, t         addi d, l, imm (and others)
//	addi t, fp, imm; ld d, 0(t)            ld d, imm(fp)  (stores too)
func riscv64Narrow(insts []*inst, t *Target) []*inst {
	e := newEditor(insts, t)
	for _, i := range insts {
		for _, h := range i.holes {
			e.halves = e.halves || h.Value == stencils.ValImmHigh
		}
	}
	for n := 0; n+1 < len(e.insts); n++ {
		e.rvJoin(n)
	}
	for n := 0; n < len(e.insts); n++ {
		e.rvUnsigned(n)
	}
	for n := 0; n < len(e.insts); {
		if !e.rvFold(n) && !e.rvAddress(n) {
			n++
		}
	}
	return e.insts
}

// rvJoin makes one instruction of the two that make a number.
func (e *editor) rvJoin(n int) {
	lui, hi, ok1 := e.word(n)
	add, lo, ok2 := e.word(n + 1)
	rd := lui >> 7 & 31
	switch {
	case !ok1 || !ok2 || lui&0x7f != 0x37 || (hi.Kind != stencils.RVHi20 && hi.Kind != stencils.RVHi20U) || lo.Kind != stencils.RVLo12I:
	case add&0x7077 != 0x13 || add>>7&31 != rd || add>>15&31 != rd: // addi or addiw
	case e.halves && hi.Value == stencils.ValImmLow:
	case hi.Value != lo.Value || hi.Addend != lo.Addend || !narrowable(hi.Value) || !e.straight(n+1, n+2):
	default:
		if e.put(n, 0x13|rd<<7, stencils.RVImm12I, hi.Value, hi.Addend) {
			e.drop(n + 1)
		}
	}
}

// rvUnsigned drops what makes a number of 32 bits one without a sign, if it has none:
// what an operation takes besides is never negative.
func (e *editor) rvUnsigned(n int) {
	const slli, srli = 0x02001013, 0x02005013 // by 32
	r, hole, ok := e.rvNumber(n)
	if !ok || hole.Value != stencils.ValExtra || hole.Addend != 0 {
		return
	}
	shifts := []int{n}
	for _, shift := range []uint32{slli, srli} {
		uses, ok := e.uses(shifts[len(shifts)-1], decode.Reg(r))
		if !ok || len(uses) != 1 {
			return
		}
		if w, _, ok := e.word(uses[0]); !ok || w != shift|r<<7|r<<15 {
			return
		}
		shifts = append(shifts, uses[0])
	}
	if e.straight(n+1, shifts[2]+1) {
		e.drop(shifts[2])
		e.drop(shifts[1])
	}
}

// rvImmediates are the instructions that take an immediate in the place of their
// second register: opcode and function.
var rvImmediates = map[uint32]uint32{
	0x00000033: 0x00000013, // add: addi
	0x00002033: 0x00002013, // slt: slti
	0x00003033: 0x00003013, // sltu: sltiu
	0x00004033: 0x00004013, // xor: xori
	0x00006033: 0x00006013, // or: ori
	0x00007033: 0x00007013, // and: andi
	0x0000003b: 0x0000001b, // addw: addiw
}

// rvNumber returns the register that an instruction puts a narrow number in.
func (e *editor) rvNumber(n int) (r uint32, hole stencils.Hole, ok bool) {
	w, hole, ok := e.word(n)
	return w >> 7 & 31, hole, ok && hole.Kind == stencils.RVImm12I && w&0xff07f == 0x13
}

// rvFold puts a number into the only instruction that takes it.
func (e *editor) rvFold(n int) bool {
	r, hole, ok := e.rvNumber(n)
	if !ok {
		return false
	}
	uses, ok := e.uses(n, decode.Reg(r))
	if !ok || len(uses) != 1 || !e.straight(n+1, uses[0]+1) {
		return false
	}
	w, other, ok := e.word(uses[0])
	if !ok || other != (stencils.Hole{}) {
		return false
	}
	rd, rs1, rs2 := w>>7&31, w>>15&31, w>>20&31
	imm, ok := rvImmediates[w&0xfe00707f]
	commutes := imm != 0x2013 && imm != 0x3013
	switch {
	case !ok || rs1 == rs2 || rs2 != r && !commutes:
		return false
	case rs1 == r:
		rs1 = rs2
	}
	if !e.put(uses[0], imm|rd<<7|rs1<<15, hole.Kind, hole.Value, hole.Addend) {
		return false
	}
	e.drop(n)
	return true
}

// rvAddress puts the offset of an address into the loads and stores that take it.
func (e *editor) rvAddress(n int) bool {
	w, hole, ok := e.word(n)
	r, base := w>>7&31, w>>15&31
	if !ok || hole.Kind != stencils.RVImm12I || w&0x707f != 0x13 || base == 0 || base == r {
		return false
	}
	uses, ok := e.uses(n, decode.Reg(r))
	if !ok || len(uses) == 0 || !e.straight(n+1, uses[len(uses)-1]+1) {
		return false
	}
	for _, k := range uses {
		u, other, ok := e.word(k)
		load, store := u&0x7b == 0x03, u&0x7b == 0x23
		switch {
		case !ok || other != (stencils.Hole{}) || e.changed(decode.Reg(base), n, k):
			return false
		case load && u>>20 != 0 || store && (u>>25 != 0 || u>>7&31 != 0 || u&0x7f == 0x23 && u>>20&31 == r):
			return false
		case !load && !store || u>>15&31 != r:
			return false
		}
	}
	for _, k := range uses {
		u, _, _ := e.word(k)
		kind := stencils.RVImm12I
		if u&0x7b == 0x23 {
			kind = stencils.RVImm12S
		}
		if !e.put(k, u&^(31<<15)|base<<15, kind, hole.Value, hole.Addend) {
			panic("gen: a load or store with another base cannot be decoded")
		}
	}
	e.drop(n)
	return true
}
