package jitdump

import (
	"os"

	"golang.org/x/sys/unix"
)

// mark maps a page of the file executable, for as long as the process lives: perf
// records that as it records the mapping of every program and library.
func mark(f *os.File) error {
	_, err := unix.Mmap(int(f.Fd()), 0, unix.Getpagesize(), unix.PROT_READ|unix.PROT_EXEC, unix.MAP_PRIVATE)
	return err
}

// now returns the time by the clock of perf record -k mono, in nanoseconds.
func now() uint64 {
	var t unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &t) != nil {
		return 0
	}
	return uint64(t.Nano())
}

func thread() int { return unix.Gettid() }
