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
	var entry tableEntry
	for _, x := range []struct {
		name, fact string
		inGo       uint64
	}{
		{"exit", "ContextExit", uint64(unsafe.Offsetof(c.exit))},
		{"site", "ContextSite", uint64(unsafe.Offsetof(c.site))},
		{"pc", "ContextPC", uint64(unsafe.Offsetof(c.pc))},
		{"poll", "ContextPoll", uint64(unsafe.Offsetof(c.poll))},
		{"limit", "ContextLimit", uint64(unsafe.Offsetof(c.limit))},
		{"ends of memory", "ContextMemEnd", uint64(unsafe.Offsetof(c.memEnd))},
		{"size of memory", "ContextMemSize", uint64(unsafe.Offsetof(c.memSize))},
		{"globals", "ContextGlobals", uint64(unsafe.Offsetof(c.globals))},
		{"counters", "ContextCounters", uint64(unsafe.Offsetof(c.counters))},
		{"table", "ContextTable", uint64(unsafe.Offsetof(c.table))},
		{"size of the table", "ContextTableSize", uint64(unsafe.Offsetof(c.tableSize))},
		{"links", "ContextLinks", uint64(unsafe.Offsetof(c.links))},
		{"address behind a host call", "ContextBehind", uint64(unsafe.Offsetof(c.behind))},
		{"code of an entry", "EntryCode", uint64(unsafe.Offsetof(entry.code))},
		{"signature of an entry", "EntrySignature", uint64(unsafe.Offsetof(entry.signature))},
		{"function of an entry", "EntryFunction", uint64(unsafe.Offsetof(entry.function))},
		{"size of an entry", "EntrySize", uint64(unsafe.Sizeof(entry))},
		{"saved registers", "ContextSaved", uint64(unsafe.Offsetof(c.reg))},
		{"header of a frame", "FrameSlots", 8 * ops.HeaderWords},
		{"exit return", "ExitReturn", uint64(ops.ExitReturn)},
		{"exit trap", "ExitTrap", uint64(ops.ExitTrap)},
		{"exit entry", "ExitEntry", uint64(ops.ExitEntry)},
		{"exit safepoint", "ExitSafepoint", uint64(ops.ExitSafepoint)},
		{"exit host call", "ExitHostCall", uint64(ops.ExitHostCall)},
		{"exit without code", "ExitNoCode", uint64(ops.ExitNoCode)},
		{"reason explicit", "ReasonExplicit", uint64(ops.ReasonExplicit)},
		{"reason stack overflow", "ReasonStackOverflow", uint64(ops.ReasonStackOverflow)},
		{"reason division by zero", "ReasonDivideByZero", uint64(ops.ReasonDivideByZero)},
		{"reason integer overflow", "ReasonIntegerOverflow", uint64(ops.ReasonIntegerOverflow)},
		{"reason invalid conversion", "ReasonInvalidConversion", uint64(ops.ReasonInvalidConversion)},
		{"reason out of bounds", "ReasonOutOfBounds", uint64(ops.ReasonOutOfBounds)},
		{"reason table index", "ReasonTableIndex", uint64(ops.ReasonTableIndex)},
		{"reason table empty", "ReasonTableEmpty", uint64(ops.ReasonTableEmpty)},
		{"reason signature", "ReasonSignature", uint64(ops.ReasonSignature)},
		{"shift of the reason", "SiteReasonShift", reasonShift},
		{"shift of the function", "SiteFunctionShift", siteShift},
	} {
		if inC, ok := nativeSet.Fact(x.fact); !ok || inC != x.inGo {
			t.Errorf("%s: %d in C, %d in Go", x.name, inC, x.inGo)
		}
	}
}
