//go:build !linux

package jitprof

import "time"

// sleep sleeps.
func sleep(d time.Duration) { time.Sleep(d) }
