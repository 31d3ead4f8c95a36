package codemem

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// mapUnnamed maps views of memory that is shared but has no name: the first is
// made by mmap, the second by mremap, which given a size of 0 maps the same pages
// once more. Tools that ask for the file behind a mapping see /dev/zero, which
// perf takes for code made at run time, whose names are in /tmp/perf-PID.map; a
// memory file it takes for an ELF file that it cannot find.
func mapUnnamed(size int) (v views, err error) {
	if len(answerCode(0)) == 0 {
		return views{}, errors.ErrUnsupported
	}
	rw, err := unix.MmapPtr(-1, 0, nil, uintptr(size), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED|unix.MAP_ANONYMOUS)
	if err != nil {
		return views{}, fmt.Errorf("mmap of %d bytes to write: %w", size, err)
	}
	rx, err := unix.MremapPtr(rw, 0, nil, uintptr(size), unix.MREMAP_MAYMOVE)
	if err != nil {
		unix.MunmapPtr(rw, uintptr(size))
		return views{}, fmt.Errorf("mremap of %d bytes to execute: %w", size, err)
	}
	v = views{rw: unsafe.Slice((*byte)(rw), size), rx: unsafe.Slice((*byte)(rx), size), file: -1, unnamed: true}
	if err := unix.Mprotect(v.rx, unix.PROT_READ|unix.PROT_EXEC); err != nil {
		err = fmt.Errorf("mprotect of %d bytes to execute: %w", size, err)
		return views{}, errors.Join(err, v.unmap())
	}
	return v, nil
}
