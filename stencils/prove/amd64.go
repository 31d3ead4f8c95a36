package prove

import (
	"fmt"
	"strings"

	"golang.org/x/arch/x86/x86asm"

	"github.com/copyjit/copyjit/ops/meaning/bv"
	"github.com/copyjit/copyjit/stencils"
)

// amd64: fields name r8 to r15 and xmm0 to xmm7.
var targetAMD64 = target{
	name: "amd64",
	ctx:  7, fp: 6, mem: 2, zero: -1,
	scratch:  set(0, 1, 3, 10),                                     // rax rcx rbx r10
	fscratch: set(8, 9, 10, 11, 12, 13, 14, 15) | ^uint64(1<<16-1), // there are 16
	register: func(o *operand) int {
		if isFloat(o) {
			return int(o.number)
		}
		return 8 + int(o.number)
	},
	regName:  func(n int) string { return strings.ToLower((x86asm.RAX + x86asm.Reg(n)).String()) },
	fregName: func(n int) string { return fmt.Sprintf("xmm%d", n) },
	length: func(code []byte) (int, error) {
		x, err := x86asm.Decode(code, 64)
		if err != nil {
			return 0, fmt.Errorf("undecodable bytes % x: %w", code[:min(len(code), 8)], err)
		}
		return x.Len, nil
	},
	execute: func(i *inst) error {
		x := &x86inst{inst: i}
		return x.do()
	},
	text: func(code []byte) string {
		x, err := x86asm.Decode(code, 64)
		if err != nil {
			return "?"
		}
		return x86asm.IntelSyntax(x, 0, nil)
	},
}

// An x86inst is an instruction of amd64 while it is executed.
type x86inst struct {
	*inst
	x x86asm.Inst
	// imm and disp are the holes that the immediate and the displacement are, or nil.
	imm, disp *hole
	err       error // the first in an operand
}

// do executes the instruction.
func (x *x86inst) do() error {
	var err error
	if x.x, err = x86asm.Decode(x.code, 64); err != nil {
		return err
	}
	for _, p := range x.x.Prefix {
		if p != 0 && !p.IsREX() && p&x86asm.PrefixImplicit == 0 && p != x86asm.PrefixDataSize {
			return fmt.Errorf("the prefix %v is not modelled", p)
		}
	}
	if err := x.findHoles(); err != nil {
		return err
	}
	if err := x.dispatch(); err != nil {
		return err
	}
	if x.err != nil {
		return fmt.Errorf("%s: %w", x.x, x.err)
	}
	return nil
}

func (x *x86inst) unmodelled() error { return fmt.Errorf("%s is not modelled", x.x) }

// fail keeps the first error.
func (x *x86inst) fail(err error) {
	if x.err == nil {
		x.err = err
	}
}

// findHoles finds out which operand each hole is, by writing something into it.
func (x *x86inst) findHoles() error {
	for n := range x.holes {
		h := &x.holes[n]
		if h.Kind.Relative() {
			continue // see jump
		}
		marked := append([]byte(nil), x.code...)
		for k := range h.Kind.Width() {
			marked[h.at+k] ^= 0x11
		}
		y, err := x86asm.Decode(marked, 64)
		if err != nil || y.Op != x.x.Op || y.Len != x.x.Len {
			return fmt.Errorf("the hole %s %s is in the instruction's code", h.Kind, h.Value)
		}
		changed := 0
		for k, a := range x.x.Args {
			b := y.Args[k]
			if a == b {
				continue
			}
			changed++
			switch a := a.(type) {
			case x86asm.Imm:
				if a != 0 {
					return fmt.Errorf("the hole %s %s is not all of the immediate", h.Kind, h.Value)
				}
				x.imm = h
			case x86asm.Mem:
				c, ok := b.(x86asm.Mem)
				if c.Disp = 0; !ok || a.Disp != 0 || a != c || h.Kind != stencils.X86Abs32S {
					return fmt.Errorf("the hole %s %s is not a displacement", h.Kind, h.Value)
				}
				x.disp = h
			default:
				return fmt.Errorf("the hole %s %s is in an operand that takes none", h.Kind, h.Value)
			}
		}
		if changed != 1 {
			return fmt.Errorf("the hole %s %s changes %d operands", h.Kind, h.Value, changed)
		}
	}
	return nil
}

// fillIn returns what the linker puts in a hole.
func (x *x86inst) fillIn(h *hole) term {
	v, err := x.inst.fillIn(h)
	if err != nil {
		x.fail(err)
		return x.s.pool.Const(0, 64)
	}
	return v
}

// gpr returns the number of a general register, which of its bits a name is, and how
// many.
func gpr(r x86asm.Reg) (n int, low, bits uint8, ok bool) {
	switch {
	case x86asm.AL <= r && r <= x86asm.BL:
		return int(r - x86asm.AL), 0, 8, true
	case x86asm.AH <= r && r <= x86asm.BH:
		return int(r - x86asm.AH), 8, 8, true
	case x86asm.SPB <= r && r <= x86asm.R15B:
		return int(r-x86asm.SPB) + 4, 0, 8, true
	case x86asm.AX <= r && r <= x86asm.R15W:
		return int(r - x86asm.AX), 0, 16, true
	case x86asm.EAX <= r && r <= x86asm.R15L:
		return int(r - x86asm.EAX), 0, 32, true
	case x86asm.RAX <= r && r <= x86asm.R15:
		return int(r - x86asm.RAX), 0, 64, true
	}
	return 0, 0, 0, false
}

// reg reads a register.
func (x *x86inst) reg(r x86asm.Reg) term {
	if n, low, bits, ok := gpr(r); ok {
		return x.s.regs[n].Extract(low, bits)
	}
	if x86asm.X0 <= r && r <= x86asm.X15 {
		return x.s.fregs[r-x86asm.X0][0]
	}
	x.fail(fmt.Errorf("the register %s is not modelled", r))
	return x.s.pool.Const(0, 64)
}

// setReg writes a register. Writing 32 bits makes those above 0, writing fewer
// leaves the others.
func (x *x86inst) setReg(r x86asm.Reg, v term) {
	n, low, bits, ok := gpr(r)
	if !ok || v.Width != bits {
		x.fail(fmt.Errorf("%d bits are written to %s", v.Width, r))
		return
	}
	if bits == 32 {
		v = v.Zext(64)
	}
	old := x.s.regs[n]
	if low > 0 {
		v = v.Concat(old.Extract(0, low))
	}
	if v.Width < 64 {
		v = old.Extract(v.Width, 64-v.Width).Concat(v)
	}
	x.s.regs[n] = v
}

// addr returns the address of a memory operand.
func (x *x86inst) addr(m x86asm.Mem) term {
	p := x.s.pool
	if m.Segment != 0 || x.x.AddrSize != 64 {
		x.fail(fmt.Errorf("the address %s is not modelled", m))
		return p.Const(0, 64)
	}
	if m.Base == x86asm.RIP {
		return x.relative(int(m.Disp))
	}
	a := p.Const(uint64(m.Disp), 64)
	if x.disp != nil {
		a = x.fillIn(x.disp)
	}
	if m.Base != 0 {
		a = a.Add(x.reg(m.Base))
	}
	if m.Index != 0 {
		a = a.Add(x.reg(m.Index).Mul(p.Const(uint64(m.Scale), 64)))
	}
	return a
}

// relative returns an address relative to the instruction's end.
func (x *x86inst) relative(disp int) term {
	if len(x.holes) == 0 {
		return x.addressOf(x.size + disp)
	}
	h := &x.holes[0]
	h.used = true
	if h.Value != stencils.ValTable || int(h.Addend)+disp != h.at-x.size {
		x.fail(fmt.Errorf("an address with the hole %s %s%+d", h.Kind, h.Value, h.Addend))
	}
	return x.s.pool.Var(inJumps.String(), 64)
}

// read returns so many bits of an operand.
func (x *x86inst) read(a x86asm.Arg, bits uint8) term {
	switch a := a.(type) {
	case x86asm.Reg:
		v := x.reg(a)
		if v.Width < bits {
			x.fail(fmt.Errorf("%d bits are read of %s", bits, a))
			return x.s.pool.Const(0, bits)
		}
		return v.Extract(0, bits)
	case x86asm.Imm:
		if x.imm != nil {
			return x.fillIn(x.imm).Extract(0, bits)
		}
		return x.s.pool.Const(uint64(a), bits)
	case x86asm.Mem:
		if x86asm.RIP == a.Base {
			x.fail(fmt.Errorf("it reads memory beside the code"))
			return x.s.pool.Const(0, bits)
		}
		v, err := x.load(x.addr(a), bits)
		if err != nil {
			x.fail(err)
			return x.s.pool.Const(0, bits)
		}
		return v
	}
	x.fail(fmt.Errorf("the operand %v is not modelled", a))
	return x.s.pool.Const(0, bits)
}

// write changes an operand.
func (x *x86inst) write(a x86asm.Arg, v term) {
	switch a := a.(type) {
	case x86asm.Reg:
		x.setReg(a, v)
	case x86asm.Mem:
		if x.err == nil {
			if err := x.store(x.addr(a), v); err != nil {
				x.fail(err)
			}
		}
	default:
		x.fail(fmt.Errorf("the operand %v cannot be written", a))
	}
}

// width returns how many bits an operand has.
func (x *x86inst) width(a x86asm.Arg) uint8 {
	switch a := a.(type) {
	case x86asm.Reg:
		if _, _, bits, ok := gpr(a); ok {
			return bits
		}
		return 64
	case x86asm.Mem:
		if x.x.MemBytes > 0 {
			return uint8(8 * x.x.MemBytes)
		}
	}
	return uint8(x.x.DataSize)
}

// dispatch does what the instruction does.
func (x *x86inst) dispatch() error {
	op, args := x.x.Op, x.x.Args
	if op == x86asm.JMP {
		return x.jmp()
	}
	if c, ok := x86Jumps[op]; ok {
		rel, ok := args[0].(x86asm.Rel)
		if !ok {
			return x.unmodelled()
		}
		bit := x.condition(c)
		if x.err != nil {
			return nil
		}
		return x.jump(bit, x.size+int(rel))
	}
	w := x.width(args[0])
	if c, ok := x86Sets[op]; ok {
		x.write(args[0], x.condition(c).Zext(8))
		return nil
	}
	if c, ok := x86Moves[op]; ok {
		v := x.read(args[1], w)
		x.write(args[0], x.condition(c).Ite(v, x.read(args[0], w)))
		return nil
	}
	if f, ok := x86Integer[op]; ok {
		return f(x, w)
	}
	if f, ok := x86Float[op]; ok {
		return f(x)
	}
	return x.unmodelled()
}

// jmp jumps.
func (x *x86inst) jmp() error {
	switch a := x.x.Args[0].(type) {
	case x86asm.Rel:
		return x.jump(x.s.pool.Bool(true), x.size+int(a))
	case x86asm.Mem, x86asm.Reg:
		to := x.read(a, 64)
		if x.err != nil {
			return nil
		}
		return x.jumpTo(to)
	}
	return x.unmodelled()
}

// x86Integer are the instructions on integers, given the width of their first
// operand.
var x86Integer = map[x86asm.Op]func(x *x86inst, w uint8) error{
	x86asm.MOV: func(x *x86inst, w uint8) error {
		x.write(x.x.Args[0], x.read(x.x.Args[1], w))
		return nil
	},
	x86asm.MOVZX:  func(x *x86inst, w uint8) error { return x.extend(w, bvZext) },
	x86asm.MOVSX:  func(x *x86inst, w uint8) error { return x.extend(w, bvSext) },
	x86asm.MOVSXD: func(x *x86inst, w uint8) error { return x.extend(w, bvSext) },
	x86asm.LEA: func(x *x86inst, w uint8) error {
		m, ok := x.x.Args[1].(x86asm.Mem)
		if !ok {
			return x.unmodelled()
		}
		x.write(x.x.Args[0], x.addr(m).Extract(0, w))
		return nil
	},
	x86asm.ADD: func(x *x86inst, w uint8) error {
		a, b := x.read(x.x.Args[0], w), x.read(x.x.Args[1], w)
		r := a.Add(b)
		x.s.flags = flags{kind: ofAdd, x: a, y: b, r: r}
		x.write(x.x.Args[0], r)
		return nil
	},
	x86asm.SUB: func(x *x86inst, w uint8) error { x.write(x.x.Args[0], x.subtract(w)); return nil },
	x86asm.CMP: func(x *x86inst, w uint8) error { x.subtract(w); return nil },
	x86asm.NEG: func(x *x86inst, w uint8) error {
		a := x.read(x.x.Args[0], w)
		x.s.flags = flags{kind: ofSub, x: a.Const(0), y: a}
		x.write(x.x.Args[0], a.Neg())
		return nil
	},
	x86asm.NOT: func(x *x86inst, w uint8) error {
		x.write(x.x.Args[0], x.read(x.x.Args[0], w).Not())
		return nil
	},
	x86asm.INC:  func(x *x86inst, w uint8) error { return x.step1(w, 1) },
	x86asm.DEC:  func(x *x86inst, w uint8) error { return x.step1(w, ^uint64(0)) },
	x86asm.AND:  func(x *x86inst, w uint8) error { return x.logic(w, term.And, true) },
	x86asm.OR:   func(x *x86inst, w uint8) error { return x.logic(w, term.Or, true) },
	x86asm.XOR:  func(x *x86inst, w uint8) error { return x.logic(w, term.Xor, true) },
	x86asm.TEST: func(x *x86inst, w uint8) error { return x.logic(w, term.And, false) },
	x86asm.SHL:  func(x *x86inst, w uint8) error { return x.shift(w, term.Shl) },
	x86asm.SHR:  func(x *x86inst, w uint8) error { return x.shift(w, term.Shr) },
	x86asm.SAR:  func(x *x86inst, w uint8) error { return x.shift(w, term.Sar) },
	x86asm.ROL:  func(x *x86inst, w uint8) error { return x.rotate(w, term.Rotl) },
	x86asm.ROR:  func(x *x86inst, w uint8) error { return x.rotate(w, term.Rotr) },
	x86asm.BSWAP: func(x *x86inst, w uint8) error {
		x.write(x.x.Args[0], x.read(x.x.Args[0], w).Bswap())
		return nil
	},
	x86asm.BSF: func(x *x86inst, w uint8) error { return x.scan(w, term.Ctz) },
	x86asm.BSR: func(x *x86inst, w uint8) error {
		return x.scan(w, func(v term) term { return v.Const(uint64(v.Width) - 1).Sub(v.Clz()) })
	},
	x86asm.IMUL: func(x *x86inst, w uint8) error {
		if x.x.Args[1] == nil {
			return x.multiply(w, term.MulHS)
		}
		a, b := x.x.Args[0], x.x.Args[1]
		if x.x.Args[2] != nil {
			a, b = b, x.x.Args[2]
		}
		r := x.read(a, w).Mul(x.read(b, w))
		x.s.flags = flags{}
		x.write(x.x.Args[0], r)
		return nil
	},
	x86asm.SBB: func(x *x86inst, w uint8) error {
		a, b := x.read(x.x.Args[0], w), x.read(x.x.Args[1], w)
		r := a.Sub(b).Sub(x.condition(ifB).Zext(w))
		x.s.flags = flags{}
		x.write(x.x.Args[0], r)
		return nil
	},
	x86asm.MUL:  func(x *x86inst, w uint8) error { return x.multiply(w, term.MulHU) },
	x86asm.DIV:  func(x *x86inst, w uint8) error { return x.divide(w, false) },
	x86asm.IDIV: func(x *x86inst, w uint8) error { return x.divide(w, true) },
	x86asm.CQO: func(x *x86inst, w uint8) error {
		x.s.regs[2] = x.s.regs[0].Extract(63, 1).Sext(64)
		return nil
	},
	x86asm.CDQ: func(x *x86inst, w uint8) error {
		x.s.regs[2] = x.s.regs[0].Extract(31, 1).Sext(32).Zext(64)
		return nil
	},
}

func bvZext(v term, w uint8) term { return v.Zext(w) }
func bvSext(v term, w uint8) term { return v.Sext(w) }

func (x *x86inst) extend(w uint8, f func(term, uint8) term) error {
	from := x.x.Args[1]
	n := x.width(from)
	if r, ok := from.(x86asm.Reg); ok {
		_, _, n, _ = gpr(r)
	}
	x.write(x.x.Args[0], f(x.read(from, n), w))
	return nil
}

func (x *x86inst) subtract(w uint8) term {
	a, b := x.read(x.x.Args[0], w), x.read(x.x.Args[1], w)
	x.s.flags = flags{kind: ofSub, x: a, y: b}
	return a.Sub(b)
}

// step1 adds 1 or −1 and leaves the carry, which is not kept here.
func (x *x86inst) step1(w uint8, by uint64) error {
	r := x.read(x.x.Args[0], w).AddConst(by)
	x.s.flags = flags{kind: ofResult, r: r}
	x.write(x.x.Args[0], r)
	return nil
}

func (x *x86inst) logic(w uint8, f func(a, b term) term, keep bool) error {
	r := f(x.read(x.x.Args[0], w), x.read(x.x.Args[1], w))
	x.s.flags = flags{kind: ofLogic, r: r}
	if keep {
		x.write(x.x.Args[0], r)
	}
	return nil
}

// count returns the count of a shift, as many bits of it as count.
func (x *x86inst) count(w uint8) term {
	bits := uint8(5)
	if w == 64 {
		bits = 6
	}
	return x.read(x.x.Args[1], 8).Extract(0, bits)
}

func (x *x86inst) shift(w uint8, f func(v, n term) term) error {
	if w < 32 {
		return x.unmodelled() // counts above the width
	}
	r := f(x.read(x.x.Args[0], w), x.count(w).Zext(w))
	// By 0 a shift leaves the flags.
	x.s.flags = flags{}
	if n := x.count(w); n.IsConst() && !n.Is(0) {
		x.s.flags = flags{kind: ofResult, r: r}
	}
	x.write(x.x.Args[0], r)
	return nil
}

func (x *x86inst) rotate(w uint8, f func(v, n term) term) error {
	n := x.count(w)
	if w == 16 {
		n = n.Extract(0, 4)
	} else if w == 8 {
		n = n.Extract(0, 3)
	}
	r := f(x.read(x.x.Args[0], w), n)
	x.s.flags = flags{}
	x.write(x.x.Args[0], r)
	return nil
}

// scan finds a bit. What it writes if there is none is undefined.
func (x *x86inst) scan(w uint8, f func(v term) term) error {
	v := x.read(x.x.Args[1], w)
	none := v.Eq(v.Const(0))
	// The register as a whole: 32 bits of an undefined result leave what is above
	// undefined too.
	x.s.flags = flags{kind: ofZero, r: none}
	n, _, _, ok := gpr(regOf(x.x.Args[0]))
	if !ok || w < 32 {
		return x.unmodelled()
	}
	x.s.regs[n] = none.Ite(x.undefined(x.s, 64), f(v).Zext(64))
	return nil
}

func regOf(a x86asm.Arg) x86asm.Reg {
	r, _ := a.(x86asm.Reg)
	return r
}

// multiply makes a product of two words.
func (x *x86inst) multiply(w uint8, upper func(a, b term) term) error {
	if w != 64 {
		return x.unmodelled()
	}
	a, b := x.s.regs[0], x.read(x.x.Args[0], w)
	x.s.regs[0], x.s.regs[2] = a.Mul(b), upper(a, b)
	x.s.flags = flags{}
	return nil
}

// divide divides two words, the upper of which must be no more than an extension
// of the lower one.
func (x *x86inst) divide(w uint8, signed bool) error {
	if w < 32 {
		return x.unmodelled()
	}
	d := x.read(x.x.Args[0], w)
	high, low := x.s.regs[2].Extract(0, w), x.s.regs[0].Extract(0, w)
	zero := d.Eq(d.Const(0))
	q, r := low.UDiv, low.URem
	x.require(zero.Not(), "a division by 0, which faults")
	if signed {
		if high != low.Extract(w-1, 1).Sext(w) {
			return fmt.Errorf("%s: the upper half is not the sign of the lower", x.x)
		}
		q, r = low.SDiv, low.SRem
		least := low.Eq(low.Const(1 << (w - 1)))
		x.require(least.And(d.Eq(d.Const(bv.Mask(w)))).Not(), "a quotient out of range, which faults")
	} else if !high.Is(0) {
		return fmt.Errorf("%s: the upper half is not 0", x.x)
	}
	x.s.regs[0], x.s.regs[2] = q(d).Zext(64), r(d).Zext(64)
	x.s.flags = flags{}
	return nil
}
