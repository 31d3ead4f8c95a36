package jit

import (
	"testing"
	"unsafe"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils/generated/amd64"
)

// TestLayout compares what the C templates and Go must agree on.
func TestLayout(t *testing.T) {
	var c machineContext
	for _, x := range []struct {
		name    string
		c, inGo uint64
	}{
		{"exit", amd64.ContextExit, uint64(unsafe.Offsetof(c.exit))},
		{"site", amd64.ContextSite, uint64(unsafe.Offsetof(c.site))},
		{"pc", amd64.ContextPC, uint64(unsafe.Offsetof(c.pc))},
		{"poll", amd64.ContextPoll, uint64(unsafe.Offsetof(c.poll))},
		{"limit", amd64.ContextLimit, uint64(unsafe.Offsetof(c.limit))},
		{"saved registers", amd64.ContextSaved, uint64(unsafe.Offsetof(c.reg))},
		{"header of a frame", amd64.FrameSlots, 8 * ops.HeaderWords},
		{"exit return", amd64.ExitReturn, uint64(ops.ExitReturn)},
		{"exit trap", amd64.ExitTrap, uint64(ops.ExitTrap)},
		{"exit entry", amd64.ExitEntry, uint64(ops.ExitEntry)},
		{"exit safepoint", amd64.ExitSafepoint, uint64(ops.ExitSafepoint)},
		{"reason explicit", amd64.ReasonExplicit, uint64(ops.ReasonExplicit)},
		{"reason stack overflow", amd64.ReasonStackOverflow, uint64(ops.ReasonStackOverflow)},
		{"shift of the reason", amd64.SiteReasonShift, reasonShift},
		{"shift of the function", amd64.SiteFunctionShift, siteShift},
	} {
		if x.c != x.inGo {
			t.Errorf("%s: %d in C, %d in Go", x.name, x.c, x.inGo)
		}
	}
}
