package codemem

import (
	"encoding/binary"
	"unsafe"
)

// storeCode is a function that stores n in the cell and keeps all registers but
// t0 to t2. Both numbers lie behind it.
func storeCode(cell *uint64, n uint32) (code []byte) {
	for _, inst := range []uint32{
		0x00000297, // auipc t0, 0
		0x0182b303, // ld t1, 24(t0)
		0x0202b383, // ld t2, 32(t0)
		0x00733023, // sd t2, 0(t1)
		0x00008067, // ret
		0x00000013, // nop
	} {
		code = binary.LittleEndian.AppendUint32(code, inst)
	}
	code = binary.LittleEndian.AppendUint64(code, uint64(uintptr(unsafe.Pointer(cell))))
	return binary.LittleEndian.AppendUint64(code, uint64(n))
}
