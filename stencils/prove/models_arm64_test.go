package prove

import (
	"encoding/binary"
	"fmt"

	"github.com/copyjit/copyjit/stencils"
	table "github.com/copyjit/copyjit/stencils/generated/arm64"
)

const a64Base = 29 // points to the state; what Go has there is kept in it

var native = nativeTarget{
	set:       &table.Set,
	free:      1<<28 - 1&^(1<<18), // not the platform's, g, the frame pointer, the link and the stack pointer
	code:      a64Code,
	keepsHigh: true,
	base: func(inst []byte) (base, index int) {
		w := binary.LittleEndian.Uint32(inst)
		base, index = -1, -1
		if w&0x0a000000 != 0x08000000 { // loads and stores
			return
		}
		base = int(w >> 5 & 31)
		if w&0x3b200c00 == 0x38200800 {
			index = int(w >> 16 & 31)
		}
		return
	},
	branch: a64Branch,
	flags: func(s *state, got []byte, value func(term) term) error {
		for c := range 14 {
			if s.flags.kind == ofNothing {
				return nil
			}
			want := s.flags.holdsA64(c >> 1)
			if want = value(want); want.IsConst() && want.Value^uint64(c&1) != uint64(got[c]) {
				return fmt.Errorf("condition %d is %d, the model says %d", c, got[c], want.Value^uint64(c&1))
			}
		}
		return nil
	},
	prepare: func(string, *machineState) {},
}

// a64Code is a Go function: the argument is in x0, g in x28.
func a64Code(inst []byte, branches bool) []byte {
	var c []byte
	emit := func(w uint32) { c = binary.LittleEndian.AppendUint32(c, w) }
	move := func(op uint32, t, at int) { emit(op | uint32(at/8)<<10 | a64Base<<5 | uint32(t)) } // ldr, str x
	const ldr, str, ldrq, strq = 0xf9400000, 0xf9000000, 0x3dc00000, 0x3d800000
	emit(str | savedAt/8<<10 | 0<<5 | a64Base) // str x29, [x0, …]
	emit(0xaa0003e0 | a64Base)                 // mov x29, x0
	for n := range 32 {
		emit(ldrq | uint32(fregsAt+16*n)/16<<10 | a64Base<<5 | uint32(n))
	}
	for n := range 28 {
		if n != 18 {
			move(ldr, n, 8*n)
		}
	}
	if branches {
		c = append(c, a64Branch(inst, 4)...)
		emit(str | takenAt/8<<10 | a64Base<<5 | a64Base) // any number but 0
	} else {
		c = append(c, inst...)
	}
	for n := range 28 {
		if n != 18 {
			move(str, n, 8*n)
		}
	}
	for n := range 14 {
		emit(0x1a9f07e0 | uint32(n^1)<<12)                    // cset w0, condition
		emit(0x39000000 | uint32(flagsAt+n)<<10 | a64Base<<5) // strb w0, [x29, …]
	}
	for n := range 32 {
		emit(strq | uint32(fregsAt+16*n)/16<<10 | a64Base<<5 | uint32(n))
	}
	emit(ldr | savedAt/8<<10 | a64Base<<5 | a64Base)
	emit(0xd65f03c0) // ret
	return c
}

// holeBits returns what a hole of a kind holds, as the psABI says.
func holeBits(k stencils.Kind, v uint64) uint64 {
	switch k {
	case stencils.A64MovwG0, stencils.A64MovwG0NC:
		return v & 0xffff << 5
	case stencils.A64MovwG1, stencils.A64MovwG1NC:
		return v >> 16 & 0xffff << 5
	case stencils.A64MovwG2NC:
		return v >> 32 & 0xffff << 5
	case stencils.A64MovwG3:
		return v >> 48 << 5
	case stencils.A64MovwSG1:
		if int64(v) < 0 {
			return ^v >> 16 & 0xffff << 5
		}
		return v>>16&0xffff<<5 | 1<<30
	case stencils.A64Imm12:
		return v & 0xfff << 10
	case stencils.A64Add12:
		if int64(v) < 0 {
			return -v&0xfff<<10 | 1<<30
		}
		return v & 0xfff << 10
	case stencils.A64Sub12:
		if int64(v) < 0 {
			return -v & 0xfff << 10
		}
		return v&0xfff<<10 | 1<<30
	case stencils.A64Movz16:
		if int64(v) < 0 {
			return ^v & 0xffff << 5
		}
		return v&0xffff<<5 | 1<<30
	}
	panic("no hole of a value: " + k.String())
}

// a64Branch returns a conditional branch over so many bytes, nil if it is none.
func a64Branch(inst []byte, over int) []byte {
	w := binary.LittleEndian.Uint32(inst)
	at, n := 5, 19
	switch {
	case w&0x7e000000 == 0x34000000:
	case w&0x7e000000 == 0x36000000:
		n = 14
	default: // conditions are those that cset gives, see flags
		return nil
	}
	w = w&^(1<<n-1<<at) | uint32(1+over/4)<<at
	return binary.LittleEndian.AppendUint32(nil, w)
}
