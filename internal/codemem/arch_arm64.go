package codemem

import (
	"runtime"
	"unsafe"
)

// trapCode is the instruction that free memory is filled with: brk #0.
var trapCode = []byte{0x00, 0x00, 0x20, 0xD4}

// answerCode returns a function that returns n: mov x0, #n; ret.
func answerCode(n byte) []byte {
	return []byte{n << 5, n >> 3, 0x80, 0xD2, 0xC0, 0x03, 0x5F, 0xD6}
}

// syncCode writes the data cache's lines of rw back to where instruction fetches
// meet data, and drops the instruction caches' lines of rx, on all processors. One
// that has fetched instructions ahead needs an ISB of its own before it runs the
// code.
func syncCode(rw, rx []byte) {
	if runtime.GOOS == "windows" {
		return // which has a system call for it, see pager_windows.go
	}
	syncCaches(uintptr(unsafe.Pointer(unsafe.SliceData(rw))), uintptr(unsafe.Pointer(unsafe.SliceData(rx))), uintptr(len(rw)))
}

//go:noescape
func syncCaches(rw, rx, size uintptr)

// call calls the code at address, which must keep all registers but the one that
// functions return numbers in, and returns what is there.
//
//go:noescape
func call(address uintptr) uintptr
