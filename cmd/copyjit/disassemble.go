package main

import (
	"runtime"

	"golang.org/x/arch/arm64/arm64asm"
	"golang.org/x/arch/riscv64/riscv64asm"
	"golang.org/x/arch/x86/x86asm"
)

// A disassembler returns the length and the text of the first instruction of the
// code, which is at pc.
type disassembler func(code []byte, pc uint64) (size int, text string, err error)

// disassemblers are those of the targets, by GOARCH.
var disassemblers = map[string]disassembler{
	"amd64": func(code []byte, pc uint64) (int, string, error) {
		inst, err := x86asm.Decode(code, 64)
		if err != nil {
			return 1, "", err
		}
		return inst.Len, x86asm.IntelSyntax(inst, pc, nil), nil
	},
	"arm64": func(code []byte, _ uint64) (int, string, error) {
		inst, err := arm64asm.Decode(code)
		if err != nil {
			return 4, "", err
		}
		return 4, arm64asm.GNUSyntax(inst), nil
	},
	"riscv64": func(code []byte, _ uint64) (int, string, error) {
		inst, err := riscv64asm.Decode(code)
		if err != nil {
			return 4, "", err
		}
		return inst.Len, riscv64asm.GNUSyntax(inst), nil
	},
}

// disassemble is the disassembler of the machine that this runs on. What it does
// not know is a question mark.
func disassemble(code []byte, pc uint64) (size int, text string) {
	size, text = min(4, len(code)), "?"
	if dis := disassemblers[runtime.GOARCH]; dis != nil {
		n, what, err := dis(code, pc)
		if size = min(n, len(code)); err == nil {
			text = what
		}
	}
	return size, text
}
