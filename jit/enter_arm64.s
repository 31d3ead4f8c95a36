#include "go_asm.h"
#include "textflag.h"
#include "funcdata.h"

// func enter(c *machineContext)
//
// A splitting function on the goroutine stack: its prologue grows the stack and
// yields if the scheduler asks for it. Compiled code changes neither g, RSP, R29
// nor R30, and comes back through leave.
TEXT ·enter(SB), 0, $16-8
	NO_LOCAL_POINTERS
	MOVD c+0(FP), R24
	// The word that every Go prologue compares RSP with: g.stackguard0, two words
	// into g. The runtime makes it negative to ask for a yield.
	ADD  $16, g, R0
	MOVD machineContext_ownPoll(R24), R1
	CMP  $0, R1
	CSEL NE, R1, R0, R0
	MOVD R0, machineContext_poll(R24)
	MOVD machineContext_fp(R24), R25
	MOVD machineContext_mem(R24), R26
	MOVD (machineContext_reg+0)(R24), R20
	MOVD (machineContext_reg+8)(R24), R21
	MOVD (machineContext_reg+16)(R24), R22
	MOVD (machineContext_reg+24)(R24), R23
	FMOVD (machineContext_freg+0)(R24), F0
	FMOVD (machineContext_freg+8)(R24), F1
	FMOVD (machineContext_freg+16)(R24), F2
	FMOVD (machineContext_freg+24)(R24), F3
	MOVD machineContext_resume(R24), R0
	// Another processor may have written the code. It has told all instruction
	// caches; what this one has fetched ahead is its own business.
	ISB  $15
	CALL (R0)
	RET

// leave is where compiled code goes to leave, by a jump: it returns to enter,
// whose call has set R30.
TEXT ·leave(SB), NOSPLIT|NOFRAME, $0-0
	MOVD R20, (machineContext_reg+0)(R24)
	MOVD R21, (machineContext_reg+8)(R24)
	MOVD R22, (machineContext_reg+16)(R24)
	MOVD R23, (machineContext_reg+24)(R24)
	FMOVD F0, (machineContext_freg+0)(R24)
	FMOVD F1, (machineContext_freg+8)(R24)
	FMOVD F2, (machineContext_freg+16)(R24)
	FMOVD F3, (machineContext_freg+24)(R24)
	MOVD R25, machineContext_fp(R24)
	RET

// func leaveAddr() uintptr
TEXT ·leaveAddr(SB), NOSPLIT, $0-8
	MOVD $·leave(SB), R0
	MOVD R0, ret+0(FP)
	RET

// func stackBounds() (lo, hi, guard, sp uintptr)
TEXT ·stackBounds(SB), NOSPLIT, $0-32
	MOVD 0(g), R0
	MOVD R0, lo+0(FP)
	MOVD 8(g), R0
	MOVD R0, hi+8(FP)
	MOVD 16(g), R0
	MOVD R0, guard+16(FP)
	MOVD RSP, R0
	MOVD R0, sp+24(FP)
	RET
