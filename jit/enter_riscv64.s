#include "go_asm.h"
#include "textflag.h"
#include "funcdata.h"

// func enter(c *machineContext)
//
// A splitting function on the goroutine stack: its prologue grows the stack and
// yields if the scheduler asks for it. Compiled code changes neither g, SP nor RA,
// and comes back through leave.
TEXT ·enter(SB), 0, $16-8
	NO_LOCAL_POINTERS
	MOV c+0(FP), X14
	// The word that every Go prologue compares SP with: g.stackguard0, two words
	// into g. The runtime makes it negative to ask for a yield.
	MOV machineContext_ownPoll(X14), X5
	BNEZ X5, poll
	ADD $16, g, X5
poll:
	MOV X5, machineContext_poll(X14)
	MOV machineContext_fp(X14), X15
	MOV machineContext_mem(X14), X16
	MOV (machineContext_reg+0)(X14), X10
	MOV (machineContext_reg+8)(X14), X11
	MOV (machineContext_reg+16)(X14), X12
	MOV (machineContext_reg+24)(X14), X13
	MOVD (machineContext_freg+0)(X14), F10
	MOVD (machineContext_freg+8)(X14), F11
	MOVD (machineContext_freg+16)(X14), F12
	MOVD (machineContext_freg+24)(X14), F13
	MOV machineContext_resume(X14), X5
	JALR RA, X5
	RET

// leave is where compiled code goes to leave, by a jump: it returns to enter,
// whose call has set RA.
TEXT ·leave(SB), NOSPLIT|NOFRAME, $0-0
	MOV X10, (machineContext_reg+0)(X14)
	MOV X11, (machineContext_reg+8)(X14)
	MOV X12, (machineContext_reg+16)(X14)
	MOV X13, (machineContext_reg+24)(X14)
	MOVD F10, (machineContext_freg+0)(X14)
	MOVD F11, (machineContext_freg+8)(X14)
	MOVD F12, (machineContext_freg+16)(X14)
	MOVD F13, (machineContext_freg+24)(X14)
	MOV X15, machineContext_fp(X14)
	RET

// func leaveAddr() uintptr
TEXT ·leaveAddr(SB), NOSPLIT, $0-8
	MOV $·leave(SB), X5
	MOV X5, ret+0(FP)
	RET

// func stackBounds() (lo, hi, guard, sp uintptr)
TEXT ·stackBounds(SB), NOSPLIT, $0-32
	MOV 0(g), X5
	MOV X5, lo+0(FP)
	MOV 8(g), X5
	MOV X5, hi+8(FP)
	MOV 16(g), X5
	MOV X5, guard+16(FP)
	MOV X2, sp+24(FP)
	RET
