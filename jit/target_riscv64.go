package jit

import "github.com/copyjit/copyjit/stencils/generated/riscv64"

// nativeSet is the stencils of the platform, nil if there are none.
var nativeSet = &riscv64.Set

// nativeName returns the name of a stencil.
func nativeName(i int) string { return riscv64.Names[i] }
