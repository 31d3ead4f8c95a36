package gen

import (
	"encoding/binary"
	"fmt"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// riscv64: registers have five bits, and all are alike in instructions that are not
// compressed.
var riscv64 = Target{
	Name:    "riscv64",
	Machine: 243, // EM_RISCV

	Flags: []string{
		"--target=riscv64-unknown-linux-gnu", // the object format; the code needs no Linux
		"-march=rv64g",                       // what Go assumes, without compressed instructions
		"-mabi=lp64d",                        // for which clang would warn to have guessed
		"-mcmodel=medlow",                    // every hole is lui and an instruction that adds the rest
		"-mno-relax",                         // nothing is for a linker to shorten
		"-ffixed-x6",                         // t1, for jumps to everywhere
		"-ffixed-x27",                        // Go's g, which signal handlers trust
	},

	Registers:   []decode.Reg{10, 11, 12, 13, 17}, // a0 a1 a2 a3 a7
	Floats:      floats(10, 18),                   // fa0 … fa7
	FieldBits:   5,
	Number:      func(r decode.Reg) uint8 { return uint8(r & 31) },
	InstAlign:   4,
	Assignments: []assignment{{0, 1, 2, 3}},

	Ctx: 14, FP: 15, Mem: 16, // a4 a5 a6
	// t0 t2 t3 t4 t5 t6 and ft0 … ft11
	Scratch: decode.Set(5, 7, 28, 29, 30, 31) | decode.Set(floats(0, 8)...) | decode.Set(floats(28, 32)...),

	RegNames: decode.RISCV64Names,
	Parts:    func(name string) map[string]string { return map[string]string{name: ""} },
	Decode:   decode.RISCV64,

	Relocations: map[uint32]Relocation{
		19: {Name: "R_RISCV_CALL_PLT", Size: 8, PCRel: true},
		23: {Name: "R_RISCV_PCREL_HI20", Kind: stencils.RVCall, Size: 4, PCRel: true},
		24: {Name: "R_RISCV_PCREL_LO12_I", Size: 4, Half: true},
		26: {Name: "R_RISCV_HI20", Kind: stencils.RVHi20, Word: stencils.RVHi20U, Size: 4},
		27: {Name: "R_RISCV_LO12_I", Kind: stencils.RVLo12I, Size: 4, Imm: []string{"addiw"}},
	},

	Trap: 0, // of a compressed instruction as of any other: illegal

	Reaches: []reach{near, medium, far},
	Narrow:  riscv64Narrow,
	Reads:   riscv64Reads,
	Jump:    riscv64Jump,
	Aim:     riscv64Aim,
	AimPC:   func(inst []byte, _, distance int) bool { return riscv64Aim(inst, distance) },
}

// Words of jumps without a distance.
const (
	rvJ     = 0x0000006f // jal zero
	rvAuipc = 0x00000317 // auipc t1
	rvJr    = 0x00030067 // jalr zero, 0(t1)
)

// riscv64Jump encodes a jump, or a copy of the conditional one. A far one is a
// pair. A conditional one that is not near is the opposite jump over one without a
// condition.
func riscv64Jump(cond []byte, invert bool, r reach) (Branch, error) {
	jump := Branch{Code: words(rvJ), Kind: stencils.RVJal20}
	if r == far {
		jump = Branch{Code: words(rvAuipc, rvJr), Kind: stencils.RVCall}
	}
	if cond == nil {
		return jump, nil
	}
	long := r != near
	w := binary.LittleEndian.Uint32(cond)
	if w&0x7f != 0x63 {
		return Branch{}, fmt.Errorf("% x is no conditional jump that can be encoded again", cond)
	}
	const condition = 1 << 12 // the bit that inverts it
	w &^= rvBranchBits(-1)
	if invert != long {
		w ^= condition
	}
	if long {
		over := words(w | rvBranchBits(4+len(jump.Code)))
		return Branch{Code: append(over, jump.Code...), Hole: 4, Kind: jump.Kind}, nil
	}
	return Branch{Code: words(w), Kind: stencils.RVBranch12}, nil
}

// rvBranchBits puts a distance where conditional jumps have it:
//
//	31 │ 30     25 │ 24 20 │ 19 15 │ 14    12 │ 11     8 │ 7  │ 6     0
//	12 │  10 … 5   │  rs2  │  rs1  │ condition │  4 … 1   │ 11 │ 1100011
func rvBranchBits(distance int) uint32 {
	d := uint32(distance)
	return d>>12&1<<31 | d>>5&0x3f<<25 | d>>1&0xf<<8 | d>>11&1<<7
}

// rvJumpBits puts a distance where jal has it:
//
//	31 │ 30    21 │ 20 │ 19    12 │ 11 7 │ 6     0
//	20 │ 10 … 1   │ 11 │ 19 … 12  │  rd  │ 1101111
func rvJumpBits(distance int) uint32 {
	d := uint32(distance)
	return d>>20&1<<31 | d>>1&0x3ff<<21 | d>>11&1<<20 | d>>12&0xff<<12
}

// riscv64Aim aims the last instruction or pair.
func riscv64Aim(code []byte, distance int) bool {
	fits := func(bits int) bool { return distance >= -1<<(bits-1) && distance < 1<<(bits-1) && distance&1 == 0 }
	if len(code) > 4 {
		last := code[len(code)-8:]
		distance -= len(code) - 8
		high := uint32(distance+0x800) &^ 0xfff
		binary.LittleEndian.PutUint32(last, binary.LittleEndian.Uint32(last)&0xfff|high)
		binary.LittleEndian.PutUint32(last[4:], binary.LittleEndian.Uint32(last[4:])&0xfffff|uint32(distance)<<20)
		return fits(31)
	}
	w := binary.LittleEndian.Uint32(code)
	if w&0x7f == rvJ {
		binary.LittleEndian.PutUint32(code, w&^rvJumpBits(-1)|rvJumpBits(distance))
		return fits(21)
	}
	binary.LittleEndian.PutUint32(code, w&^rvBranchBits(-1)|rvBranchBits(distance))
	return fits(13)
}
