package bpf

import (
	"fmt"
	"slices"

	"golang.org/x/net/bpf"
)

// A filter is one that has been checked, in the encoding of classic BPF.
type filter struct {
	raw     []RawInstruction
	dialect dialect
	scratch bool // it has instructions that read or write scratch memory
	strange bool // it may have instructions with the code opUnknown
}

// checkNet checks a filter as x/net/bpf's NewVM does. What it returns is in the memory
// of raw, if that suffices.
func checkNet(raw []RawInstruction, list []Instruction) (f filter, err error) {
	f.raw = raw
	fail := func(i int, format string, args ...any) (filter, error) {
		return f, &ProgramError{i, fmt.Sprintf(format, args...), true}
	}
	n := len(list)
	if n == 0 {
		return fail(-1, "one or more Instructions must be specified")
	}
	doubtful := false // whether the filter can be assembled
	raw = slices.Grow(raw[:0], n)[:n]
	for i, ins := range list {
		left := uint64(n - i - 1) // instructions behind this one
		var r RawInstruction
		switch ins := ins.(type) {
		case LoadAbsolute:
			r.Op, r.K = 0x20|widths[ins.Size&7], ins.Off
			doubtful = doubtful || !isWidth(ins.Size)
		case LoadIndirect:
			r.Op, r.K = 0x40|widths[ins.Size&7], ins.Off
			doubtful = doubtful || !isWidth(ins.Size)
		case LoadMemShift:
			r.Op, r.K = 0xb1, ins.Off
		case LoadConstant:
			r.Op, r.K = 0x00|uint16(ins.Dst)&1, ins.Val
			doubtful = doubtful || ins.Dst > RegX
		case LoadScratch:
			f.scratch = true
			r.Op, r.K = 0x60|uint16(ins.Dst)&1, uint32(ins.N)&15
			doubtful = doubtful || ins.Dst > RegX || uint(ins.N) > 15
		case StoreScratch:
			f.scratch = true
			r.Op, r.K = 0x02|uint16(ins.Src)&1, uint32(ins.N)&15
			doubtful = doubtful || ins.Src > RegX || uint(ins.N) > 15
		case LoadExtension:
			if ins.Num != ExtLen {
				return fail(i, "extension %d not implemented", ins.Num)
			}
			r.Op = 0x80
		case ALUOpConstant:
			if ins.Val == 0 && (ins.Op == ALUOpDiv || ins.Op == ALUOpMod) {
				return fail(i, "cannot divide by zero using ALUOpConstant")
			}
			r.Op, r.K = aluOp(ins.Op, 0x04), ins.Val
		case ALUOpX:
			r.Op = aluOp(ins.Op, 0x0c)
		case Jump:
			if uint64(ins.Skip) >= left {
				return fail(i, "cannot jump %d instructions; jumping past program bounds", ins.Skip)
			}
			r.Op, r.K = 0x05, ins.Skip
		case JumpIf:
			if uint64(max(ins.SkipTrue, ins.SkipFalse)) >= left {
				return f, skipError(i, left, ins.SkipTrue, ins.SkipFalse)
			}
			r = jumpOp(ins.Cond, 0, ins.SkipTrue, ins.SkipFalse)
			r.K = ins.Val
			doubtful = doubtful || ins.Cond > JumpBitsNotSet
		case JumpIfX:
			if uint64(max(ins.SkipTrue, ins.SkipFalse)) >= left {
				return f, skipError(i, left, ins.SkipTrue, ins.SkipFalse)
			}
			r = jumpOp(ins.Cond, 0x08, ins.SkipTrue, ins.SkipFalse)
			doubtful = doubtful || ins.Cond > JumpBitsNotSet
		case RetA:
			r.Op = 0x16
		case RetConstant:
			r.Op, r.K = 0x06, ins.Val
		case TAX:
			r.Op = 0x07
		case TXA:
			r.Op = 0x87
		case nil:
			return fail(i, "the instruction is nil")
		default:
			// Run stops here, if it comes here.
			r.Op, r.K = opUnknown, uint32(i)
			doubtful = true
		}
		raw[i] = r
	}
	f.raw, f.strange = raw, doubtful
	if op := raw[len(raw)-1].Op; op != 0x06 && op != 0x16 {
		return fail(n-1, "BPF program must end with RetA or RetConstant")
	}
	if doubtful {
		return f, assembles(list)
	}
	return f, nil
}

// widths are the bits of an Op that say the width of a load, by bytes.
var widths = [8]uint16{1: 0x10, 2: 0x08, 4: 0x00}

func isWidth(size int) bool { return size == 1 || size == 2 || size == 4 }

// aluOp returns the Op of an operation of A and another operand; of one that does
// not exist, which leaves A as it is, opNothing.
func aluOp(op ALUOp, operand uint16) uint16 {
	if op > ALUOpXor || op%16 != 0 || rows[uint16(op)|operand].code == 0 {
		return opNothing
	}
	return uint16(op) | operand
}

// jumpOp returns a conditional jump without its k. Of each two opposite conditions
// the encoding has one.
func jumpOp(cond JumpTest, operand uint16, skipTrue, skipFalse uint8) RawInstruction {
	c := conditions[cond&7]
	if c.opposite {
		skipTrue, skipFalse = skipFalse, skipTrue
	}
	return RawInstruction{Op: c.op | operand, Jt: skipTrue, Jf: skipFalse}
}

var conditions = [8]struct {
	op       uint16
	opposite bool
}{
	JumpEqual:          {0x15, false},
	JumpNotEqual:       {0x15, true},
	JumpGreaterThan:    {0x25, false},
	JumpLessThan:       {0x35, true},
	JumpGreaterOrEqual: {0x35, false},
	JumpLessOrEqual:    {0x25, true},
	JumpBitsSet:        {0x45, false},
	JumpBitsNotSet:     {0x45, true},
}

// skipError is the error of a conditional jump with too few instructions behind it.
func skipError(i int, left uint64, skipTrue, skipFalse uint8) error {
	which, skip := "true", skipTrue
	if uint64(skip) < left {
		which, skip = "false", skipFalse
	}
	return &ProgramError{i, fmt.Sprintf("cannot jump %d instructions in %s case; jumping past program bounds", skip, which), true}
}

// assembles returns the error of the first instruction that cannot be assembled.
func assembles(list []Instruction) error {
	for i := range list {
		// One by one, for the index; but in the words that it has for all.
		if _, err := list[i].Assemble(); err != nil {
			_, err = bpf.Assemble(list)
			return &ProgramError{i, err.Error(), true}
		}
	}
	return nil
}
