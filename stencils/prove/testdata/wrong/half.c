// Polls of half of the word that says whether to stop: the defect that RATIONALE.md
// tells of, which no test of what compiled programs do finds.
#include "../../../c/conditions.h"
#include "wrong.h"

#define HALF_NEGATIVE UNLIKELY(*(volatile i32 *)ctx->poll < 0)

WRONG(poll,          amd64 arm64 riscv64, if (HALF_NEGATIVE) EXIT(EXIT_SAFEPOINT, REASON_NONE))
WRONG(entry,         amd64 arm64 riscv64,
	if (UNLIKELY((u64)(fp + (i64)IMM) > (u64)ctx->limit)) EXIT(EXIT_TRAP, REASON_STACK_OVERFLOW);
	if (HALF_NEGATIVE) EXIT(EXIT_ENTRY, REASON_NONE))
