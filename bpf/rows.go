package bpf

import "github.com/copyjit/copyjit/ops"

// A kind is what the translation does for an instruction.
type kind uint8

const (
	illegal kind = iota
	loadAbs      // A = the packet at k
	loadInd      // A = the packet at X + k
	loadMsh      // X = 4 times the lower half of the byte at k
	loadLen      // dst = the length of the packet
	loadImm      // dst = k
	loadMem      // dst = M[k]
	store        // M[k] = dst
	alu          // A = A op k
	aluX         // A = A op X
	negate       // A = −A
	jump         // skip k instructions
	branch       // skip jt instructions if A op k, otherwise jf
	branchX      // skip jt instructions if A op X, otherwise jf
	copyAX       // dst = the other register
	retK         // return k
	retA         // return A
	nothing      // go on
	unknown      // stop with an error
)

// A row says of an instruction what it does and with which operations.
type row struct {
	kind  kind
	dst   ops.Operand // A or X, where there is a choice
	code  ops.Code
	other ops.Code // of a branch: the opposite condition
	size  uint8    // of a load from the packet, in bytes
}

// Instructions that classic BPF does not have but that x/net/bpf runs. Its own have 8
// bits.
const (
	opNothing = 0x100 + iota
	opUnknown
	numOps
)

// rows are the instructions by their Op.
var rows = [numOps]row{
	0x20: {kind: loadAbs, code: ops.LoadSw32, size: 4}, // ld [k]
	0x28: {kind: loadAbs, code: ops.LoadSw16, size: 2}, // ldh [k]
	0x30: {kind: loadAbs, code: ops.Load8U, size: 1},   // ldb [k]
	0x40: {kind: loadInd, code: ops.LoadSw32, size: 4}, // ld [x + k]
	0x48: {kind: loadInd, code: ops.LoadSw16, size: 2}, // ldh [x + k]
	0x50: {kind: loadInd, code: ops.Load8U, size: 1},   // ldb [x + k]
	0xb1: {kind: loadMsh, code: ops.Load8U, size: 1},   // ldxb 4*([k]&0xf)

	0x80: {kind: loadLen, dst: ops.A}, // ld #len
	0x81: {kind: loadLen, dst: ops.X}, // ldx #len
	0x00: {kind: loadImm, dst: ops.A}, // ld #k
	0x01: {kind: loadImm, dst: ops.X}, // ldx #k
	0x60: {kind: loadMem, dst: ops.A}, // ld M[k]
	0x61: {kind: loadMem, dst: ops.X}, // ldx M[k]
	0x02: {kind: store, dst: ops.A},   // st M[k]
	0x03: {kind: store, dst: ops.X},   // stx M[k]
	0x07: {kind: copyAX, dst: ops.X},  // tax
	0x87: {kind: copyAX, dst: ops.A},  // txa

	0x04: {kind: alu, code: ops.Add32},   // add #k
	0x14: {kind: alu, code: ops.Sub32},   // sub #k
	0x24: {kind: alu, code: ops.Mul32},   // mul #k
	0x34: {kind: alu, code: ops.DivU32},  // div #k
	0x44: {kind: alu, code: ops.Or32},    // or #k
	0x54: {kind: alu, code: ops.And32},   // and #k
	0x64: {kind: alu, code: ops.Shl32},   // lsh #k
	0x74: {kind: alu, code: ops.Shr32},   // rsh #k
	0x94: {kind: alu, code: ops.RemU32},  // mod #k
	0xa4: {kind: alu, code: ops.Xor32},   // xor #k
	0x0c: {kind: aluX, code: ops.Add32},  // add x
	0x1c: {kind: aluX, code: ops.Sub32},  // sub x
	0x2c: {kind: aluX, code: ops.Mul32},  // mul x
	0x3c: {kind: aluX, code: ops.DivU32}, // div x
	0x4c: {kind: aluX, code: ops.Or32},   // or x
	0x5c: {kind: aluX, code: ops.And32},  // and x
	0x6c: {kind: aluX, code: ops.Shl32},  // lsh x
	0x7c: {kind: aluX, code: ops.Shr32},  // rsh x
	0x9c: {kind: aluX, code: ops.RemU32}, // mod x
	0xac: {kind: aluX, code: ops.Xor32},  // xor x
	0x84: {kind: negate},                 // neg

	0x05:      {kind: jump},                                          // ja k
	0x15:      {kind: branch, code: ops.BEq32, other: ops.BNe32},     // jeq #k,jt,jf
	0x25:      {kind: branch, code: ops.BGtU32, other: ops.BLeU32},   // jgt #k,jt,jf
	0x35:      {kind: branch, code: ops.BGeU32, other: ops.BLtU32},   // jge #k,jt,jf
	0x45:      {kind: branch, code: ops.BAny32, other: ops.BNone32},  // jset #k,jt,jf
	0x1d:      {kind: branchX, code: ops.BEq32, other: ops.BNe32},    // jeq x,jt,jf
	0x2d:      {kind: branchX, code: ops.BGtU32, other: ops.BLeU32},  // jgt x,jt,jf
	0x3d:      {kind: branchX, code: ops.BGeU32, other: ops.BLtU32},  // jge x,jt,jf
	0x4d:      {kind: branchX, code: ops.BAny32, other: ops.BNone32}, // jset x,jt,jf
	0x06:      {kind: retK},                                          // ret #k
	0x16:      {kind: retA},                                          // ret a
	opNothing: {kind: nothing},
	opUnknown: {kind: unknown},
}

// rowOf returns the row of an Op.
func rowOf(op uint16) *row {
	if op >= numOps {
		return &rows[0x08] // illegal
	}
	return &rows[op]
}
