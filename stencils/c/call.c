// Calls and returns. A frame's first word is the address at which its caller
// goes on, so a call is a store and a jump and a return a jump.
#include "abi.h"

// HOLE_IMM is the size of the caller's header and slots: the callee's frame
// begins behind them.
#define CALL(f) do { \
		u64 behind = CODE_ADDRESS(CONT); \
		fp = (char *)ADD_IMM((u64)fp); \
		*(u64 *)(fp + FRAME_RETURN) = behind; \
		GO(f); \
	} while (0)

// The callee has left fp at its own frame.
#define RETURNED fp = (char *)SUB_IMM((u64)fp)

OP(call, CALL(TARGET))
AFTER(call, RETURNED)

// The function may have been compiled apart, later or not at all.
OP(call_linked, CALL((code *)*AT_EXTRA8(ctx->links)))
AFTER(call_linked, RETURNED)

// This is where a link leads that nothing else does yet.
OP(unlinked, EXIT(EXIT_NO_CODE, REASON_NONE))

// Index, presence, signature. A signature's number is HOLE_EXTRA.
#define CALL_INDIRECT(l) do { \
		u64 index = (l); \
		if (UNLIKELY(index >= ctx->table_size)) EXIT(EXIT_TRAP, REASON_TABLE_INDEX); \
		struct entry *e = &ctx->table[index]; \
		if (UNLIKELY(!EQUAL_EXTRA(e->signature))) { \
			if (e->signature == (u32)NO_SIGNATURE) EXIT(EXIT_TRAP, REASON_TABLE_EMPTY); \
			EXIT(EXIT_TRAP, REASON_SIGNATURE); \
		} \
		u64 to = e->code; \
		CALL((code *)to); \
	} while (0)

OP(calli_r, CALL_INDIRECT(L))
AFTER(calli_r, RETURNED)
OP(calli_s, CALL_INDIRECT(SL))
AFTER(calli_s, RETURNED)

OP(callh,
	ctx->behind = CODE_ADDRESS(CONT);
	EXIT(EXIT_HOST_CALL, REASON_NONE))

OP(return, LEAVE(*(u64 *)(fp + FRAME_RETURN)))
