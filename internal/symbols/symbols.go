// Package symbols says what is in a block of machine code, in the words of the tools
// that are told of it: perf (packages perfmap and jitdump) and GDB (gdbjit).
package symbols

import (
	"fmt"
	"os"
	"runtime"
)

// A Block is a range of code memory that was filled.
type Block struct {
	Addr    uintptr // where it runs
	Code    []byte  // what is there
	File    string  // in which Lines are; "" if unknown
	Symbols []Symbol
}

// A Symbol is the code of a function, or a part of it. Symbols of a block are in
// the order of their offsets and do not overlap.
type Symbol struct {
	Name   string
	Offset uint32 // from the start of the block, in bytes
	Size   uint32 // in bytes
	Lines  []Line // in the order of their offsets; nil if unknown
	Calls  []Call // in the order of their offsets
}

// A Call is code that is run while the frame pointer is at the frame of a function that
// is called: when it has been moved there, and when the function has returned.
type Call struct {
	From, To uint32 // offsets from the start of the block
	Moved    uint32 // how far the frames are apart, in bytes
}

// A Line says that code from an offset on belongs to a line of the source.
type Line struct {
	Offset uint32 // from the start of the block, in bytes
	Line   uint32
}

// Machine is the processor as ELF numbers it: EM_X86_64, EM_AARCH64, EM_RISCV.
var Machine = map[string]uint16{"amd64": 62, "arm64": 183, "riscv64": 243}[runtime.GOARCH]

// Create makes a file of this process in a directory that others may write to: it
// replaces what an earlier process with the same number has left there, and never
// follows a link.
func Create(path string) (*os.File, error) {
	if err := os.Remove(path); err != nil && !os.IsNotExist(err) {
		return nil, fmt.Errorf("replacing %s: %w", path, err)
	}
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}
