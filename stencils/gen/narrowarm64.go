package gen

import (
	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// arm64Reads returns the registers that an instruction reads, or more.
func arm64Reads(code []byte) []decode.Reg {
	w := le32(code)
	rd, rn, rm, ra := decode.Reg(w&31), decode.Reg(w>>5&31), decode.Reg(w>>16&31), decode.Reg(w>>10&31)
	switch {
	case w&0x7f800000 == 0x52800000, w&0x7f800000 == 0x12800000, w&0x1f000000 == 0x10000000, w&0x7c000000 == 0x14000000:
		return nil // movz, movn, adr, b
	case w&0x1f000000 == 0x0b000000, w&0x1f000000 == 0x0a000000, w&0x3fe00c00 == 0x38600800:
		return []decode.Reg{rn, rm} // sums, bits, loads with an index
	}
	return []decode.Reg{rd, rn, rm, ra}
}

// arm64Narrow makes of
//
//	movn x, hi; movk x, lo             movn x, imm
//	movn x, imm; add d, l, x           add d, l, imm (sub and cmp too)
//	movz x, n; ldr d, [fp, x, lsl 3]   ldr d, [fp, 8n] (str too)
func arm64Narrow(insts []*inst, t *Target) []*inst {
	e := newEditor(insts, t)
	for n := 0; n+1 < len(e.insts); n++ {
		e.a64Join(n)
	}
	for n := 0; n < len(e.insts); {
		if !e.a64Fold(n) && !e.a64Address(n) {
			n++
		}
	}
	return e.insts
}

// a64Join makes one instruction of the two that make a number.
func (e *editor) a64Join(n int) {
	first, hi, ok1 := e.word(n)
	second, lo, ok2 := e.word(n + 1)
	switch {
	case !ok1 || !ok2 || first&31 != second&31 || lo.Kind != stencils.A64MovwG0NC || hi.Value != lo.Value || hi.Addend != lo.Addend:
	case !narrowable(hi.Value) || !e.straight(n+1, n+2):
	case first&^31 == 0x92a00000 && hi.Kind == stencils.A64MovwSG1 && second&^31 == 0xf2800000:
		if e.put(n, 0x92800000|first&31, stencils.A64Movz16, hi.Value, hi.Addend) {
			e.drop(n + 1)
		}
	case first&^31 == 0x52a00000 && hi.Kind == stencils.A64MovwG1NC && second&^31 == 0x72800000:
		if e.put(n, 0x12800000|first&31, stencils.A64Movz16, hi.Value, hi.Addend) {
			e.drop(n + 1)
		}
	}
}

// a64Sums are additions and subtractions of registers, with the same of an immediate.
// The latter becomes the opposite one, by bit 30, if the number is negative.
var a64Sums = map[uint32]struct {
	imm  uint32
	kind stencils.Kind
}{
	0x8b000000: {0x91000000, stencils.A64Add12}, // add
	0xcb000000: {0x91000000, stencils.A64Sub12}, // sub
	0xeb000000: {0xb1000000, stencils.A64Sub12}, // subs, which cmp is
	0x0b000000: {0x11000000, stencils.A64Add12}, // and of 32 bits
	0x4b000000: {0x11000000, stencils.A64Sub12},
	0x6b000000: {0x31000000, stencils.A64Sub12},
}

// a64Swapped are the conditions, by their numbers, that hold of two numbers in the
// other order.
var a64Swapped = map[uint32]uint32{0: 0, 1: 1, 2: 9, 9: 2, 3: 8, 8: 3, 10: 13, 13: 10, 11: 12, 12: 11}

// a64Fold puts a number into the only instruction that takes it.
func (e *editor) a64Fold(n int) bool {
	w, hole, ok := e.word(n)
	if !ok || hole.Kind != stencils.A64Movz16 {
		return false
	}
	r := w & 31
	uses, ok := e.uses(n, decode.Reg(r))
	if !ok || len(uses) != 1 || !e.straight(n+1, uses[0]+1) {
		return false
	}
	u, other, ok := e.word(uses[0])
	sum, known := a64Sums[u&0xffe0fc00]
	if !ok || !known || other != (stencils.Hole{}) || w>>31 != u>>31 {
		return false
	}
	rd, rn, rm := u&31, u>>5&31, u>>16&31
	switch {
	case rn == rm || rn == 31 || rm == 31 || rd == 31 && u>>29&1 == 0:
		return false // 31 is the stack pointer there
	case rn == r:
		switch u & 0xffe0fc00 {
		case 0x8b000000, 0x0b000000:
		case 0xeb000000, 0x6b000000:
			if rd != 31 || !e.a64Swap(uses[0]) {
				return false
			}
		default:
			return false
		}
		rn = rm
	}
	if !e.put(uses[0], sum.imm|rn<<5|rd, sum.kind, hole.Value, hole.Addend) {
		return false
	}
	e.drop(n)
	return true
}

// a64Swap makes the instruction behind a comparison the one for the other order of
// what is compared, if it is the only one that can depend on it.
func (e *editor) a64Swap(cmp int) bool {
	if cmp+1 == len(e.insts) || e.enters[e.insts[cmp+1].offset] {
		return false
	}
	for _, i := range e.insts[cmp+2:] {
		// The conditional ones: b.cond, csel and its kin, ccmp, fcsel and fccmp.
		if w := le32(i.code); w&0xff000010 == 0x54000000 || w&0x1fe00000 == 0x1a800000 || w&0x1fe00000 == 0x1a400000 || w&0xff200400 == 0x1e200400 {
			return false
		}
	}
	i := *e.insts[cmp+1]
	w, at := le32(i.code), 0
	switch {
	case w&0xff000010 == 0x54000000:
	case w&0x1fe00000 == 0x1a800000:
		at = 12
	default:
		return false
	}
	cc, ok := a64Swapped[w>>at&15]
	if !ok {
		return false
	}
	i.code = words(w&^(15<<at) | cc<<at)
	d, err := e.target.Decode(i.code)
	if err != nil {
		return false
	}
	i.Inst = d
	e.insts[cmp+1] = &i
	return true
}

// a64Address puts the offset of a slot into the loads and stores that take it.
func (e *editor) a64Address(n int) bool {
	w, hole, ok := e.word(n)
	if !ok || hole.Kind != stencils.A64MovwG0 || w&^31 != 0xd2800000 {
		return false
	}
	r := w & 31
	uses, ok := e.uses(n, decode.Reg(r))
	if !ok || len(uses) == 0 || !e.straight(n+1, uses[len(uses)-1]+1) {
		return false
	}
	// ldr and str of x and d registers, with an index that is scaled.
	const index, ldst = 0xfba0fc00, 0xf8207800
	for _, k := range uses {
		u, other, ok := e.word(k)
		if !ok || other != (stencils.Hole{}) || u&index != ldst || u>>16&31 != r || u>>5&31 == r || u>>22&1 == 0 && u>>26&1 == 0 && u&31 == r ||
			e.changed(decode.Reg(u>>5&31), n, k) {
			return false
		}
	}
	for _, k := range uses {
		u, _, _ := e.word(k)
		if !e.put(k, 0xf9000000|u&(1<<22|1<<26)|u&0x3ff, stencils.A64Imm12, hole.Value, hole.Addend) {
			panic("gen: a load or store with an offset cannot be decoded")
		}
	}
	e.drop(n)
	return true
}
