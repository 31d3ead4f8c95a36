package prove

import (
	"encoding/binary"
	"fmt"

	"github.com/copyjit/copyjit/stencils"
	table "github.com/copyjit/copyjit/stencils/generated/riscv64"
)

const (
	rvBase = 9                                                               // s1 points to the state
	rvFree = 0xffffffff &^ (1<<0 | 1<<1 | 1<<2 | 1<<3 | 1<<4 | 1<<9 | 1<<27) // not zero, ra, sp, gp, tp, the base, g
)

var native = nativeTarget{
	set:  &table.Set,
	free: rvFree,
	code: rvCode,
	base: func(inst []byte) (base, index int) {
		switch w := binary.LittleEndian.Uint32(inst); w & 0x7f {
		case 0x03, 0x07, 0x23, 0x27:
			return int(w >> 15 & 31), -1
		}
		return -1, -1
	},
	branch:  rvBranch,
	flags:   func(*state, []byte, func(term) term) error { return nil },
	variant: rvRounding,
	prepare: func(string, *machineState) {},
}

// rvRounding returns the number of the way in which a conversion rounds.
func rvRounding(inst []byte) string {
	v := rv{w: binary.LittleEndian.Uint32(inst)}
	if v.w&0x7f != 0x53 || v.f7()>>2 != 0x18 {
		return ""
	}
	return fmt.Sprintf("-rm%d", v.f3())
}

// rvCode is a Go function: the argument is in a0, g in x27.
func rvCode(inst []byte, branches bool) []byte {
	var c []byte
	emit := func(w uint32) { c = binary.LittleEndian.AppendUint32(c, w) }
	load := func(op uint32, t, at int) { emit(op | uint32(at)<<20 | rvBase<<15 | 3<<12 | uint32(t)<<7) }
	store := func(op uint32, t, at int) {
		emit(op | uint32(at)>>5<<25 | uint32(t)<<20 | rvBase<<15 | 3<<12 | uint32(at)&31<<7)
	}
	emit(0x00050013 | rvBase<<7) // mv s1, a0
	for n := range 32 {
		load(0x07, n, fregsAt+16*n)
	}
	for n := range 32 {
		if rvFree>>n&1 != 0 {
			load(0x03, n, 8*n)
		}
	}
	if branches {
		c = append(c, rvBranch(inst, 4)...)
		store(0x23, rvBase, takenAt) // any number but 0
	} else {
		c = append(c, inst...)
	}
	for n := range 32 {
		if rvFree>>n&1 != 0 {
			store(0x23, n, 8*n)
		}
	}
	for n := range 32 {
		store(0x27, n, fregsAt+16*n)
	}
	emit(0x00008067) // ret
	return c
}

// holeBits returns what a hole of a kind holds, as the psABI says.
func holeBits(k stencils.Kind, v uint64) uint64 {
	switch k {
	case stencils.RVHi20, stencils.RVHi20U:
		return (v + 0x800) & 0xfffff000
	case stencils.RVImm12S:
		return v>>5&0x7f<<25 | v&0x1f<<7
	case stencils.RVLo12I, stencils.RVImm12I:
		return v & 0xfff << 20
	}
	panic("no hole of a value: " + k.String())
}

// rvBranch returns a conditional branch over so many bytes, nil if it is none.
func rvBranch(inst []byte, over int) []byte {
	w := binary.LittleEndian.Uint32(inst)
	if w&0x7f != 0x63 {
		return nil
	}
	d := uint32(4 + over)
	w = w&^0xfe000f80 | d>>12&1<<31 | d>>5&0x3f<<25 | d>>1&0xf<<8 | d>>11&1<<7
	return binary.LittleEndian.AppendUint32(nil, w)
}
