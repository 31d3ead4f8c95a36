package prove

import (
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/arch/riscv64/riscv64asm"

	"github.com/copyjit/copyjit/ops/meaning/bv"
	"github.com/copyjit/copyjit/stencils"
)

// riscv64: instructions of four bytes are read by their fields, which are the same in
// all of a type. The decoder is asked only whether there is such an instruction.
//
// Auipc and what is behind it count as one instruction, as in an assembler: a jump to
// everywhere, or an address that is everywhere.
var targetRISCV64 = target{
	name: "riscv64",
	ctx:  14, fp: 15, mem: 16, zero: 0,
	boxes:    true,
	halves:   true,
	scratch:  set(5, 6, 7, 28, 29, 30, 31),
	fscratch: set(0, 1, 2, 3, 4, 5, 6, 7, 28, 29, 30, 31),
	register: func(o *operand) int { return int(o.number) },
	regName:  func(n int) string { return rvName(fmt.Sprintf("x%d", n)) },
	fregName: func(n int) string { return fmt.Sprintf("f%d", n) },
	length: func(code []byte) (int, error) {
		x, err := riscv64asm.Decode(code)
		if err != nil {
			return 0, fmt.Errorf("undecodable bytes % x: %w", code[:min(len(code), 4)], err)
		}
		switch {
		case x.Len != 4:
			return 0, fmt.Errorf("% x is a compressed instruction", code[:2])
		case x.Op == riscv64asm.AUIPC && len(code) >= 8:
			return 8, nil
		}
		return 4, nil
	},
	execute: func(i *inst) error {
		v := &rv{inst: i, w: binary.LittleEndian.Uint32(i.code)}
		return v.do()
	},
	text: rvText,
}

func rvText(code []byte) string {
	x, err := riscv64asm.Decode(code)
	if err != nil {
		return "?"
	}
	return strings.ToLower(x.String())
}

// rvName returns the usual name of some registers.
func rvName(x string) string {
	names := map[string]string{
		"x0": "zero", "x2": "sp", "x5": "t0", "x6": "t1", "x7": "t2", "x10": "a0", "x11": "a1", "x12": "a2", "x13": "a3", "x14": "a4", "x15": "a5",
		"x16": "a6", "x17": "a7", "x28": "t3", "x29": "t4", "x30": "t5", "x31": "t6",
	}
	if name, ok := names[x]; ok {
		return name
	}
	return x
}

// An rv is an instruction of riscv64 while it is executed:
//
//	31     25 24  20 19  15 14 12 11   7 6     0
//	├─ f7 ────┼─ rs2 ┼─ rs1 ┼─ f3 ┼─ rd ─┼─ op ──┤
type rv struct {
	*inst
	w uint32
}

func (v *rv) rd() int  { return int(v.w >> 7 & 31) }
func (v *rv) f3() int  { return int(v.w >> 12 & 7) }
func (v *rv) rs1() int { return int(v.w >> 15 & 31) }
func (v *rv) rs2() int { return int(v.w >> 20 & 31) }
func (v *rv) f7() int  { return int(v.w >> 25) }

func (v *rv) unmodelled() error {
	return fmt.Errorf("%s (%08x) is not modelled", rvText(v.code), v.w)
}

// set writes a register, the sign above it; the register zero is not written.
func (v *rv) set(n int, x term) {
	if n != 0 {
		v.s.regs[n] = x.Sext(64)
	}
}

func (v *rv) a() term { return v.s.regs[v.rs1()] }
func (v *rv) b() term { return v.s.regs[v.rs2()] }

// immI returns the immediate of twelve bits, or the hole that is there.
func (v *rv) immI() (term, error) {
	if len(v.holes) == 0 {
		return v.s.pool.Const(uint64(int64(int32(v.w)>>20)), 64), nil
	}
	h := &v.holes[0]
	if len(v.holes) > 1 || h.Kind != stencils.RVLo12I && h.Kind != stencils.RVImm12I || h.at != 0 || v.w>>20 != 0 {
		return nil, fmt.Errorf("twelve bits with the hole %s %s", h.Kind, h.Value)
	}
	x, err := v.fillIn(h)
	if err != nil {
		return nil, err
	}
	return x.Extract(0, 12).Sext(64), nil
}

// do executes the instruction.
func (v *rv) do() error {
	switch v.w & 0x7f {
	case 0x37:
		return v.lui()
	case 0x17:
		return v.pair()
	case 0x6f:
		if v.rd() != 0 {
			return v.unmodelled()
		}
		w := v.w
		distance := int(int32(w)>>31)<<20 | int(w>>12&0xff)<<12 | int(w>>20&1)<<11 | int(w>>21&0x3ff)<<1
		return v.jump(v.s.pool.Bool(true), distance)
	case 0x67:
		if v.rd() != 0 || v.f3() != 0 || v.w>>20 != 0 {
			return v.unmodelled()
		}
		return v.jumpTo(v.a())
	case 0x63:
		return v.branch()
	case 0x03, 0x07:
		return v.loads()
	case 0x23, 0x27:
		return v.stores()
	case 0x13, 0x1b:
		return v.immediate()
	case 0x33, 0x3b:
		return v.registers()
	case 0x53:
		return v.float()
	}
	return v.unmodelled()
}

// lui makes the upper twenty bits. With a hole they are those that make the whole
// together with the lower twelve, which have a sign.
func (v *rv) lui() error {
	if len(v.holes) == 0 {
		v.set(v.rd(), v.s.pool.Const(uint64(v.w&^0xfff), 32))
		return nil
	}
	h := &v.holes[0]
	if len(v.holes) > 1 || h.Kind != stencils.RVHi20 && h.Kind != stencils.RVHi20U || h.at != 0 || v.w>>12 != 0 {
		return fmt.Errorf("lui with the hole %s %s", h.Kind, h.Value)
	}
	x, err := v.fillIn(h)
	if err != nil {
		return err
	}
	if w := v.env.width(h.Value); w.bits <= 30 && !w.signed {
		v.set(v.rd(), x.Sub(x.Extract(0, 12).Sext(64))) // nothing wraps around
		return nil
	}
	v.set(v.rd(), x.Extract(0, 32).Sub(x.Extract(0, 12).Sext(32)))
	return nil
}

// pair is auipc with jalr or addi behind it.
func (v *rv) pair() error {
	if len(v.code) != 8 {
		return v.unmodelled()
	}
	second := binary.LittleEndian.Uint32(v.code[4:])
	distance := int(int32(v.w&^0xfff)) + int(int32(second)>>20)
	rd, rs := int(second>>7&31), int(second>>15&31)
	if rs != v.rd() || rs == 0 {
		return v.unmodelled()
	}
	switch second & 0x707f {
	case 0x67: // jalr
		if rd != 0 {
			return v.unmodelled()
		}
		v.set(v.rd(), v.undefined(v.s, 64))
		return v.jump(v.s.pool.Bool(true), distance)
	case 0x13: // addi
		v.set(v.rd(), v.undefined(v.s, 64))
		if len(v.holes) == 0 {
			v.set(rd, v.addressOf(distance))
			return nil
		}
		h := &v.holes[0]
		h.used = true
		if len(v.holes) > 1 || h.Value != stencils.ValTable || h.Kind != stencils.RVCall || h.at != 0 || int(h.Addend) != 0 || distance != 0 {
			return fmt.Errorf("an address with the hole %s %s", h.Kind, h.Value)
		}
		v.set(rd, v.s.pool.Var(inJumps.String(), 64))
		return nil
	}
	return v.unmodelled()
}

func (v *rv) branch() error {
	w := v.w
	distance := int(int32(w)>>31)<<12 | int(w>>7&1)<<11 | int(w>>25&0x3f)<<5 | int(w>>8&0xf)<<1
	a, b := v.a(), v.b()
	var bit term
	switch v.f3() >> 1 {
	case 0:
		bit = a.Eq(b)
	case 2:
		bit = a.Slt(b)
	case 3:
		bit = a.Ult(b)
	default:
		return v.unmodelled()
	}
	if v.f3()&1 != 0 {
		bit = bit.Not()
	}
	return v.jump(bit, distance)
}

func (v *rv) loads() error {
	imm, err := v.immI()
	if err != nil {
		return err
	}
	float, f3 := v.w&0x7f == 0x07, v.f3()
	w := uint8(8) << (f3 & 3)
	if f3 == 7 || float && (f3 != 2 && f3 != 3) {
		return v.unmodelled()
	}
	x, err := v.load(v.a().Add(imm), w)
	switch {
	case err != nil:
		return err
	case float:
		v.setFloat(x)
	case f3&4 != 0:
		v.set(v.rd(), x.Zext(64))
	default:
		v.set(v.rd(), x)
	}
	return nil
}

func (v *rv) stores() error {
	imm := v.s.pool.Const(uint64(int64(int32(v.w)>>25<<5|int32(v.rd()))), 64)
	if len(v.holes) > 0 {
		h := &v.holes[0]
		if len(v.holes) > 1 || h.Kind != stencils.RVImm12S || h.at != 0 || !imm.Is(0) {
			return fmt.Errorf("a store with the hole %s %s", h.Kind, h.Value)
		}
		x, err := v.fillIn(h)
		if err != nil {
			return err
		}
		imm = x.Extract(0, 12).Sext(64)
	}
	float, f3 := v.w&0x7f == 0x27, v.f3()
	if f3 > 3 || float && f3 < 2 {
		return v.unmodelled()
	}
	x := v.b()
	if float {
		x = v.s.fregs[v.rs2()][0]
	}
	return v.store(v.a().Add(imm), x.Extract(0, 8<<f3))
}

// immediate: operations on a register and an immediate.
func (v *rv) immediate() error {
	w := uint8(64)
	if v.w&0x7f == 0x1b {
		w = 32
	}
	x := v.a().Extract(0, w)
	f3 := v.f3()
	if f3 == 1 || f3 == 5 { // shifts
		count := v.w >> 20 & 0x3f
		kind := v.w >> 26
		if w == 32 && count > 31 || len(v.holes) > 0 {
			return v.unmodelled()
		}
		n := x.Const(uint64(count))
		switch {
		case f3 == 1 && kind == 0:
			x = x.Shl(n)
		case f3 == 5 && kind == 0:
			x = x.Shr(n)
		case f3 == 5 && kind == 0x10:
			x = x.Sar(n)
		default:
			return v.unmodelled()
		}
		v.set(v.rd(), x)
		return nil
	}
	imm, err := v.immI()
	if err != nil {
		return err
	}
	y := imm.Extract(0, w)
	switch {
	case f3 == 0:
		x = x.Add(y)
	case w == 32:
		return v.unmodelled()
	case f3 == 2:
		x = x.Slt(y).Zext(64)
	case f3 == 3:
		x = x.Ult(y).Zext(64)
	case f3 == 4:
		x = x.Xor(y)
	case f3 == 6:
		x = x.Or(y)
	case f3 == 7:
		x = x.And(y)
	}
	v.set(v.rd(), x)
	return nil
}

// registers: operations on two registers. A quotient by 0 is all ones.
func (v *rv) registers() error {
	w, count := uint8(64), uint8(6)
	if v.w&0x7f == 0x3b {
		w, count = 32, 5
	}
	x, y := v.a().Extract(0, w), v.b().Extract(0, w)
	n := y.Extract(0, count).Zext(w)
	zero := y.Eq(y.Const(0))
	ones := y.Const(bv.Mask(w))
	var r term
	switch v.f7()<<3 | v.f3() {
	case 0:
		r = x.Add(y)
	case 0x20 << 3:
		r = x.Sub(y)
	case 1:
		r = x.Shl(n)
	case 5:
		r = x.Shr(n)
	case 0x20<<3 | 5:
		r = x.Sar(n)
	case 1 << 3:
		r = x.Mul(y)
	case 1<<3 | 4:
		r = zero.Ite(ones, x.SDiv(y))
	case 1<<3 | 5:
		r = zero.Ite(ones, x.UDiv(y))
	case 1<<3 | 6:
		r = zero.Ite(x, x.SRem(y))
	case 1<<3 | 7:
		r = zero.Ite(x, x.URem(y))
	}
	if w == 64 && r == nil {
		switch v.f7()<<3 | v.f3() {
		case 2:
			r = x.Slt(y).Zext(64)
		case 3:
			r = x.Ult(y).Zext(64)
		case 4:
			r = x.Xor(y)
		case 6:
			r = x.Or(y)
		case 7:
			r = x.And(y)
		case 1<<3 | 1:
			r = x.MulHS(y)
		case 1<<3 | 3:
			r = x.MulHU(y)
		}
	}
	if r == nil {
		return v.unmodelled()
	}
	v.set(v.rd(), r)
	return nil
}
