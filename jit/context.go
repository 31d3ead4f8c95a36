package jit

import "github.com/copyjit/copyjit/ops"

// A machineContext is what compiled code, the entry code and Go share. The
// first part is struct context of stencils/c/abi.h; a test compares the
// layouts. It lives on the heap inside an Instance: goroutine stacks move.
type machineContext struct {
	exit  uintptr // where compiled code goes to leave
	site  uint32  // why it left and in which function: see siteShift
	pc    uint32  // at which operation
	poll  uintptr // address of the word that asks to leave by being negative
	limit uintptr // address behind the stack
	reg   [ops.NumRegs]uint64
	freg  [ops.NumFRegs]uint64 // a float32 in the lower half; riscv64 needs ones above it

	// Known to the entry code only.
	fp      uintptr // address of the current frame's header
	resume  uintptr // address in compiled code to go to
	ownPoll uintptr // address of a word to poll instead of the goroutine's, or 0
}

// The word that compiled code leaves in machineContext.site:
//
//	31                    12 11     8 7      4 3      0
//	├─ function ────────────┼────────┼ Reason ┼─ Exit ─┤
const (
	siteShift   = 12
	reasonShift = 4
	exitMask    = 1<<reasonShift - 1
	reasonMask  = 1<<(siteShift-reasonShift) - 1

	// MaxFuncs is the largest number of functions in a compiled program.
	MaxFuncs = 1 << (32 - siteShift)
)
