//go:build unix

package codemem

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

const anonymous = unix.MAP_PRIVATE | unix.MAP_ANON

// systemPager maps new memory over the old one, which is then gone.
var systemPager = pager{
	reserve: func(size int) ([]byte, error) {
		return unix.Mmap(-1, 0, size, unix.PROT_NONE, anonymous)
	},
	fill:    func(pages []byte) error { return mapOver(pages, unix.PROT_READ|unix.PROT_WRITE) },
	seal:    func(pages []byte) error { return unix.Mprotect(pages, unix.PROT_READ|unix.PROT_EXEC) },
	drop:    func(pages []byte) error { return mapOver(pages, unix.PROT_NONE) },
	release: unix.Munmap,
}

func mapOver(pages []byte, prot int) error {
	_, err := unix.MmapPtr(-1, 0, unsafe.Pointer(unsafe.SliceData(pages)), uintptr(len(pages)), prot, anonymous|unix.MAP_FIXED)
	return err
}
