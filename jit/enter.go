//go:build amd64 || arm64 || riscv64

package jit

// enter goes to c.resume and comes back when compiled code leaves.
//
//go:noescape
func enter(c *machineContext)

// leaveAddr returns the address of leave, for machineContext.exit.
func leaveAddr() uintptr

// stackBounds returns the first three words of the goroutine's g, which are its
// stack's bounds and its guard, and SP.
func stackBounds() (lo, hi, guard, sp uintptr)
