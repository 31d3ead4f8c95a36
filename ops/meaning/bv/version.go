package bv

import "embed"

// Sources are the source files of this package.
//
//go:embed *.go
var Sources embed.FS
