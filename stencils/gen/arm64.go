package gen

import (
	"encoding/binary"
	"fmt"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// arm64: registers have five bits, wherever they are named, and all are alike.
var arm64 = Target{
	Name:    "arm64",
	Machine: 183, // EM_AARCH64

	Flags: []string{
		"--target=aarch64-unknown-linux-gnu", // the object format; the code needs no Linux
		"-march=armv8-a",                     // what Go's GOARM64=v8.0 assumes
		"-ffixed-x18",                        // the platform's
		"-ffixed-x28",                        // Go's g, which signal handlers trust
		"-mno-outline-atomics",               // no calls
	},

	Registers:   []decode.Reg{20, 21, 22, 23, 27, 0, 1, 2},
	Floats:      floats(0, 8),
	FieldBits:   5,
	InstAlign:   4,
	Number:      func(r decode.Reg) uint8 { return uint8(r & 31) },
	Assignments: []assignment{{0, 1, 2, 3}},

	Ctx: 24, FP: 25, Mem: 26,
	Scratch: decode.Set(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19) | decode.Set(floats(8, 32)...),

	RegNames: decode.ARM64Names,
	Parts: func(name string) map[string]string {
		if name[0] == 'v' {
			return map[string]string{name: "", "d" + name[1:]: "", "s" + name[1:]: "32"}
		}
		return map[string]string{name: "", "w" + name[1:]: "32"}
	},
	Decode: decode.ARM64,

	Relocations: map[uint32]Relocation{
		263: {Name: "R_AARCH64_MOVW_UABS_G0", Kind: stencils.A64MovwG0, Size: 4},
		264: {Name: "R_AARCH64_MOVW_UABS_G0_NC", Kind: stencils.A64MovwG0NC, Size: 4},
		265: {Name: "R_AARCH64_MOVW_UABS_G1", Kind: stencils.A64MovwG1, Size: 4},
		266: {Name: "R_AARCH64_MOVW_UABS_G1_NC", Kind: stencils.A64MovwG1NC, Size: 4},
		268: {Name: "R_AARCH64_MOVW_UABS_G2_NC", Kind: stencils.A64MovwG2NC, Size: 4},
		269: {Name: "R_AARCH64_MOVW_UABS_G3", Kind: stencils.A64MovwG3, Size: 4},
		271: {Name: "R_AARCH64_MOVW_SABS_G1", Kind: stencils.A64MovwSG1, Size: 4},
		274: {Name: "R_AARCH64_ADR_PREL_LO21", Size: 4, PCRel: true},
		288: {Name: "R_AARCH64_MOVW_PREL_G0_NC", Kind: stencils.A64PrelG0NC, Size: 4},
		289: {Name: "R_AARCH64_MOVW_PREL_G1", Kind: stencils.A64PrelG1, Size: 4},
		282: {Name: "R_AARCH64_JUMP26", Size: 4, PCRel: true},
	},

	Trap: 0, // udf

	Reaches: []reach{near, far},
	Narrow:  arm64Narrow,
	Reads:   arm64Reads,
	Jump:    arm64Jump,
	Aim:     arm64Aim,
	AimPC:   func(inst []byte, _, distance int) bool { return arm64Aim(inst, distance) },
}

// arm64Jumps are the instructions that Aim knows: fixed bits, and where the
// distance is. The distance counts in words, but for adr in bytes, whose lowest
// two bits are at 29.
//
//	0 0 0 1 0 1 │ 26 bits                             b
//	0 1 0 1 0 1 0 0 │ 19 bits     │ 0 │ condition     b.cond
//	x 0 1 1 0 1 0 n │ 19 bits     │ register          cbz, cbnz
//	x 0 1 1 0 1 1 n │ x x x x x │ 14 bits │ register  tbz, tbnz
//	x x 0 1 0 0 0 0 │ 19 bits     │ register          adr
var arm64Jumps = []struct {
	mask, bits uint32
	at, width  int    // of the distance
	invert     uint32 // the bit that inverts the condition, 0 if there is none
}{
	{0xfc000000, 0x14000000, 0, 26, 0},
	{0xff000010, 0x54000000, 5, 19, 1},
	{0x7e000000, 0x34000000, 5, 19, 1 << 24},
	{0x7e000000, 0x36000000, 5, 14, 1 << 24},
	{0x9f000000, 0x10000000, 5, 19, 0},
}

// arm64Jump encodes b, which reaches everything, or a copy of the conditional jump.
// One that is not near is the opposite jump over a b.
func arm64Jump(cond []byte, invert bool, r reach) (Branch, error) {
	const b = 0x14000000
	if cond == nil {
		return Branch{Code: words(b), Kind: stencils.A64Jump26}, nil
	}
	long := r != near
	w := binary.LittleEndian.Uint32(cond)
	for _, j := range arm64Jumps {
		if w&j.mask != j.bits || j.invert == 0 {
			continue
		}
		w &^= (1<<j.width - 1) << j.at
		if invert != long {
			w ^= j.invert
		}
		if long {
			return Branch{Code: words(w|2<<j.at, b), Hole: 4, Kind: stencils.A64Jump26}, nil
		}
		kind := stencils.A64Cond19
		if j.width == 14 {
			kind = stencils.A64Test14
		}
		return Branch{Code: words(w), Kind: kind}, nil
	}
	return Branch{}, fmt.Errorf("% x is no conditional jump that can be encoded again", cond)
}

// arm64Aim aims the last instruction.
func arm64Aim(code []byte, distance int) bool {
	last := code[len(code)-4:]
	distance -= len(code) - 4
	w := binary.LittleEndian.Uint32(last)
	for _, j := range arm64Jumps {
		if w&j.mask != j.bits {
			continue
		}
		w &^= (1<<j.width - 1) << j.at
		units := distance >> 2
		if adr := j.bits == 0x10000000; adr {
			w = w&^(3<<29) | uint32(distance)&3<<29
		} else if distance&3 != 0 {
			return false
		}
		w |= uint32(units) & (1<<j.width - 1) << j.at
		binary.LittleEndian.PutUint32(last, w)
		return units >= -1<<(j.width-1) && units < 1<<(j.width-1)
	}
	return false
}

// words returns instructions as bytes.
func words(list ...uint32) (code []byte) {
	for _, w := range list {
		code = binary.LittleEndian.AppendUint32(code, w)
	}
	return code
}

// le32 returns an instruction of four bytes, 0 if it has none.
func le32(code []byte) uint32 {
	if len(code) != 4 {
		return 0
	}
	return binary.LittleEndian.Uint32(code)
}
