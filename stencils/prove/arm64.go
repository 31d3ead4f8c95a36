package prove

import (
	"encoding/binary"
	"fmt"

	"golang.org/x/arch/arm64/arm64asm"
)

// arm64: instructions are read by the classes of the manual ("Top-level encodings for
// A64"), field by field: a decoder that names them hides too many of their operands.
// It is asked only whether there is such an instruction.
var targetARM64 = target{
	name: "arm64",
	ctx:  24, fp: 25, mem: 26, zero: -1,
	scratch:  set(3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 19),
	fscratch: ^uint64(0xff), // v8 and above
	register: func(o *operand) int { return int(o.number) },
	regName: func(n int) string {
		if n == 31 {
			return "sp"
		}
		return fmt.Sprintf("x%d", n)
	},
	fregName: func(n int) string { return fmt.Sprintf("v%d", n) },
	length: func(code []byte) (int, error) {
		if _, err := arm64asm.Decode(code); err != nil {
			return 0, fmt.Errorf("undecodable bytes % x: %w", code[:min(len(code), 4)], err)
		}
		return 4, nil
	},
	execute: func(i *inst) error {
		a := &a64{inst: i, w: binary.LittleEndian.Uint32(i.code)}
		if err := a.do(); err != nil {
			return err
		}
		return a.err
	},
	text: a64Text,
}

func a64Text(code []byte) string {
	x, err := arm64asm.Decode(code)
	if err != nil {
		return "?"
	}
	return arm64asm.GNUSyntax(x)
}

// An a64 is an instruction of arm64 while it is executed.
type a64 struct {
	*inst
	w   uint32
	err error
}

// field returns n bits of the instruction from a bit on.
func (a *a64) field(at, n int) int { return int(a.w >> at & (1<<n - 1)) }

// signedField returns the same as a signed number.
func (a *a64) signedField(at, n int) int { return int(int32(a.w<<(32-at-n)) >> (32 - n)) }

// width returns 64 or 32, as the highest bit says.
func (a *a64) width() uint8 {
	if a.w>>31 != 0 {
		return 64
	}
	return 32
}

func (a *a64) unmodelled() error {
	return fmt.Errorf("%s (%08x) is not modelled", a64Text(a.code), a.w)
}

func (a *a64) fail(err error) {
	if a.err == nil {
		a.err = err
	}
}

// reg reads so many bits of a register, 31 being zero.
func (a *a64) reg(n int, w uint8) term {
	if n == 31 {
		return a.s.pool.Const(0, w)
	}
	return a.s.regs[n].Extract(0, w)
}

// setReg writes a register, zeros above; 31 is not written.
func (a *a64) setReg(n int, v term) {
	if n != 31 {
		a.s.regs[n] = v.Zext(64)
	}
}

// class is a class of encodings: those instructions of which some bits are fixed.
type class struct {
	mask, bits uint32
	do         func(a *a64) error
}

var a64Classes []class

func init() {
	a64Classes = []class{
		{0x9f000000, 0x10000000, (*a64).adr},
		{0x1f800000, 0x11000000, (*a64).addImmediate},
		{0x1f800000, 0x12000000, (*a64).logicalImmediate},
		{0x1f800000, 0x12800000, (*a64).moveWide},
		{0x1f800000, 0x13000000, (*a64).bitfield},
		{0x7fa00000, 0x13800000, (*a64).extract},
		{0xfc000000, 0x14000000, func(a *a64) error { return a.jump(a.s.pool.Bool(true), 4*a.signedField(0, 26)) }},
		{0xff000010, 0x54000000, func(a *a64) error { return a.branch(a.condition(a.field(0, 4)), 4*a.signedField(5, 19)) }},
		{0x7e000000, 0x34000000, (*a64).compareBranch},
		{0x7e000000, 0x36000000, (*a64).testBranch},
		{0xfffffc1f, 0xd61f0000, func(a *a64) error { return a.jumpTo(a.reg(a.field(5, 5), 64)) }},
		{0x3f000000, 0x39000000, (*a64).memoryScaled},
		{0x3f200c00, 0x38000000, (*a64).memoryUnscaled},
		{0x3f200c00, 0x38200800, (*a64).memoryIndexed},
		{0x3f000000, 0x3d000000, (*a64).memoryScaled},
		{0x3f200c00, 0x3c000000, (*a64).memoryUnscaled},
		{0x3f200c00, 0x3c200800, (*a64).memoryIndexed},
		{0x1f000000, 0x0a000000, (*a64).logicalShifted},
		{0x1f200000, 0x0b000000, (*a64).addShifted},
		{0x1fe00000, 0x0b200000, (*a64).addExtended},
		{0x3fe00410, 0x3a400000, (*a64).conditionalCompare},
		{0x3fe00800, 0x1a800000, (*a64).conditionalSelect},
		{0x7f000000, 0x1b000000, (*a64).threeSources},
		{0x7fe00000, 0x1ac00000, (*a64).twoSources},
		{0x7fff0000, 0x5ac00000, (*a64).oneSource},
	}
	a64Classes = append(a64Classes, a64FloatClasses()...)
}

// do executes the instruction.
func (a *a64) do() error {
	for _, c := range a64Classes {
		if a.w&c.mask == c.bits {
			return c.do(a)
		}
	}
	return a.unmodelled()
}

// branch is a conditional jump.
func (a *a64) branch(bit term, distance int) error {
	if a.err != nil {
		return a.err
	}
	return a.jump(bit, distance)
}
