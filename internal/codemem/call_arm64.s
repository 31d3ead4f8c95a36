#include "textflag.h"
#include "funcdata.h"

// func call(address uintptr) uintptr
//
// Not NOSPLIT: the prologue makes sure of room on the stack, and a frame
// without locals can be unwound when the first instruction of the code faults.
TEXT ·call(SB), 0, $0-16
	NO_LOCAL_POINTERS
	MOVD address+0(FP), R1
	ISB  $15
	CALL (R1)
	MOVD R0, ret+8(FP)
	RET

// func syncCaches(rw, rx, size uintptr)
//
// CTR_EL0 says how long the smallest lines are: 4 << [19:16] bytes in data caches,
// 4 << [3:0] in instruction caches.
TEXT ·syncCaches(SB), NOSPLIT, $0-24
#ifdef GOOS_linux
	MRS  CTR_EL0, R3
	MOVD $4, R4
	UBFX $16, R3, $4, R5
	LSL  R5, R4, R5      // data line
	AND  $15, R3, R6
	LSL  R6, R4, R6      // instruction line
#else
	// Not every system lets a process read it. No line is shorter than this.
	MOVD $32, R5
	MOVD $32, R6
#endif
	MOVD size+16(FP), R2

	MOVD rw+0(FP), R0
	ADD  R0, R2, R1
	SUB  $1, R5, R7
	BIC  R7, R0, R0
data:
	DC   CVAU, R0
	ADD  R5, R0, R0
	CMP  R1, R0
	BLO  data
	DSB  $11             // inner shareable

	MOVD rx+8(FP), R0
	ADD  R0, R2, R1
	SUB  $1, R6, R7
	BIC  R7, R0, R0
instructions:
	WORD $0xD50B7520     // ic ivau, x0
	ADD  R6, R0, R0
	CMP  R1, R0
	BLO  instructions
	DSB  $11
	ISB  $15
	RET
