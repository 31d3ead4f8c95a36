package main

import "testing"

func TestDisassemble(t *testing.T) {
	for _, tc := range []struct {
		arch, code string
		want       instruction
	}{
		{"amd64", "\xff\x26", instruction{2, "jmp qword ptr [rsi]", -1}},
		{"amd64", "\xe9\xfb\xff\xff\xff", instruction{5, "jmp 0x100", 0x100}},
		{"amd64", "\x48\x8d\x05\x0f\x00\x00\x00", instruction{7, "lea rax, [rip+0xf]", 0x116}},
		{"amd64", "\xe9\xfb", instruction{1, ".byte 0xe9", -1}},
		{"amd64", "\x06\xff\xff\xff", instruction{1, ".byte 0x06", -1}},
		{"arm64", "\x60\x02\x1f\xd6", instruction{4, "br x19", -1}},
		{"arm64", "\x02\x00\x00\x14", instruction{4, "b .+0x8", 0x108}},
		{"arm64", "\xff\xff\xff\xff", instruction{4, ".word 0xffffffff", -1}},
		{"riscv64", "\x67\x80\x00\x00", instruction{4, "ret", -1}},
		{"riscv64", "\x63\x96\xa2\x00", instruction{4, "bne x5,x10,12", 0x10c}},
		{"riscv64", "\x67", instruction{1, ".byte 0x67", -1}},
		{"mips", "\x01\x02\x03\x04\x05", instruction{4, ".word 0x04030201", -1}},
	} {
		if got := disassemble(tc.arch, []byte(tc.code), 0x100); got != tc.want {
			t.Errorf("%s % x: %+v, want %+v", tc.arch, tc.code, got, tc.want)
		}
	}
}
