//go:build !amd64 && !arm64 && !riscv64

package jit

import "github.com/copyjit/copyjit/stencils"

// nativeSet is the stencils of the platform: none.
var nativeSet *stencils.Set

const nativeNames = ""

func enter(*machineContext) { panic("jit: no entry code on this platform") }

func leaveAddr() uintptr { return 0 }

func stackBounds() (lo, hi, guard, sp uintptr) { return 0, 0, 0, 0 }
