package ops

import (
	endian "encoding/binary" // binary is a shape of rows
	"math/bits"
)

// accessSize is how many bytes each load and store of the table accesses, in
// the order of the codes.
var accessSize = [...]uint8{
	1, 1, 2, 2, 4, 4, 8, 1, 2, // loads
	2, 4, 8, // in opposite order
	8, 4, // of floats
	1, 2, 4, 8, // stores
	8, 4, // of floats
}

// AccessBytes returns how many bytes of memory a load or store accesses, 0 if the
// operation is neither.
func (c Code) AccessBytes() int {
	switch {
	case c >= Load8U && c < Load8UA32:
		return int(accessSize[c-Load8U])
	case c >= Load8UA32 && c <= FStore32A32:
		return int(accessSize[c-Load8UA32])
	}
	return 0
}

// access loads or stores. It returns the value of d or why the operation traps.
func (m *Machine) access(code Code, l, r uint64, offset uint32) (v uint64, reason Reason) {
	size := uint64(code.AccessBytes())
	if code >= Load8UA32 {
		code -= Load8UA32 - Load8U
		l = uint64(uint32(l))
	}
	addr, carry := bits.Add64(l, uint64(offset), 0)
	if n := uint64(len(m.Memory)); carry != 0 || size > n || addr > n-size {
		return 0, ReasonOutOfBounds
	}
	at := m.Memory[addr:][:size]
	order := endian.LittleEndian
	switch code {
	case Load8U:
		return uint64(at[0]), 0
	case Load8S:
		return uint64(int8(at[0])), 0
	case Load16U:
		return uint64(order.Uint16(at)), 0
	case Load16S:
		return uint64(int16(order.Uint16(at))), 0
	case Load32U, FLoad32:
		return uint64(order.Uint32(at)), 0
	case Load32S:
		return uint64(int32(order.Uint32(at))), 0
	case Load64, FLoad:
		return order.Uint64(at), 0
	case Load8Sx32:
		return uint64(uint32(int8(at[0]))), 0
	case Load16Sx32:
		return uint64(uint32(int16(order.Uint16(at)))), 0
	case LoadSw16:
		return uint64(endian.BigEndian.Uint16(at)), 0
	case LoadSw32:
		return uint64(endian.BigEndian.Uint32(at)), 0
	case LoadSw64:
		return endian.BigEndian.Uint64(at), 0
	case Store8:
		at[0] = byte(r)
	case Store16:
		order.PutUint16(at, uint16(r))
	case Store32, FStore32:
		order.PutUint32(at, uint32(r))
	case Store64, FStore:
		order.PutUint64(at, r)
	default:
		panic("ops: the interpreter does not know " + code.String())
	}
	return 0, 0
}
