package jit

import "golang.org/x/sys/unix"

// reserves is whether address space can be reserved, and memory grow in place.
const reserves = true

// space is address space of which the first part is a memory. What lies behind can
// be neither read nor written, and the system does not count it.
type space []byte

// reserve takes address space.
func reserve(max int) (space, error) {
	if max == 0 {
		return nil, nil
	}
	return unix.Mmap(-1, 0, max, unix.PROT_NONE, unix.MAP_PRIVATE|unix.MAP_ANON|unix.MAP_NORESERVE)
}

// grow makes a memory longer, up to size.
func (s space) grow(_ []byte, size int) ([]byte, error) {
	page := unix.Getpagesize()
	// The system rounds both ends to whole pages.
	if pages := min((size+page-1)&^(page-1), len(s)); pages > 0 {
		if err := unix.Mprotect(s[:pages], unix.PROT_READ|unix.PROT_WRITE); err != nil {
			return nil, err
		}
	}
	return s[:size:size], nil
}

// release gives the address space back.
func (s space) release() {
	if s != nil {
		unix.Munmap(s)
	}
}
