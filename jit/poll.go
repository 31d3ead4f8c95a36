package jit

import (
	"errors"
	"runtime"
	"sync"
)

// Compiled code polls g.stackguard0, the third word of the running goroutine's
// descriptor. The runtime does not promise that it is there, so this looks
// once: the first two words must be the bounds of the stack that we stand on and
// the third a little above the lower one; SP may be on either side of it, a
// function that needs no check goes below. If they are not, safepoints are counted
// instead: see fuel. (A pending request to yield makes it
// negative until we yield, so one look may be unlucky.)
var checkPollWord = sync.OnceValue(func() error {
	for range 100 {
		lo, hi, guard, sp := stackBounds()
		if lo >= sp || sp >= hi {
			break
		}
		if lo < guard && guard < hi && guard-lo < 1<<16 {
			return nil
		}
		runtime.Gosched()
	}
	return errors.New("this Go release keeps a goroutine's stack guard elsewhere")
})
