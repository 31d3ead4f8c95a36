package jitprof

import (
	"syscall"
	"time"
)

// sleep sleeps in the system. A timer of Go's goes off when some goroutine blocks or
// yields, if no processor is idle or the idle ones don't look: at a moment, that is,
// at which compiled code does not run.
func sleep(d time.Duration) {
	t := syscall.NsecToTimespec(int64(d))
	syscall.Nanosleep(&t, nil) // the collector's signals may end it early
}
