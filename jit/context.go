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

	memEnd    [4]uint64 // of accesses of 1, 2, 4 and 8 bytes: the first address that is out of bounds
	memSize   uint64    // of the memory in bytes
	globals   uintptr   // address of the first one
	counters  uintptr   // address of the first one
	table     uintptr   // address of the first tableEntry
	tableSize uint64    // how many there are
	links     uintptr   // address of the first link, see apart
	behind    uintptr   // where compiled code goes on behind a host call

	reg  [ops.NumRegs]uint64
	freg [ops.NumFRegs]uint64 // a float32 in the lower half; riscv64 needs ones above it

	// Known to the entry code only.
	fp      uintptr // address of the current frame's header
	mem     uintptr // address of the memory
	resume  uintptr // address in compiled code to go to
	ownPoll uintptr // address of a word to poll instead of the goroutine's, or 0
}

// A tableEntry is struct entry of stencils/c/abi.h: an entry of the table of
// functions as compiled code reads it.
type tableEntry struct {
	code      uintptr // where the function starts
	signature uint32  // noSignature if there is none
	function  uint32  // its index
}

const noSignature = ^uint32(0)

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
