package jit

import "encoding/binary"

// contextReg is the register that holds the context, see enter_arm64.s.
const contextReg = 24

// garbageCode fills all registers with garbage but sp, x18, which is the platform's,
// x28, which is g, x29 and x30, and what holds the context; it waits for the poll
// word, at an offset of the context, for a while before it leaves.
func garbageCode(poll uint32) (code []byte) {
	emit := func(inst uint32) { code = binary.LittleEndian.AppendUint32(code, inst) }
	move := func(reg uint32, v uint64) { // movz, movk …
		for k := range uint32(4) {
			inst := 0xd2800000 | k<<21 | uint32(v>>(16*k)&0xffff)<<5 | reg
			if k > 0 {
				inst |= 1 << 29
			}
			emit(inst)
		}
	}
	for r := range uint32(28) {
		if r != 18 && r != contextReg {
			move(r, garbage)
		}
	}
	for r := range uint32(32) {
		emit(0x6f07e7e0 | r) // movi v.2d, all ones
	}
	move(0, 1<<20)
	emit(0xf9400001 | poll/8<<10 | contextReg<<5) // loop: ldr x1, [ctx, poll]
	emit(0xf9400021)                              // ldr x1, [x1]
	emit(0xb7f80061)                              // tbnz x1, 63, out
	emit(0xf1000400)                              // subs x0, x0, 1
	emit(0x54ffff81)                              // b.ne loop
	move(1, garbage)                              // out:
	move(0, garbage)
	emit(0xf9400010 | contextReg<<5) // ldr x16, [ctx]
	emit(0xd61f0200)                 // br x16
	return code
}
