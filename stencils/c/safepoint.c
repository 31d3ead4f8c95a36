// Where compiled code can be made to stop: at entries and back-edges. A loop
// without polls would be invisible to Go's scheduler.
#include "abi.h"

#define STOP_WANTED UNLIKELY(*ctx->poll < 0)

// HOLE_IMM is the size of the whole frame.
OP(entry,
	if (UNLIKELY((u64)(fp + (i64)IMM) > (u64)ctx->limit)) EXIT(EXIT_TRAP, REASON_STACK_OVERFLOW);
	if (STOP_WANTED) EXIT(EXIT_ENTRY, REASON_NONE))

OP(poll, if (STOP_WANTED) EXIT(EXIT_SAFEPOINT, REASON_NONE))
