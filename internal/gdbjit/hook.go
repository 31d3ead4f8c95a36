//go:build amd64 || arm64 || riscv64

package gdbjit

// registerCode calls __jit_debug_register_code.
func registerCode()

// debugDescriptor returns the address of __jit_debug_descriptor.
func debugDescriptor() *descriptor
