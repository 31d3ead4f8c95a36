package jit

import "github.com/copyjit/copyjit/ops"

// What is above a float32 in a register of compiled code: riscv64 takes anything
// else for NaN, and the others do not care.
const aboveFloat32 = 0xffffffff << 32

// registers returns the registers as the current call has left them.
func (in *Instance) registers() (reg *[ops.NumRegs]uint64, freg *[ops.NumFRegs]uint64) {
	if in.native() {
		return &in.ctx.reg, &in.ctx.freg
	}
	return &in.interp.Reg, &in.interp.FReg
}

// get reads values of a callee with these slots from their places.
func (in *Instance) get(values []uint64, places []ops.Number, slots []uint64) {
	reg, freg := in.registers()
	for i, n := range places {
		switch {
		case n >= ops.FirstSlot:
			values[i] = slots[n-ops.FirstSlot]
		case n >= ops.FirstFReg32:
			values[i] = uint64(uint32(freg[n-ops.FirstFReg32]))
		case n >= ops.FirstFReg:
			values[i] = freg[n-ops.FirstFReg]
		default:
			values[i] = reg[n-ops.FirstReg]
		}
	}
}

// put writes values of these types to their places.
func (in *Instance) put(values []uint64, types []ops.Type, places []ops.Number, slots []uint64) {
	reg, freg := in.registers()
	for i, n := range places {
		v := values[i]
		if types[i] == ops.Float32 {
			v = uint64(uint32(v))
		}
		switch {
		case n >= ops.FirstSlot:
			slots[n-ops.FirstSlot] = v
		case n >= ops.FirstFReg32:
			freg[n-ops.FirstFReg32] = in.inRegister(v)
		case n >= ops.FirstFReg:
			freg[n-ops.FirstFReg] = v
		default:
			reg[n-ops.FirstReg] = v
		}
	}
}

// inRegister returns what a register holds for a float32.
func (in *Instance) inRegister(v uint64) uint64 {
	if in.native() {
		v |= aboveFloat32
	}
	return v
}

// passFloats puts the arguments that are in float registers there.
func (in *Instance) passFloats(sig ops.Signature, s *ops.State) {
	_, freg := in.registers()
	for _, n := range sig.ParamPlaces() {
		switch {
		case n >= ops.FirstSlot:
		case n >= ops.FirstFReg32:
			freg[n-ops.FirstFReg32] = in.inRegister(uint64(uint32(s.FReg[n-ops.FirstFReg32])))
		case n >= ops.FirstFReg:
			freg[n-ops.FirstFReg] = s.FReg[n-ops.FirstFReg]
		}
	}
}

// takeFloats takes the results that are in float registers from there.
func (in *Instance) takeFloats(sig ops.Signature, s *ops.State) {
	_, freg := in.registers()
	for _, n := range sig.ResultPlaces() {
		switch {
		case n >= ops.FirstSlot:
		case n >= ops.FirstFReg32:
			s.FReg[n-ops.FirstFReg32] = uint64(uint32(freg[n-ops.FirstFReg32]))
		case n >= ops.FirstFReg:
			s.FReg[n-ops.FirstFReg] = freg[n-ops.FirstFReg]
		}
	}
}
