package gen

import (
	"encoding/binary"
	"fmt"
	"math"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// amd64: the registers that operands can be in are r8, r9 and r11 to r15. All of
// them have the same REX bits, so that three bits of the instruction say which.
var amd64 = Target{
	Name:    "amd64",
	Machine: 62, // EM_X86_64

	Flags: []string{
		"--target=x86_64-unknown-linux-gnu",                       // the object format; the code needs no Linux
		"-march=x86-64",                                           // what Go's GOAMD64=v1 assumes
		"-mcmodel=kernel",                                         // every hole is a sign-extended R_X86_64_32S; the small model mixes in zero-extended ones
		"-mno-red-zone",                                           // signals may use the stack below SP
		"-fcf-protection=none",                                    // no endbr64 before each template
		"-Xclang", "-target-feature", "-Xclang", "-idivq-to-divl", // a division is one instruction
	},

	Registers: []decode.Reg{12, 13, 14, 15, 8, 9, 11},
	Floats:    floats(0, 8), // encodings of others have another REX bit
	FieldBits: 3,
	InstAlign: 1,
	Number:    func(r decode.Reg) uint8 { return uint8(r & 7) },

	// Encodings depend on r12 and r13, so each operand comes to be in each of them.
	Assignments: []assignment{{0, 1, 2, 3}, {1, 0, 2, 3}, {2, 0, 1, 3}, {2, 1, 0, 3}, {0, 2, 1, 3}, {1, 2, 0, 3}},

	Ctx: 7, FP: 6, Mem: 2, // rdi rsi rdx
	Scratch: decode.Set(0, 1, 3, 10) | decode.Set(floats(8, 16)...), // rax rcx rbx r10

	RegNames: decode.AMD64Names,
	Parts: func(name string) map[string]string {
		return map[string]string{name: "", name + "d": "32", name + "w": "16", name + "b": "8"}
	},
	Decode: decode.AMD64,

	Relocations: map[uint32]Relocation{
		1:  {Name: "R_X86_64_64", Kind: stencils.X86Abs64, Size: 8},
		2:  {Name: "R_X86_64_PC32", Kind: stencils.X86PC32, Size: 4, PCRel: true},
		4:  {Name: "R_X86_64_PLT32", Size: 4, PCRel: true},
		10: {Name: "R_X86_64_32", Kind: stencils.X86Abs32, Low: stencils.X86Low32, Size: 4},
		11: {Name: "R_X86_64_32S", Kind: stencils.X86Abs32S, Size: 4},
		14: {Name: "R_X86_64_8", Kind: stencils.X86Low8, Size: 1, Imm: []string{"shl", "shr", "sar", "rol", "ror"}},
	},
	FromEnd: true,
	Trap:    0xcc, // int3

	Reaches: []reach{far},
	Jump:    amd64Jump,
	Aim:     amd64Aim,
	AimPC:   amd64AimPC,
}

// amd64Jump encodes
//
//	EB rel8          jmp         7x rel8          jcc
//	E9 rel32         jmp         0F 8x rel32      jcc
//
// The lowest bit of x inverts the condition.
func amd64Jump(cond []byte, invert bool, r reach) (Branch, error) {
	long := r != near
	hole := func(code ...byte) Branch {
		return Branch{Code: append(code, 0, 0, 0, 0), Hole: len(code), Kind: stencils.X86PC32, Addend: -4}
	}
	if cond == nil {
		if long {
			return hole(0xe9), nil
		}
		return Branch{Code: []byte{0xeb, 0}}, nil
	}
	var x byte
	switch {
	case cond[0]&0xf0 == 0x70:
		x = cond[0] & 0xf
	case len(cond) > 1 && cond[0] == 0x0f && cond[1]&0xf0 == 0x80:
		x = cond[1] & 0xf
	default:
		return Branch{}, fmt.Errorf("% x is no conditional jump that can be encoded again", cond)
	}
	if invert {
		x ^= 1
	}
	if long {
		return hole(0x0f, 0x80|x), nil
	}
	return Branch{Code: []byte{0x70 | x, 0}}, nil
}

func amd64Aim(jump []byte, distance int) bool {
	n := len(jump)
	rel := distance - n // relative to the end
	if n == 2 {
		jump[1] = byte(rel)
		return rel == int(int8(rel))
	}
	return amd64AimPC(jump, n-4, distance)
}

func amd64AimPC(inst []byte, offset, distance int) bool {
	rel := distance - len(inst)
	binary.LittleEndian.PutUint32(inst[offset:], uint32(rel))
	return math.MinInt32 <= rel && rel <= math.MaxInt32
}
