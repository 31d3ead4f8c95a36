package main

import (
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/arch/arm64/arm64asm"
	"golang.org/x/arch/riscv64/riscv64asm"
	"golang.org/x/arch/x86/x86asm"
)

// An instruction is one as dump shows it.
type instruction struct {
	size int
	text string
	ref  int // the address that it names relative to its own, −1 if none
}

// disassemble decodes the instruction at the start of code, which lies at addr
// and is for a processor that Go calls arch.
// What it cannot decode it shows as data, so that a dump is always complete.
func disassemble(arch string, code []byte, addr int) instruction {
	switch arch {
	case "amd64":
		return disassembleX86(code, addr)
	case "arm64":
		if inst, err := arm64asm.Decode(code); err == nil {
			ref := -1
			for _, arg := range inst.Args {
				if rel, ok := arg.(arm64asm.PCRel); ok && inst.Op != arm64asm.ADRP {
					ref = addr + int(rel)
				}
			}
			return instruction{4, arm64asm.GNUSyntax(inst), ref}
		}
	case "riscv64":
		if inst, err := riscv64asm.Decode(code); err == nil {
			ref := -1
			for _, arg := range inst.Args {
				const branch = 0x63 // the opcode of conditional branches
				if offset, ok := arg.(riscv64asm.Simm); ok && inst.Enc&0x7f == branch {
					ref = addr + int(offset.Imm)
				}
			}
			return instruction{inst.Len, riscv64asm.GNUSyntax(inst), ref}
		}
	}
	if len(code) < 4 {
		return instruction{1, fmt.Sprintf(".byte 0x%02x", code[0]), -1}
	}
	return instruction{4, fmt.Sprintf(".word 0x%08x", binary.LittleEndian.Uint32(code)), -1}
}

func disassembleX86(code []byte, addr int) instruction {
	inst, err := x86asm.Decode(code, 64)
	if err != nil || inst.Op == 0 { // of a piece of an instruction it makes prefixes
		return instruction{1, fmt.Sprintf(".byte 0x%02x", code[0]), -1}
	}
	ref := -1
	for _, arg := range inst.Args {
		switch arg := arg.(type) {
		case x86asm.Rel:
			ref = addr + inst.Len + int(arg)
		case x86asm.Mem:
			if arg.Base == x86asm.RIP {
				ref = addr + inst.Len + int(arg.Disp)
			}
		}
	}
	text := x86asm.IntelSyntax(inst, uint64(addr), nil)
	// The package says ptr even where it has no size to say before it.
	return instruction{inst.Len, strings.Replace(text, ", ptr [", ", [", 1), ref}
}
