#include "textflag.h"
#include "funcdata.h"

// func call(address uintptr) uintptr
//
// Not NOSPLIT: the prologue makes sure of room on the stack, and a frame
// without locals can be unwound when the first instruction of the code faults.
TEXT ·call(SB), 0, $0-16
	NO_LOCAL_POINTERS
	MOVQ address+0(FP), AX
	CALL AX
	MOVQ AX, ret+8(FP)
	RET
