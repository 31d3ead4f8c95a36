package decode

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/arch/arm64/arm64asm"
)

// ARM64Names are the names of the registers by their numbers. 31 is the stack
// pointer or zero, as the instruction says: neither counts as a register here.
var ARM64Names = func() []string {
	var ints []string
	for n := range 31 {
		ints = append(ints, fmt.Sprint("x", n))
	}
	return names(ints, "v", 32)
}()

// arm64Effects are the instructions that stencils may contain. Jumps are not among
// them: see arm64Flow.
var arm64Effects = map[arm64asm.Op]effect{
	arm64asm.MOV: writesFirst, arm64asm.MOVZ: writesFirst, arm64asm.MOVN: writesFirst, arm64asm.MOVK: writesFirst,
	arm64asm.ADD: writesFirst, arm64asm.ADDS: writesFirst, arm64asm.SUB: writesFirst, arm64asm.NEG: writesFirst, arm64asm.MUL: writesFirst,
	arm64asm.AND: writesFirst, arm64asm.ORR: writesFirst, arm64asm.EOR: writesFirst, arm64asm.MVN: writesFirst,
	arm64asm.LSL: writesFirst, arm64asm.LSR: writesFirst, arm64asm.ASR: writesFirst,
	arm64asm.ROR: writesFirst, arm64asm.UBFIZ: writesFirst, arm64asm.UBFX: writesFirst,
	arm64asm.UMULH: writesFirst, arm64asm.SMULH: writesFirst,
	arm64asm.NEGS: writesFirst, arm64asm.SDIV: writesFirst, arm64asm.UDIV: writesFirst, arm64asm.MSUB: writesFirst,
	arm64asm.CLZ: writesFirst, arm64asm.RBIT: writesFirst, arm64asm.REV: writesFirst, arm64asm.BIC: writesFirst,
	arm64asm.SXTB: writesFirst, arm64asm.SXTH: writesFirst, arm64asm.SXTW: writesFirst,
	arm64asm.UXTB: writesFirst, arm64asm.UXTH: writesFirst,
	arm64asm.LDRB: writesFirst, arm64asm.LDRH: writesFirst,
	arm64asm.LDRSB: writesFirst, arm64asm.LDRSH: writesFirst, arm64asm.LDRSW: writesFirst,
	arm64asm.CSET: writesFirst, arm64asm.CSEL: writesFirst,
	arm64asm.CMP: writesNothing, arm64asm.CMN: writesNothing, arm64asm.TST: writesNothing,
	arm64asm.ADR: writesFirst,

	arm64asm.FMOV: writesFirst, arm64asm.FADD: writesFirst, arm64asm.FSUB: writesFirst, arm64asm.FMUL: writesFirst, arm64asm.FDIV: writesFirst,
	arm64asm.FMIN: writesFirst, arm64asm.FMAX: writesFirst, arm64asm.FSQRT: writesFirst, arm64asm.FABS: writesFirst, arm64asm.FNEG: writesFirst,
	arm64asm.FRINTM: writesFirst, arm64asm.FRINTP: writesFirst, arm64asm.FRINTZ: writesFirst, arm64asm.FRINTN: writesFirst,
	arm64asm.FCSEL: writesFirst, arm64asm.FCVT: writesFirst, arm64asm.FCVTZS: writesFirst, arm64asm.FCVTZU: writesFirst,
	arm64asm.SCVTF: writesFirst, arm64asm.UCVTF: writesFirst,
	arm64asm.MOVI: writesFirst, arm64asm.MVNI: writesFirst, arm64asm.BIF: writesFirst, arm64asm.BIT: writesFirst, arm64asm.BSL: writesFirst,
	arm64asm.FCMP: writesNothing, arm64asm.FCCMP: writesNothing, arm64asm.CCMP: writesNothing,

	arm64asm.LDR: writesFirst, arm64asm.LDUR: writesFirst, arm64asm.STR: writesNothing, arm64asm.STUR: writesNothing, arm64asm.STRB: writesNothing, arm64asm.STRH: writesNothing,
}

var (
	arm64Register  = regexp.MustCompile(`\b(?:[xwsdv]\d+|sp|wsp)\b`)
	arm64Loads     = regexp.MustCompile(`^ldr x\d+, \[x(\d+)(?:,#(\d+))?\]$`)
	arm64WriteBack = regexp.MustCompile(`\]!|\],`)
)

// ARM64 decodes the first instruction of the code.
func ARM64(code []byte) (Inst, error) {
	x, err := arm64asm.Decode(code)
	if err != nil {
		return Inst{}, fmt.Errorf("undecodable bytes % x: %w", code[:min(len(code), 4)], err)
	}
	inst := Inst{Len: 4, Text: arm64asm.GNUSyntax(x), PCRel: -1}
	inst.Shape = arm64Register.ReplaceAllStringFunc(inst.Text, func(name string) string {
		if strings.HasSuffix(name, "sp") {
			inst.Stack = true
			return name
		}
		n, _ := strconv.Atoi(name[1:])
		if name[0] != 'x' && name[0] != 'w' {
			n += FirstFloat
		}
		inst.Regs = append(inst.Regs, Reg(n))
		return name[:1]
	})
	for _, arg := range x.Args {
		if to, ok := arg.(arm64asm.PCRel); ok {
			inst.PCRel, inst.Target = 0, int(to)
		}
	}
	if arm64Flow(&inst, x) {
		return inst, nil
	}
	what, known := arm64Effects[x.Op]
	if !known || arm64WriteBack.MatchString(inst.Text) {
		return Inst{}, fmt.Errorf("%s: it is not known what this instruction changes (see decode/arm64.go)", inst.Text)
	}
	// zr and sp are not among Regs, so that the first of these need not be the first
	// operand.
	first, _, _ := strings.Cut(inst.Text, ",")
	if what == writesFirst && arm64Register.MatchString(first) && !inst.Stack {
		inst.Writes = Set(inst.Regs[0])
	}
	if m := arm64Loads.FindStringSubmatch(inst.Text); m != nil {
		n, _ := strconv.Atoi(m[1])
		disp, _ := strconv.Atoi(m[2])
		inst.Memory, inst.Base, inst.Disp = true, Reg(n), int64(disp)
	}
	return inst, nil
}

// arm64Flow recognises jumps.
func arm64Flow(inst *Inst, x arm64asm.Inst) bool {
	switch x.Op {
	case arm64asm.B:
		inst.Flow = Jump
		if _, ok := x.Args[0].(arm64asm.Cond); ok {
			inst.Flow = Cond
		}
	case arm64asm.CBZ, arm64asm.CBNZ, arm64asm.TBZ, arm64asm.TBNZ:
		inst.Flow = Cond
	case arm64asm.BR:
		inst.Flow = Indirect
		inst.Via = Reg(x.Enc >> 5 & 31)
	default:
		return false
	}
	return true
}
