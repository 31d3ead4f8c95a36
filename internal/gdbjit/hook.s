//go:build amd64 || arm64 || riscv64

#include "textflag.h"

// The two names that debuggers look for. Without the middle dot they get no prefix
// of a package.

// Debuggers put a breakpoint here.
TEXT __jit_debug_register_code(SB), NOSPLIT|NOFRAME, $0-0
	RET

// struct jit_descriptor: version 1, nothing registered.
DATA __jit_debug_descriptor+0(SB)/4, $1
DATA __jit_debug_descriptor+4(SB)/4, $0
DATA __jit_debug_descriptor+8(SB)/8, $0
DATA __jit_debug_descriptor+16(SB)/8, $0
GLOBL __jit_debug_descriptor(SB), NOPTR, $24

// func registerCode()
TEXT ·registerCode(SB), NOSPLIT, $0-0
	CALL __jit_debug_register_code(SB)
	RET
