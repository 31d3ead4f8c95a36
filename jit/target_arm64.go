package jit

import "github.com/copyjit/copyjit/stencils/generated/arm64"

// nativeSet is the stencils of the platform, nil if there are none.
var nativeSet = &arm64.Set

// nativeName returns the name of a stencil.
func nativeName(i int) string { return arm64.Names[i] }
