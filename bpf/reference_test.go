package bpf_test

import (
	"encoding/binary"

	"github.com/copyjit/copyjit/bpf"
)

// kernelRun interprets a filter as Linux does, in the plainest way: what compiled
// filters are compared with.
//
// It counts the instructions that it executes in executed.
func kernelRun(raw []bpf.RawInstruction, packet []byte, wire int) uint32 {
	var a, x uint32
	var m [16]uint32
	// at returns size bytes from an offset on, as bpf_internal_load_pointer_neg_helper
	// finds them.
	at := func(offset uint32, size int) (uint32, bool) {
		o := int64(int32(offset))
		switch {
		case o >= 0:
		case o >= -0x100000:
			o += 0x100000 + 14
		case o >= -0x200000:
			o += 0x200000
		default:
			return 0, false
		}
		if o+int64(size) > int64(len(packet)) {
			return 0, false
		}
		switch b := packet[o:]; size {
		case 1:
			return uint32(b[0]), true
		case 2:
			return uint32(binary.BigEndian.Uint16(b)), true
		default:
			return binary.BigEndian.Uint32(b), true
		}
	}
	sizes := map[uint16]int{0x00: 4, 0x08: 2, 0x10: 1}
	for pc := 0; ; pc++ {
		executed++
		r := raw[pc]
		operand := r.K
		if r.Op&0x08 != 0 {
			operand = x
		}
		ok := true
		switch r.Op & 7 {
		case 0: // ld
			switch size := sizes[r.Op&0x18]; r.Op & 0xe0 {
			case 0x00:
				a = r.K
			case 0x20:
				a, ok = at(r.K, size)
			case 0x40:
				a, ok = at(x+r.K, size)
			case 0x60:
				a = m[r.K]
			case 0x80:
				a = uint32(wire)
			}
		case 1: // ldx
			switch r.Op & 0xe0 {
			case 0x00:
				x = r.K
			case 0x60:
				x = m[r.K]
			case 0x80:
				x = uint32(wire)
			case 0xa0:
				if x, ok = at(r.K, 1); ok {
					x = x & 15 * 4
				}
			}
		case 2:
			m[r.K] = a
		case 3:
			m[r.K] = x
		case 4:
			switch r.Op & 0xf0 {
			case 0x00:
				a += operand
			case 0x10:
				a -= operand
			case 0x20:
				a *= operand
			case 0x30:
				if ok = operand != 0; ok {
					a /= operand
				}
			case 0x40:
				a |= operand
			case 0x50:
				a &= operand
			case 0x60:
				a <<= operand & 31
			case 0x70:
				a >>= operand & 31
			case 0x80:
				a = -a
			case 0x90:
				if ok = operand != 0; ok {
					a %= operand
				}
			case 0xa0:
				a ^= operand
			}
		case 5:
			var yes bool
			switch r.Op & 0xf0 {
			case 0x00:
				pc += int(r.K)
				continue
			case 0x10:
				yes = a == operand
			case 0x20:
				yes = a > operand
			case 0x30:
				yes = a >= operand
			case 0x40:
				yes = a&operand != 0
			}
			if yes {
				pc += int(r.Jt)
			} else {
				pc += int(r.Jf)
			}
		case 6:
			if r.Op == 0x16 {
				return a
			}
			return r.K
		case 7:
			if r.Op == 0x87 {
				a = x
			} else {
				x = a
			}
		}
		if !ok {
			return 0
		}
	}
}

var executed int
