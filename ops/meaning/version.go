package meaning

import (
	"embed"

	"github.com/copyjit/copyjit/ops/meaning/bv"
)

//go:embed *.go
var sources embed.FS

// Sources are the source files of this package and of bv: what a proof depends on.
func Sources() []embed.FS { return []embed.FS{sources, bv.Sources} }
