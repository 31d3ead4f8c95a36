package jit

import "github.com/copyjit/copyjit/stencils/generated/arm64"

// nativeSet is the stencils of the platform, nil if there are none.
var nativeSet = &arm64.Set

// nativeNames are the names of its stencils, each a line.
const nativeNames = arm64.Names
