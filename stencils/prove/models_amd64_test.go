package prove

import (
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/arch/x86/x86asm"

	"github.com/copyjit/copyjit/stencils"
	table "github.com/copyjit/copyjit/stencils/generated/amd64"
)

var native = nativeTarget{
	set:  &table.Set,
	free: 0xffff &^ (1<<4 | 1<<5), // not rsp, rbp
	code: x86Code,
	base: func(inst []byte) (base, index int) {
		base, index = -1, -1
		x, err := x86asm.Decode(inst, 64)
		if err != nil || x.Op == x86asm.LEA {
			return
		}
		for _, a := range x.Args {
			if m, ok := a.(x86asm.Mem); ok {
				if n, _, _, ok := gpr(m.Base); ok {
					base = n
				}
				if n, _, _, ok := gpr(m.Index); ok && m.Index != 0 {
					index = n
				}
			}
		}
		return
	},
	branch: func([]byte, int) []byte { return nil }, // conditions are those of setcc
	flags: func(s *state, got []byte, value func(term) term) error {
		for c := ifO; c <= ifG; c++ {
			want := s.flags.holds(c &^ 1)
			if want == nil {
				continue
			}
			if want = value(want); want.IsConst() && want.Value^uint64(c&1) != uint64(got[c]) {
				return fmt.Errorf("condition %d is %d, the model says %d", c, got[c], want.Value^uint64(c&1))
			}
		}
		return nil
	},
	prepare: func(text string, m *machineState) {
		switch {
		case strings.HasPrefix(text, "div"):
			m.Regs[2] = 0
		case strings.HasPrefix(text, "idiv") && strings.HasSuffix(text, "d"):
			m.Regs[2] = uint64(int32(m.Regs[0]) >> 31)
		case strings.HasPrefix(text, "idiv"):
			m.Regs[2] = uint64(int64(m.Regs[0]) >> 63)
		}
	},
}

// x86Code is a Go function: the argument is in rax, g in r14, zero in xmm15.
func x86Code(inst []byte, _ bool) []byte {
	disp := func(at int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(at)) }
	var c []byte
	emit := func(b ...byte) { c = append(c, b...) }
	gprs := []int{0, 1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	move := func(op byte, n int) { // a register from or to the state at rbp
		emit(0x48|byte(n>>3)<<2, op, 0x85|byte(n&7)<<3)
		c = append(c, disp(8*n)...)
	}
	xmm := func(op byte, n int) { // movups
		if n > 7 {
			emit(0x44)
		}
		emit(0x0f, op, 0x85|byte(n&7)<<3)
		c = append(c, disp(fregsAt+16*n)...)
	}
	emit(0x48, 0x89, 0xa8) // mov [rax+…], rbp
	c = append(c, disp(savedAt)...)
	emit(0x4c, 0x89, 0xb0) // mov [rax+…], r14
	c = append(c, disp(savedAt+8)...)
	emit(0x48, 0x89, 0xc5) // mov rbp, rax
	for n := range 16 {
		xmm(0x10, n)
	}
	for _, n := range gprs {
		move(0x8b, n)
	}
	c = append(c, inst...)
	for n := range 16 { // setcc [rbp+…]
		emit(0x0f, 0x90|byte(n), 0x85)
		c = append(c, disp(flagsAt+n)...)
	}
	for _, n := range gprs {
		move(0x89, n)
	}
	for n := range 16 {
		xmm(0x11, n)
	}
	emit(0x4c, 0x8b, 0xb5) // mov r14, [rbp+…]
	c = append(c, disp(savedAt+8)...)
	emit(0x48, 0x8b, 0xad) // mov rbp, [rbp+…]
	c = append(c, disp(savedAt)...)
	emit(0x45, 0x0f, 0x57, 0xff) // xorps xmm15, xmm15
	emit(0xc3)
	return c
}

// holeBits returns what a hole of a kind holds, as the psABI says.
func holeBits(k stencils.Kind, v uint64) uint64 { return v & k.Bits() }
