package jit

import (
	"testing"
	"unsafe"

	"github.com/copyjit/copyjit/ops"
)

// TestLayout compares what the C templates and Go must agree on.
func TestLayout(t *testing.T) {
	if nativeSet == nil {
		t.Skip("there are no stencils for this platform")
	}
	var c machineContext
	for _, x := range []struct {
		name, fact string
		inGo       uint64
	}{
		{"exit", "ContextExit", uint64(unsafe.Offsetof(c.exit))},
		{"site", "ContextSite", uint64(unsafe.Offsetof(c.site))},
		{"pc", "ContextPC", uint64(unsafe.Offsetof(c.pc))},
		{"poll", "ContextPoll", uint64(unsafe.Offsetof(c.poll))},
		{"limit", "ContextLimit", uint64(unsafe.Offsetof(c.limit))},
		{"saved registers", "ContextSaved", uint64(unsafe.Offsetof(c.reg))},
		{"header of a frame", "FrameSlots", 8 * ops.HeaderWords},
		{"exit return", "ExitReturn", uint64(ops.ExitReturn)},
		{"exit trap", "ExitTrap", uint64(ops.ExitTrap)},
		{"exit entry", "ExitEntry", uint64(ops.ExitEntry)},
		{"exit safepoint", "ExitSafepoint", uint64(ops.ExitSafepoint)},
		{"reason explicit", "ReasonExplicit", uint64(ops.ReasonExplicit)},
		{"reason stack overflow", "ReasonStackOverflow", uint64(ops.ReasonStackOverflow)},
		{"reason division by zero", "ReasonDivideByZero", uint64(ops.ReasonDivideByZero)},
		{"reason integer overflow", "ReasonIntegerOverflow", uint64(ops.ReasonIntegerOverflow)},
		{"shift of the reason", "SiteReasonShift", reasonShift},
		{"shift of the function", "SiteFunctionShift", siteShift},
	} {
		if inC, ok := nativeSet.Fact(x.fact); !ok || inC != x.inGo {
			t.Errorf("%s: %d in C, %d in Go", x.name, inC, x.inGo)
		}
	}
}
