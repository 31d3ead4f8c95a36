package jit

import "github.com/copyjit/copyjit/stencils/generated/amd64"

// nativeSet is the stencils of the platform, nil if there are none.
var nativeSet = &amd64.Set

// nativeName returns the name of a stencil.
func nativeName(i int) string { return amd64.Names[i] }
