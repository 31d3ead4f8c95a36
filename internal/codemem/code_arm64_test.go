package codemem

import (
	"encoding/binary"
	"unsafe"
)

// storeCode is a function that stores n in the cell and keeps all registers but
// x0, x16 and x17.
func storeCode(cell *uint64, n uint32) (code []byte) {
	move := func(reg uint32, v uint64) { // movz, movk …
		for k := range uint32(4) {
			inst := 0xD2800000 | k<<21 | uint32(v>>(16*k)&0xFFFF)<<5 | reg
			if k > 0 {
				inst |= 1 << 29
			}
			code = binary.LittleEndian.AppendUint32(code, inst)
		}
	}
	move(16, uint64(uintptr(unsafe.Pointer(cell))))
	move(17, uint64(n))
	code = binary.LittleEndian.AppendUint32(code, 0xF9000211) // str x17, [x16]
	return binary.LittleEndian.AppendUint32(code, 0xD65F03C0) // ret
}
