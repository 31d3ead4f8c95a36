package codemem

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// trapCode is the instruction that free memory is filled with: ebreak.
var trapCode = []byte{0x73, 0x00, 0x10, 0x00}

// answerCode returns a function that returns n, which is less than 16: li a0, n;
// ret.
func answerCode(n byte) []byte {
	return []byte{0x13, 0x05, n << 4, 0x00, 0x67, 0x80, 0x00, 0x00}
}

// syncCode asks the system: FENCE.I reaches only the hart that it is executed on,
// which may not be the one that runs the code. Without flags, all of the
// process's harts see the new code before they run it.
func syncCode(_, rx []byte) {
	start := uintptr(unsafe.Pointer(unsafe.SliceData(rx)))
	// There is nothing that could go wrong with these arguments.
	_, _, _ = unix.Syscall(unix.SYS_RISCV_FLUSH_ICACHE, start, start+uintptr(len(rx)), 0)
}

// call calls the code at address, which must keep all registers but the one that
// functions return numbers in, and returns what is there.
//
//go:noescape
func call(address uintptr) uintptr
