#include "textflag.h"
#include "funcdata.h"

// func call(address uintptr) uintptr
//
// Not NOSPLIT: the prologue makes sure of room on the stack, and a frame
// without locals can be unwound when the first instruction of the code faults.
TEXT ·call(SB), 0, $0-16
	NO_LOCAL_POINTERS
	MOV  address+0(FP), X5
	JALR RA, X5
	MOV  X10, ret+8(FP)
	RET
