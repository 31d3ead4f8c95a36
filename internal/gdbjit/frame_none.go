//go:build !amd64 && !arm64 && !riscv64

package gdbjit

var frameRules []byte

const (
	frameReturn = 0
	elfFlags    = 0
)
