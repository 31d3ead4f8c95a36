#include "go_asm.h"
#include "textflag.h"
#include "funcdata.h"

// func enter(c *machineContext)
//
// A splitting function on the goroutine stack: its prologue grows the stack and
// yields if the scheduler asks for it. Compiled code changes neither SP nor BP
// and comes back through leave.
TEXT ·enter(SB), 0, $16-8
	NO_LOCAL_POINTERS
	MOVQ c+0(FP), DI
	// The word that every Go prologue compares SP with: g.stackguard0, two words
	// into g. The runtime makes it negative to ask for a yield.
	MOVQ (TLS), AX
	ADDQ $16, AX
	MOVQ machineContext_ownPoll(DI), CX
	TESTQ CX, CX
	CMOVQNE CX, AX
	MOVQ AX, machineContext_poll(DI)
	MOVQ machineContext_fp(DI), SI
	MOVQ machineContext_mem(DI), DX
	MOVQ (machineContext_reg+0)(DI), R12
	MOVQ (machineContext_reg+8)(DI), R13
	MOVQ (machineContext_reg+16)(DI), R14
	MOVQ (machineContext_reg+24)(DI), R15
	MOVSD (machineContext_freg+0)(DI), X0
	MOVSD (machineContext_freg+8)(DI), X1
	MOVSD (machineContext_freg+16)(DI), X2
	MOVSD (machineContext_freg+24)(DI), X3
	MOVQ machineContext_resume(DI), AX
	CALL AX
	RET

// leave is where compiled code goes to leave, by a jump: it returns to enter.
TEXT ·leave(SB), NOSPLIT|NOFRAME, $0-0
	MOVQ R12, (machineContext_reg+0)(DI)
	MOVQ R13, (machineContext_reg+8)(DI)
	MOVQ R14, (machineContext_reg+16)(DI)
	MOVQ R15, (machineContext_reg+24)(DI)
	MOVSD X0, (machineContext_freg+0)(DI)
	MOVSD X1, (machineContext_freg+8)(DI)
	MOVSD X2, (machineContext_freg+16)(DI)
	MOVSD X3, (machineContext_freg+24)(DI)
	MOVQ SI, machineContext_fp(DI)
	RET

// func leaveAddr() uintptr
TEXT ·leaveAddr(SB), NOSPLIT, $0-8
	LEAQ ·leave(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// func stackBounds() (lo, hi, guard, sp uintptr)
TEXT ·stackBounds(SB), NOSPLIT, $0-32
	MOVQ (TLS), AX
	MOVQ 0(AX), CX
	MOVQ CX, lo+0(FP)
	MOVQ 8(AX), CX
	MOVQ CX, hi+8(FP)
	MOVQ 16(AX), CX
	MOVQ CX, guard+16(FP)
	MOVQ SP, sp+24(FP)
	RET
