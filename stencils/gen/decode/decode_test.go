package decode

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"
)

type decoder func([]byte) (Inst, error)

func words(list ...uint32) (code []byte) {
	for _, w := range list {
		code = binary.LittleEndian.AppendUint32(code, w)
	}
	return code
}

// TestInst: instructions of words, with what their registers are, in the order of
// the text, and what they write.
func TestInst(t *testing.T) {
	for _, test := range []struct {
		decode decoder
		code   []byte
		text   string
		shape  string
		regs   []Reg
		writes RegSet
		stack  bool
	}{
		{AMD64, []byte{0x4d, 0x01, 0xec}, "add r12, r13", "ADD/64 r64 r64", []Reg{12, 13}, Set(12), false},
		{AMD64, []byte{0xf2, 0x44, 0x0f, 0x58, 0xc1}, "addsd xmm8, xmm1", "ADDSD/32 xmm xmm", []Reg{40, 33}, Set(40), false},
		{AMD64, []byte{0x66, 0x0f, 0x2e, 0xc8}, "ucomisd xmm1, xmm0", "UCOMISD/16 xmm xmm", []Reg{33, 32}, 0, false},
		{AMD64, []byte{0xf2, 0x4c, 0x0f, 0x2c, 0xe1}, "cvttsd2si r12, xmm1", "CVTTSD2SI/64 r64 xmm", []Reg{12, 33}, Set(12), false},
		{AMD64, []byte{0x66, 0x4c, 0x0f, 0x6e, 0xc0}, "movq xmm8, rax", "MOVQ/64 xmm r64", []Reg{40, 0}, Set(40), false},
		{ARM64, words(0x1e622820), "fadd d0, d1, d2", "fadd d, d, d", []Reg{32, 33, 34}, Set(32), false},
		{ARM64, words(0x1e222820), "fadd s0, s1, s2", "fadd s, s, s", []Reg{32, 33, 34}, Set(32), false},
		{ARM64, words(0x9e780034), "fcvtzs x20, d1", "fcvtzs x, d", []Reg{20, 33}, Set(20), false},
		{ARM64, words(0x1e602028), "fcmp d1, #0", "fcmp d, #0", []Reg{33}, 0, false},
		{ARM64, words(0x6e621c20), "bsl v0.16b, v1.16b, v2.16b", "bsl v.16b, v.16b, v.16b", []Reg{32, 33, 34}, Set(32), false},
		{ARM64, words(0xfc297b28), "str d8, [x25,x9,lsl #3]", "str d, [x,x,lsl #3]", []Reg{40, 25, 9}, 0, false},
		{RISCV64, words(0x02c5f553), "fadd.d fa0,fa1,fa2", "fadd.d f,f,f", []Reg{42, 43, 44}, Set(42), false},
		{RISCV64, words(0xc225a2d3), "fcvt.l.d t0,fa1,rdn", "fcvt.l.d x,f,rdn", []Reg{5, 43}, Set(5), false},
		{RISCV64, words(0xd222f553), "fcvt.d.l fa0,t0", "fcvt.d.l f,x", []Reg{42, 5}, Set(42), false},
		{RISCV64, words(0xf2000553), "fmv.d.x fa0,zero", "fmv.d.x f,zero", []Reg{42}, Set(42), false},
		{ARM64, words(0x8b1502d4), "add x20, x22, x21", "add x, x, x", []Reg{20, 22, 21}, Set(20), false},
		{ARM64, words(0x52a00008), "movz w8, #0x0, lsl #16", "movz w, #0x0, lsl #16", []Reg{8}, Set(8), false},
		{ARM64, words(0xf8697b29), "ldr x9, [x25,x9,lsl #3]", "ldr x, [x,x,lsl #3]", []Reg{9, 25, 9}, Set(9), false},
		{ARM64, words(0xf8297b28), "str x8, [x25,x9,lsl #3]", "str x, [x,x,lsl #3]", []Reg{8, 25, 9}, 0, false},
		{ARM64, words(0xeb15011f), "cmp x8, x21", "cmp x, x", []Reg{8, 21}, 0, false},
		{ARM64, words(0xf900033f), "str xzr, [x25]", "str xzr, [x]", []Reg{25}, 0, false},
		{ARM64, words(0xf94003e8), "ldr x8, [sp]", "ldr x, [sp]", []Reg{8}, 0, true},
		{ARM64, words(0xd10043ff), "sub sp, sp, #0x10", "sub sp, sp, #0x10", nil, 0, true},
		{RISCV64, words(0x00b60533), "add a0,a2,a1", "add x,x,x", []Reg{10, 12, 11}, Set(10), false},
		{RISCV64, words(0x01873283), "ld t0,24(a4)", "ld x,24(x)", []Reg{5, 14}, Set(5), false},
		{RISCV64, words(0x00572423), "sw t0,8(a4)", "sw x,8(x)", []Reg{5, 14}, 0, false},
		{RISCV64, words(0x0002b023), "sd zero,0(t0)", "sd zero,0(x)", []Reg{5}, 0, false},
		{RISCV64, words(0xff010113), "addi sp,sp,-16", "addi x,x,-16", []Reg{2, 2}, Set(2), true},
		{RISCV64, words(0x297, 0x28293), "lla t0,.+0x0", "lla x,.+0x0", []Reg{5}, Set(5), false},
		{RISCV64, words(0xfffff317, 0x7fc30067), "tail .-0x804", "tail .-0x804", nil, 0, false},
	} {
		d, err := test.decode(test.code)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
			continue
		}
		if d.Text != test.text || d.Shape != test.shape || !slices.Equal(d.Regs, test.regs) || d.Writes != test.writes || d.Stack != test.stack || d.Len != len(test.code) {
			t.Errorf("%s: got %+v", test.text, d)
		}
	}
}

// TestFlow: where jumps go, and what those through memory need to know.
func TestFlow(t *testing.T) {
	for _, test := range []struct {
		decode decoder
		code   []byte
		flow   Flow
		target int
		via    Reg
	}{
		{ARM64, words(0x14000004), Jump, 16, 0},
		{ARM64, words(0x17ffffff), Jump, -4, 0},
		{ARM64, words(0x54000041), Cond, 8, 0},
		{ARM64, words(0xb5000048), Cond, 8, 0},
		{ARM64, words(0xb7f80148), Cond, 40, 0},
		{ARM64, words(0xd61f0200), Indirect, 0, 16},
		{RISCV64, words(0x0000006f), Jump, 0, 0},
		{RISCV64, words(0x00c59863), Cond, 16, 0},
		{RISCV64, words(0x317, 0x01030067), Jump, 16, 0},
		{RISCV64, words(0x28067), Indirect, 0, 5},
	} {
		d, err := test.decode(test.code)
		if err != nil || d.Flow != test.flow || d.Target != test.target || d.Via != test.via {
			t.Errorf("% x: got %+v, %v", test.code, d, err)
		}
	}
	for _, test := range []struct {
		decode decoder
		code   []byte
		memory bool
		base   Reg
		disp   int64
	}{
		{ARM64, words(0xf9400310), true, 24, 0},
		{ARM64, words(0xf9400f10), true, 24, 24},
		{ARM64, words(0xb9400310), false, 0, 0}, // ldr w16
		{ARM64, words(0xf8687b30), false, 0, 0}, // with an index
		{RISCV64, words(0x00073283), true, 14, 0},
		{RISCV64, words(0xff873283), true, 14, -8},
		{RISCV64, words(0x00072283), false, 0, 0}, // lw
	} {
		d, err := test.decode(test.code)
		if err != nil || d.Memory != test.memory || d.Base != test.base || d.Disp != test.disp {
			t.Errorf("% x: got %+v, %v", test.code, d, err)
		}
	}
}

// TestUnknown: what is not known to be harmless is an error that names it.
func TestUnknown(t *testing.T) {
	for _, test := range []struct {
		decode decoder
		code   []byte
		want   string
	}{
		{ARM64, words(0), "00 00 00 00"},
		{ARM64, words(0x94000001), "bl "},
		{ARM64, words(0xd63f0100), "blr x8"},
		{ARM64, words(0xd65f03c0), "ret"},
		{ARM64, words(0xd4000001), "svc"},
		{ARM64, words(0xd503201f), "nop"},
		{ARM64, words(0xf8408674), "ldr x20, [x19],#8"},
		{ARM64, words(0xf8008e74), "str x20, [x19,#8]!"},
		{ARM64, words(0xa94007e0), "ldp"},
		{ARM64, words(0xeb150294), "subs"},
		{ARM64, words(0x90000008), "adrp"},
		{ARM64, []byte{1, 2, 3}, "01 02 03"},
		{RISCV64, words(0), "00 00"},
		{RISCV64, words(0x000000ef), "jal ra"},
		{RISCV64, words(0x000280e7), "jalr ra"},
		{RISCV64, words(0x00428067), "jalr zero,4(t0)"},
		{RISCV64, words(0x00000073), "ecall"},
		{RISCV64, words(0x0000100f), "fence.i"},
		{RISCV64, words(0x00000297), "auipc t0"},
		{RISCV64, words(0x297, 0x00038067), "auipc t0"},
		{RISCV64, words(0x317, 0x28293), "auipc t1"},
		{RISCV64, []byte{5, 5, 0, 0}, "05 05 is a compressed instruction"},
	} {
		if d, err := test.decode(test.code); err == nil {
			t.Errorf("% x is accepted: %+v", test.code, d)
		} else if !strings.Contains(err.Error(), test.want) {
			t.Errorf("% x: %v; want %q in it", test.code, err, test.want)
		}
	}
}
