package codemem

import (
	"encoding/binary"
	"unsafe"
)

// storeCode is a function that stores n in the cell and keeps all registers.
func storeCode(cell *uint64, n uint32) []byte {
	code := []byte{0x50, 0x48, 0xB8} // push rax; mov rax, cell
	code = binary.LittleEndian.AppendUint64(code, uint64(uintptr(unsafe.Pointer(cell))))
	code = append(code, 0x48, 0xC7, 0x00) // mov qword [rax], n
	code = binary.LittleEndian.AppendUint32(code, n)
	return append(code, 0x58, 0xC3) // pop rax; ret
}
