package bpf

import "golang.org/x/net/bpf"

// The instructions and their assembler are those of golang.org/x/net/bpf, under the
// same names: a program that uses that package changes its import and nothing else.
// Values of either package's types are values of the other's.

// The interfaces and the raw form.
type (
	Instruction    = bpf.Instruction
	RawInstruction = bpf.RawInstruction
	Setter         = bpf.Setter
)

// The instructions.
type (
	ALUOpConstant = bpf.ALUOpConstant
	ALUOpX        = bpf.ALUOpX
	Jump          = bpf.Jump
	JumpIf        = bpf.JumpIf
	JumpIfX       = bpf.JumpIfX
	LoadAbsolute  = bpf.LoadAbsolute
	LoadConstant  = bpf.LoadConstant
	LoadExtension = bpf.LoadExtension
	LoadIndirect  = bpf.LoadIndirect
	LoadMemShift  = bpf.LoadMemShift
	LoadScratch   = bpf.LoadScratch
	NegateA       = bpf.NegateA
	RetA          = bpf.RetA
	RetConstant   = bpf.RetConstant
	StoreScratch  = bpf.StoreScratch
	TAX           = bpf.TAX
	TXA           = bpf.TXA
)

// What instructions are made of.
type (
	ALUOp     = bpf.ALUOp
	Extension = bpf.Extension
	JumpTest  = bpf.JumpTest
	Register  = bpf.Register
)

// The registers.
const (
	RegA = bpf.RegA
	RegX = bpf.RegX
)

// The operations of ALUOpConstant and ALUOpX.
const (
	ALUOpAdd        = bpf.ALUOpAdd
	ALUOpSub        = bpf.ALUOpSub
	ALUOpMul        = bpf.ALUOpMul
	ALUOpDiv        = bpf.ALUOpDiv
	ALUOpOr         = bpf.ALUOpOr
	ALUOpAnd        = bpf.ALUOpAnd
	ALUOpShiftLeft  = bpf.ALUOpShiftLeft
	ALUOpShiftRight = bpf.ALUOpShiftRight
	ALUOpMod        = bpf.ALUOpMod
	ALUOpXor        = bpf.ALUOpXor
)

// The conditions of JumpIf and JumpIfX.
const (
	JumpEqual          = bpf.JumpEqual
	JumpNotEqual       = bpf.JumpNotEqual
	JumpGreaterThan    = bpf.JumpGreaterThan
	JumpLessThan       = bpf.JumpLessThan
	JumpGreaterOrEqual = bpf.JumpGreaterOrEqual
	JumpLessOrEqual    = bpf.JumpLessOrEqual
	JumpBitsSet        = bpf.JumpBitsSet
	JumpBitsNotSet     = bpf.JumpBitsNotSet
)

// The extensions, of which ExtLen alone needs no kernel.
const (
	ExtLen               = bpf.ExtLen
	ExtProto             = bpf.ExtProto
	ExtType              = bpf.ExtType
	ExtPayloadOffset     = bpf.ExtPayloadOffset
	ExtInterfaceIndex    = bpf.ExtInterfaceIndex
	ExtNetlinkAttr       = bpf.ExtNetlinkAttr
	ExtNetlinkAttrNested = bpf.ExtNetlinkAttrNested
	ExtMark              = bpf.ExtMark
	ExtQueue             = bpf.ExtQueue
	ExtLinkLayerType     = bpf.ExtLinkLayerType
	ExtRXHash            = bpf.ExtRXHash
	ExtCPUID             = bpf.ExtCPUID
	ExtVLANTag           = bpf.ExtVLANTag
	ExtVLANTagPresent    = bpf.ExtVLANTagPresent
	ExtVLANProto         = bpf.ExtVLANProto
	ExtRand              = bpf.ExtRand
)

// Assemble makes raw instructions of instructions, as x/net's Assemble does.
func Assemble(insts []Instruction) ([]RawInstruction, error) { return bpf.Assemble(insts) }

// Disassemble makes instructions of raw instructions, as x/net's Disassemble does:
// allDecoded is false if it does not know some, which it leaves as they are.
func Disassemble(raw []RawInstruction) (insts []Instruction, allDecoded bool) {
	return bpf.Disassemble(raw)
}
