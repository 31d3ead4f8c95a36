package decode

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/arch/riscv64/riscv64asm"
)

// RISCV64Names are the names of the registers by their numbers.
var RISCV64Names = append([]string{
	"zero", "ra", "sp", "gp", "tp", "t0", "t1", "t2", "s0", "s1", "a0", "a1", "a2", "a3", "a4", "a5",
	"a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10", "s11", "t3", "t4", "t5", "t6",
},
	"ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "fs0", "fs1", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5",
	"fa6", "fa7", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8", "fs9", "fs10", "fs11", "ft8", "ft9", "ft10", "ft11",
)

// Registers of riscv64 that mean something to every program.
const (
	rvZero = 0
	rvSP   = 2
	rvT1   = 6 // what tail goes through
)

// riscv64Effects are the instructions that stencils may contain. Jumps are not
// among them: see riscv64Flow.
var riscv64Effects = map[riscv64asm.Op]effect{
	riscv64asm.LUI:  writesFirst,
	riscv64asm.ADDI: writesFirst, riscv64asm.ADD: writesFirst, riscv64asm.SUB: writesFirst,
	riscv64asm.ADDIW: writesFirst, riscv64asm.ADDW: writesFirst, riscv64asm.SUBW: writesFirst,
	riscv64asm.MUL: writesFirst,
	riscv64asm.AND: writesFirst, riscv64asm.OR: writesFirst, riscv64asm.XOR: writesFirst,
	riscv64asm.ANDI: writesFirst, riscv64asm.ORI: writesFirst, riscv64asm.XORI: writesFirst,
	riscv64asm.SLLI: writesFirst, riscv64asm.SRLI: writesFirst, riscv64asm.SRAI: writesFirst,
	riscv64asm.SLL: writesFirst, riscv64asm.SRL: writesFirst, riscv64asm.SRA: writesFirst,
	riscv64asm.MULW: writesFirst,
	riscv64asm.MULH: writesFirst, riscv64asm.MULHU: writesFirst,
	riscv64asm.DIV: writesFirst, riscv64asm.DIVU: writesFirst, riscv64asm.DIVW: writesFirst, riscv64asm.DIVUW: writesFirst,
	riscv64asm.REM: writesFirst, riscv64asm.REMU: writesFirst, riscv64asm.REMW: writesFirst, riscv64asm.REMUW: writesFirst,
	riscv64asm.SLT: writesFirst, riscv64asm.SLTU: writesFirst, riscv64asm.SLTI: writesFirst, riscv64asm.SLTIU: writesFirst,
	riscv64asm.LB: writesFirst, riscv64asm.LBU: writesFirst, riscv64asm.LH: writesFirst, riscv64asm.LHU: writesFirst,
	riscv64asm.SLLW: writesFirst, riscv64asm.SRLW: writesFirst, riscv64asm.SRAW: writesFirst,
	riscv64asm.SLLIW: writesFirst, riscv64asm.SRLIW: writesFirst, riscv64asm.SRAIW: writesFirst,
	riscv64asm.LD: writesFirst, riscv64asm.LW: writesFirst, riscv64asm.LWU: writesFirst,
	riscv64asm.SD: writesNothing, riscv64asm.SW: writesNothing, riscv64asm.SH: writesNothing, riscv64asm.SB: writesNothing,

	riscv64asm.FLD: writesFirst, riscv64asm.FLW: writesFirst, riscv64asm.FSD: writesNothing, riscv64asm.FSW: writesNothing,
	riscv64asm.FMV_X_D: writesFirst, riscv64asm.FMV_D_X: writesFirst, riscv64asm.FMV_X_W: writesFirst, riscv64asm.FMV_W_X: writesFirst,
	riscv64asm.FADD_D: writesFirst, riscv64asm.FSUB_D: writesFirst, riscv64asm.FMUL_D: writesFirst, riscv64asm.FDIV_D: writesFirst,
	riscv64asm.FADD_S: writesFirst, riscv64asm.FSUB_S: writesFirst, riscv64asm.FMUL_S: writesFirst, riscv64asm.FDIV_S: writesFirst,
	riscv64asm.FMIN_D: writesFirst, riscv64asm.FMAX_D: writesFirst, riscv64asm.FMIN_S: writesFirst, riscv64asm.FMAX_S: writesFirst,
	riscv64asm.FSQRT_D: writesFirst, riscv64asm.FSQRT_S: writesFirst,
	riscv64asm.FSGNJ_D: writesFirst, riscv64asm.FSGNJN_D: writesFirst, riscv64asm.FSGNJX_D: writesFirst,
	riscv64asm.FSGNJ_S: writesFirst, riscv64asm.FSGNJN_S: writesFirst, riscv64asm.FSGNJX_S: writesFirst,
	riscv64asm.FEQ_D: writesFirst, riscv64asm.FLT_D: writesFirst, riscv64asm.FLE_D: writesFirst,
	riscv64asm.FEQ_S: writesFirst, riscv64asm.FLT_S: writesFirst, riscv64asm.FLE_S: writesFirst,
	riscv64asm.FCVT_D_S: writesFirst, riscv64asm.FCVT_S_D: writesFirst,
	riscv64asm.FCVT_D_W: writesFirst, riscv64asm.FCVT_D_WU: writesFirst, riscv64asm.FCVT_D_L: writesFirst, riscv64asm.FCVT_D_LU: writesFirst,
	riscv64asm.FCVT_S_W: writesFirst, riscv64asm.FCVT_S_WU: writesFirst, riscv64asm.FCVT_S_L: writesFirst, riscv64asm.FCVT_S_LU: writesFirst,
	riscv64asm.FCVT_W_D: writesFirst, riscv64asm.FCVT_WU_D: writesFirst, riscv64asm.FCVT_L_D: writesFirst, riscv64asm.FCVT_LU_D: writesFirst,
	riscv64asm.FCVT_W_S: writesFirst, riscv64asm.FCVT_WU_S: writesFirst, riscv64asm.FCVT_L_S: writesFirst, riscv64asm.FCVT_LU_S: writesFirst,
}

var riscv64Register = regexp.MustCompile(`\b[xf]\d+\b`)

// RISCV64 decodes the first instruction of the code, or one of two pairs that count
// as one, as in an assembler: tail, a jump to everywhere, and lla, the address of
// something that is everywhere.
//
//	auipc t1, hi          auipc rd, hi
//	jalr zero, lo(t1)     addi  rd, rd, lo
func RISCV64(code []byte) (Inst, error) {
	x, err := riscv64asm.Decode(code)
	if err != nil {
		return Inst{}, fmt.Errorf("undecodable bytes % x: %w", code[:min(len(code), 4)], err)
	}
	if x.Len != 4 {
		return Inst{}, fmt.Errorf("% x is a compressed instruction, whose fields are elsewhere", code[:2])
	}
	if x.Op == riscv64asm.AUIPC {
		return riscv64Pair(x, code)
	}
	inst := Inst{Len: 4, PCRel: -1}
	inst.name(strings.ToLower(x.String()) + riscv64Rounding(x))
	if riscv64Flow(&inst, x) {
		return inst, nil
	}
	what, known := riscv64Effects[x.Op]
	if !known {
		return Inst{}, fmt.Errorf("%s: it is not known what this instruction changes (see decode/riscv64.go)", inst.Text)
	}
	if what == writesFirst && riscv64Reg(x.Args[0]) != rvZero {
		inst.Writes = Set(riscv64Reg(x.Args[0]))
	}
	if from, ok := x.Args[1].(riscv64asm.RegOffset); ok && x.Op == riscv64asm.LD {
		inst.Memory, inst.Base, inst.Disp = true, Reg(from.OfsReg), int64(from.Ofs.Imm)
	}
	return inst, nil
}

// name fills in Text, Shape, Regs and Stack out of what names registers by
// numbers. The register that is always zero is part of the shape.
func (inst *Inst) name(text string) {
	inst.Text = riscv64Register.ReplaceAllStringFunc(text, func(x string) string {
		return RISCV64Names[riscv64Number(x)]
	})
	inst.Shape = riscv64Register.ReplaceAllStringFunc(text, func(x string) string {
		n := riscv64Number(x)
		if n == rvZero {
			return "zero"
		}
		inst.Regs = append(inst.Regs, n)
		inst.Stack = inst.Stack || n == rvSP
		return x[:1]
	})
}

// riscv64Number returns the register x0, x1, …, f0, f1, ….
func riscv64Number(name string) Reg {
	n, _ := strconv.Atoi(name[1:])
	if name[0] == 'f' {
		n += FirstFloat
	}
	return Reg(n)
}

// riscv64Rounding returns how an instruction says that it rounds, if it does, and
// not as the processor is set to: the decoder does not.
func riscv64Rounding(x riscv64asm.Inst) string {
	const dynamic = 7
	mode := x.Enc >> 12 & 7
	if !strings.HasPrefix(x.Op.String(), "FCVT.") || mode == dynamic {
		return ""
	}
	return "," + [dynamic]string{"rne", "rtz", "rdn", "rup", "rmm", "mode5", "mode6"}[mode]
}

// riscv64Pair decodes auipc and what is behind it.
func riscv64Pair(first riscv64asm.Inst, code []byte) (Inst, error) {
	rd := riscv64Reg(first.Args[0])
	if len(code) >= 8 {
		second, err := riscv64asm.Decode(code[4:])
		high := int(int32(first.Enc &^ 0xfff))
		low := int(int32(second.Enc) >> 20)
		inst := Inst{Len: 8, PCRel: 0, Target: high + low}
		switch {
		case err != nil:
		case rd == rvT1 && second.Op == riscv64asm.JALR && riscv64Reg(second.Args[0]) == rvZero && second.Enc>>15&31 == uint32(rd):
			// Nothing else uses t1, so it does not count.
			inst.name(fmt.Sprintf("tail .%+#x", inst.Target))
			inst.Flow = Jump
			return inst, nil
		case second.Op == riscv64asm.ADDI && riscv64Reg(second.Args[0]) == rd && riscv64Reg(second.Args[1]) == rd:
			inst.name(fmt.Sprintf("lla x%d,.%+#x", rd, inst.Target))
			inst.Writes = Set(rd)
			return inst, nil
		}
	}
	return Inst{}, fmt.Errorf("auipc %s, but not in front of the jump of a tail or the addi of an lla", RISCV64Names[rd])
}

// riscv64Flow recognises jumps.
func riscv64Flow(inst *Inst, x riscv64asm.Inst) bool {
	switch x.Op {
	case riscv64asm.BEQ, riscv64asm.BNE, riscv64asm.BLT, riscv64asm.BGE, riscv64asm.BLTU, riscv64asm.BGEU:
		inst.Flow = Cond
	case riscv64asm.JAL:
		if riscv64Reg(x.Args[0]) != rvZero {
			return false
		}
		inst.Flow = Jump
	case riscv64asm.JALR:
		if to, ok := x.Args[1].(riscv64asm.RegOffset); !ok || riscv64Reg(x.Args[0]) != rvZero || to.Ofs.Imm != 0 {
			return false
		}
		inst.Flow, inst.Via = Indirect, Reg(x.Enc>>15&31)
		return true
	default:
		return false
	}
	for _, arg := range x.Args {
		if to, ok := arg.(riscv64asm.Simm); ok {
			inst.PCRel, inst.Target = 0, int(to.Imm)
		}
	}
	return true
}

// riscv64Reg returns the number of a register.
func riscv64Reg(arg riscv64asm.Arg) Reg {
	r, _ := arg.(riscv64asm.Reg)
	return Reg(r)
}
