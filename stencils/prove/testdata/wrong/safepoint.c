// What is left out, of operations that another file has another template of.
#include "../../../c/conditions.h"
#include "wrong.h"

#define REASON(r) EXIT(EXIT_TRAP, REASON_##r)

WRONG(entry,         amd64 arm64 riscv64, if (*ctx->poll < 0) EXIT(EXIT_ENTRY, REASON_NONE)) // no check of the stack
WRONG(poll,          amd64 arm64 riscv64, )                                    // no poll

#define CALL(f, behind) do { \
		u64 back = behind; \
		fp = (char *)ADD_IMM((u64)fp); \
		*(u64 *)(fp + FRAME_RETURN) = back; \
		GO(f); \
	} while (0)
#define RETURNED fp = (char *)SUB_IMM((u64)fp)
WRONG(call,          amd64 arm64 riscv64,                                      // no return address
	fp = (char *)ADD_IMM((u64)fp);
	u64 behind = CODE_ADDRESS(CONT);
	asm volatile("" : : "r"(behind));
	GO(TARGET))
AFTER(call, RETURNED)
WRONG(call_linked,   amd64 arm64 riscv64, CALL((code *)*AT_EXTRA8(ctx->links), CODE_ADDRESS(CONT))) // fp stays the callee's
AFTER(call_linked, )
WRONG(unlinked,      amd64 arm64 riscv64, EXIT(EXIT_NO_CODE, REASON_EXPLICIT))
WRONG(calli_r,       amd64 arm64 riscv64, do {                                 // no check of the signature
		u64 index = L;
		if (UNLIKELY(index >= ctx->table_size)) REASON(TABLE_INDEX);
		u64 to = ctx->table[index].code;
		CALL((code *)to, CODE_ADDRESS(CONT));
	} while (0))
AFTER(calli_r, RETURNED)
