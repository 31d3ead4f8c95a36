//go:build !amd64 && !arm64 && !(linux && riscv64)

package codemem

// What a processor needs is a file like arch_amd64.go.

var trapCode = []byte{0}

func answerCode(byte) []byte { return nil } // none: no views are mapped

func syncCode(_, _ []byte) {}

func call(uintptr) uintptr { panic("codemem: no code for this processor") }
