package jit

import (
	"fmt"
	"runtime"
)

// A Platform says by which means an engine runs compiled code, in words; those of an
// engine that interprets are empty.
type Platform struct {
	CodeMemory   string // how code is written and made executable
	Interruption string // how running code is made to stop
}

// Platform returns by which means the engine runs compiled code: what the operating
// system and the Go release allow.
func (e *Engine) Platform() Platform { return e.platform }

// describe says which means openNative has taken.
func (e *Engine) describe() {
	e.platform.CodeMemory = e.mem.Kind().String()
	switch word := checkPollWord(); {
	case !e.counts:
		e.platform.Interruption = "polls look at the goroutine's stack guard, which the scheduler changes"
	case word == nil:
		e.platform.Interruption = fmt.Sprintf("safepoints are counted, and every %d of them code leaves, as the configuration asks for", grantedFuel)
	default:
		e.platform.Interruption = fmt.Sprintf("safepoints are counted, and every %d of them code leaves: %v", grantedFuel, word)
	}
}

// testedOS is whether compiled code has ever run on the operating system. Where it
// has not, one must ask for it with TierNative.
const testedOS = runtime.GOOS == "linux"
