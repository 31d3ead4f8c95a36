package jit

import "github.com/copyjit/copyjit/stencils/generated/riscv64"

// nativeSet is the stencils of the platform, nil if there are none.
var nativeSet = &riscv64.Set

// nativeNames are the names of its stencils, each a line.
const nativeNames = riscv64.Names
