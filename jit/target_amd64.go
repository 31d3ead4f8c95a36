package jit

import "github.com/copyjit/copyjit/stencils/generated/amd64"

// nativeSet is the stencils of the platform, nil if there are none.
var nativeSet = &amd64.Set

// nativeNames are the names of its stencils, each a line.
const nativeNames = amd64.Names
