package decode

import (
	"fmt"
	"regexp"
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

// AMD64Names are the names of the registers by their numbers.
var AMD64Names = names([]string{
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
}, "xmm", 16)

const (
	rax Reg = 0
	rdx Reg = 2
	rsp Reg = 4
)

// An effect is what an instruction does besides what its operands say.
type effect uint8

const (
	writesNothing effect = iota
	writesFirst          // it writes its first operand
	writesRDX            // it writes rdx
	writesBoth           // it writes rax and rdx, though it names neither
	usesStack
)

// effects are the instructions that stencils may contain, and those that get an
// error of their own. Jumps are not among them: see flow.
var effects = map[x86asm.Op]effect{
	x86asm.MOV: writesFirst, x86asm.MOVZX: writesFirst, x86asm.MOVSX: writesFirst, x86asm.MOVSXD: writesFirst,
	x86asm.LEA: writesFirst,
	x86asm.ADD: writesFirst, x86asm.SUB: writesFirst, x86asm.NEG: writesFirst,
	x86asm.INC: writesFirst, x86asm.DEC: writesFirst,
	x86asm.AND: writesFirst, x86asm.OR: writesFirst, x86asm.XOR: writesFirst, x86asm.NOT: writesFirst,
	x86asm.SHL: writesFirst, x86asm.SHR: writesFirst, x86asm.SAR: writesFirst,
	x86asm.ROL: writesFirst, x86asm.ROR: writesFirst,
	x86asm.BSF: writesFirst, x86asm.BSR: writesFirst, x86asm.BSWAP: writesFirst,
	x86asm.CMOVE: writesFirst, x86asm.CMOVNE: writesFirst, x86asm.CMOVNO: writesFirst,
	x86asm.CMOVL: writesFirst, x86asm.CMOVLE: writesFirst, x86asm.CMOVG: writesFirst, x86asm.CMOVGE: writesFirst,
	x86asm.CMOVA: writesFirst, x86asm.CMOVAE: writesFirst, x86asm.CMOVB: writesFirst, x86asm.CMOVBE: writesFirst,
	x86asm.SETE: writesFirst, x86asm.SETNE: writesFirst,
	x86asm.SETL: writesFirst, x86asm.SETLE: writesFirst, x86asm.SETG: writesFirst, x86asm.SETGE: writesFirst,
	x86asm.SETB: writesFirst, x86asm.SETBE: writesFirst, x86asm.SETA: writesFirst, x86asm.SETAE: writesFirst,
	x86asm.IMUL: writesFirst, // but with one operand writesBoth, see below
	x86asm.MUL:  writesBoth, x86asm.DIV: writesBoth, x86asm.IDIV: writesBoth,
	x86asm.CQO: writesRDX, x86asm.CDQ: writesRDX,
	x86asm.CMP: writesNothing, x86asm.TEST: writesNothing,

	x86asm.MOVAPS: writesFirst, x86asm.MOVAPD: writesFirst, x86asm.MOVSD_XMM: writesFirst, x86asm.MOVSS: writesFirst,
	x86asm.MOVD: writesFirst, x86asm.MOVQ: writesFirst,
	x86asm.ADDSD: writesFirst, x86asm.SUBSD: writesFirst, x86asm.MULSD: writesFirst, x86asm.DIVSD: writesFirst,
	x86asm.ADDSS: writesFirst, x86asm.SUBSS: writesFirst, x86asm.MULSS: writesFirst, x86asm.DIVSS: writesFirst,
	x86asm.MINSD: writesFirst, x86asm.MAXSD: writesFirst, x86asm.MINSS: writesFirst, x86asm.MAXSS: writesFirst,
	x86asm.SQRTSD: writesFirst, x86asm.SQRTSS: writesFirst,
	x86asm.ANDPS: writesFirst, x86asm.ORPS: writesFirst, x86asm.XORPS: writesFirst,
	x86asm.ANDPD: writesFirst, x86asm.ORPD: writesFirst, x86asm.XORPD: writesFirst,
	x86asm.PCMPEQD: writesFirst, x86asm.PSLLQ: writesFirst, x86asm.PSRLQ: writesFirst, x86asm.PSLLD: writesFirst, x86asm.PSRLD: writesFirst,
	x86asm.UCOMISD: writesNothing, x86asm.UCOMISS: writesNothing,
	x86asm.CMPSD_XMM: writesFirst, x86asm.CMPSS: writesFirst,
	x86asm.CVTSI2SD: writesFirst, x86asm.CVTSI2SS: writesFirst, x86asm.CVTSS2SD: writesFirst, x86asm.CVTSD2SS: writesFirst,
	x86asm.CVTTSD2SI: writesFirst, x86asm.CVTTSS2SI: writesFirst, x86asm.CVTSD2SI: writesFirst, x86asm.CVTSS2SI: writesFirst,

	x86asm.PUSH: usesStack, x86asm.POP: usesStack, x86asm.CALL: usesStack, x86asm.RET: usesStack,
	x86asm.LEAVE: usesStack, x86asm.ENTER: usesStack, x86asm.PUSHFQ: usesStack, x86asm.POPFQ: usesStack,
}

// AMD64 decodes the first instruction of the code.
func AMD64(code []byte) (Inst, error) {
	x, err := x86asm.Decode(code, 64)
	if err != nil {
		return Inst{}, fmt.Errorf("undecodable bytes % x: %w", code[:min(len(code), 8)], err)
	}
	inst := Inst{Len: x.Len, Text: intel(x), PCRel: -1}
	for _, p := range x.Prefix {
		if p != 0 && !p.IsREX() && p != x86asm.PrefixDataSize && p&x86asm.PrefixImplicit == 0 {
			return Inst{}, fmt.Errorf("%s has the prefix %v, whose effect is not known", inst.Text, p)
		}
	}
	if x.PCRel != 0 {
		inst.PCRel = x.PCRelOff
	}
	if err := operands(&inst, x); err != nil {
		return Inst{}, fmt.Errorf("%s: %w", inst.Text, err)
	}
	if flow(&inst, x, code) {
		return inst, nil
	}
	what, known := effects[x.Op]
	if x.Op == x86asm.IMUL && x.Args[1] == nil {
		what = writesBoth
	}
	switch {
	case !known:
		return Inst{}, fmt.Errorf("%s: it is not known what this instruction changes (see decode/amd64.go)", inst.Text)
	case what == usesStack:
		inst.Stack = true
	case what == writesFirst:
		if r, ok := x.Args[0].(x86asm.Reg); ok {
			n, _, _ := register(r)
			inst.Writes = Set(n)
		}
		_, class, _ := register(regOf(x.Args[1]))
		inst.Copy = x.Op == x86asm.MOV && inst.Writes != 0 && class == "r64"
	case what == writesRDX:
		inst.Writes = Set(rdx)
	case what == writesBoth:
		inst.Writes = Set(rax, rdx)
	}
	return inst, nil
}

// regOf returns the register that an operand is, or 0.
func regOf(arg x86asm.Arg) x86asm.Reg {
	r, _ := arg.(x86asm.Reg)
	return r
}

// operands fills in Shape and Regs.
func operands(inst *Inst, x x86asm.Inst) error {
	var shape strings.Builder
	fmt.Fprintf(&shape, "%v/%d", x.Op, x.DataSize)
	add := func(r x86asm.Reg) error {
		if r == 0 {
			return nil
		}
		if r == x86asm.RIP {
			shape.WriteString("pc") // see PCRel
			return nil
		}
		n, class, ok := register(r)
		if !ok {
			return fmt.Errorf("the register %v is not known", r)
		}
		shape.WriteString(class)
		inst.Regs = append(inst.Regs, n)
		return nil
	}
	for _, arg := range x.Args {
		if arg == nil {
			break
		}
		shape.WriteByte(' ')
		switch arg := arg.(type) {
		case x86asm.Reg:
			if err := add(arg); err != nil {
				return err
			}
		case x86asm.Mem:
			fmt.Fprintf(&shape, "%v:%d@%d[", arg.Segment, x.MemBytes, x.AddrSize)
			if err := add(arg.Base); err != nil {
				return err
			}
			shape.WriteByte('+')
			if err := add(arg.Index); err != nil {
				return err
			}
			scale := arg.Scale
			if arg.Index == 0 {
				scale = 0 // what it is without an index has no meaning
			}
			fmt.Fprintf(&shape, "*%d%+d]", scale, arg.Disp)
			for _, r := range inst.Regs {
				inst.Stack = inst.Stack || r == rsp
			}
		default:
			fmt.Fprintf(&shape, "%T%v", arg, arg)
		}
	}
	inst.Shape = shape.String()
	return nil
}

// flow recognises jumps.
func flow(inst *Inst, x x86asm.Inst, code []byte) bool {
	op := code[0]
	conditional := op&0xf0 == 0x70 || op == 0x0f && code[1]&0xf0 == 0x80
	if x.Op != x86asm.JMP && !conditional {
		return false
	}
	switch arg := x.Args[0].(type) {
	case x86asm.Rel:
		inst.Flow, inst.Target = Jump, int(arg)+x.Len
		if conditional {
			inst.Flow = Cond
		}
	case x86asm.Mem:
		inst.Flow = Indirect
		if base, _, ok := register(arg.Base); ok && arg.Index == 0 {
			inst.Memory, inst.Base, inst.Disp = true, base, arg.Disp
		}
	default:
		inst.Flow = Indirect
	}
	return true
}

// register returns the number of a register and the part of it that the name stands
// for.
func register(r x86asm.Reg) (n Reg, class string, ok bool) {
	switch {
	case x86asm.AL <= r && r <= x86asm.BL:
		return Reg(r - x86asm.AL), "r8", true
	case x86asm.AH <= r && r <= x86asm.BH:
		return Reg(r - x86asm.AH), "r8high", true
	case x86asm.SPB <= r && r <= x86asm.R15B:
		return Reg(r-x86asm.SPB) + 4, "r8", true
	case x86asm.AX <= r && r <= x86asm.R15W:
		return Reg(r - x86asm.AX), "r16", true
	case x86asm.EAX <= r && r <= x86asm.R15L:
		return Reg(r - x86asm.EAX), "r32", true
	case x86asm.RAX <= r && r <= x86asm.R15:
		return Reg(r - x86asm.RAX), "r64", true
	case x86asm.X0 <= r && r <= x86asm.X15:
		return FirstFloat + Reg(r-x86asm.X0), "xmm", true
	}
	return 0, "", false
}

var (
	noise = regexp.MustCompile(`\bptr |\*1\b`)
	jumps = regexp.MustCompile(`^j(nle|nl|nbe|nb|z|nz) `)
	usual = map[string]string{"jnle ": "jg ", "jnl ": "jge ", "jnbe ": "ja ", "jnb ": "jae ", "jz ": "je ", "jnz ": "jne "}
)

// intel returns the instruction in Intel syntax, without the words that say
// nothing, and with the usual names of jumps.
func intel(x x86asm.Inst) string {
	text := noise.ReplaceAllString(x86asm.IntelSyntax(x, 0, nil), "")
	return jumps.ReplaceAllStringFunc(text, func(name string) string { return usual[name] })
}
