// Calls and returns. A frame's first word is the address at which its caller
// goes on, so a call is a store and a jump and a return a jump.
#include "abi.h"

// HOLE_IMM is the size of the caller's header and slots: the callee's frame
// begins behind them.
OP(call,
	u64 behind = CODE_ADDRESS(CONT);
	fp = (char *)ADD_IMM((u64)fp);
	*(u64 *)(fp + FRAME_RETURN) = behind;
	GO(TARGET))

// The callee has left fp at its own frame.
AFTER(call, fp = (char *)SUB_IMM((u64)fp))

OP(return, LEAVE(*(u64 *)(fp + FRAME_RETURN)))
