package prove

import (
	"fmt"

	"github.com/copyjit/copyjit/stencils"
)

// Loads and stores of arm64: size 111 V 0x opc … Rn Rt.

// base returns the address that an operand counts from.
func (a *a64) base() (term, error) {
	n := a.field(5, 5)
	if n == 31 {
		return nil, a.unmodelled() // the stack pointer
	}
	return a.s.regs[n], nil
}

// scale returns the logarithm of the size in bytes.
func (a *a64) scale() int { return a.field(30, 2) }

// memoryScaled: the offset counts in units of the size.
func (a *a64) memoryScaled() error {
	v := a.s.pool.Const(uint64(a.field(10, 12)), 64)
	if len(a.holes) > 0 {
		h := &a.holes[0]
		if len(a.holes) > 1 || h.Kind != stencils.A64Imm12 || !v.Is(0) {
			return fmt.Errorf("a load or store with the hole %s %s", h.Kind, h.Value)
		}
		var err error
		if v, err = a.fillIn(h); err != nil {
			return err
		}
	}
	return a.memory(v.Shl(v.Const(uint64(a.scale()))))
}

// memoryUnscaled: the offset has a sign and counts in bytes.
func (a *a64) memoryUnscaled() error {
	return a.memory(a.s.pool.Const(uint64(int64(a.signedField(12, 9))), 64))
}

// memoryIndexed: a register, extended, perhaps in units of the size.
func (a *a64) memoryIndexed() error {
	option := a.field(13, 3)
	if option&2 == 0 {
		return a.unmodelled()
	}
	return a.memory(a.extended(64, option, a.field(12, 1)*a.scale()))
}

// memory loads or stores.
func (a *a64) memory(offset term) error {
	base, err := a.base()
	if err != nil {
		return err
	}
	addr, t, opc := base.Add(offset), a.field(0, 5), a.field(22, 2)
	w := uint8(8) << a.scale()
	if a.field(26, 1) != 0 { // a float register
		if w < 32 || opc > 1 {
			return a.unmodelled()
		}
		if opc == 0 {
			return a.store(addr, a.s.fregs[t][0].Extract(0, w))
		}
		v, err := a.load(addr, w)
		if err != nil {
			return err
		}
		a.setFloat(t, v)
		return nil
	}
	if opc == 0 {
		return a.store(addr, a.reg(t, w))
	}
	if opc > 1 && w == 64 || opc == 3 && w == 32 {
		return a.unmodelled()
	}
	v, err := a.load(addr, w)
	if err != nil {
		return err
	}
	switch opc {
	case 2:
		v = v.Sext(64)
	case 3:
		v = v.Sext(32)
	}
	a.setReg(t, v)
	return nil
}
