// Control that is wrong: see wrong.h.
#include "../../../c/conditions.h"
#include "wrong.h"

#define REASON(r) EXIT(EXIT_TRAP, REASON_##r)

// Branches.
WRONG(beq_rr,        amd64 arm64 riscv64, if (!EQUAL(L, R)) GO(TARGET))        // exits swapped
WRONG(bltu_rr,       amd64 arm64 riscv64, if (L <= R) GO(TARGET))              // off by one
WRONG(bge_rr,        amd64 arm64 riscv64, if (L >= R) GO(TARGET))              // unsigned
WRONG(bltu32_rr,     amd64 arm64 riscv64, if (L < R) GO(TARGET))               // all of 64 bits
WRONG(beq_rs,        amd64 arm64 riscv64, if (LOADED(L) == SR) GO(TARGET); SR = 0) // an operand changed on one side
WRONG(blt_rs,        amd64 arm64 riscv64, if ((i64)L < (i64)SR) { SR = 0; GO(TARGET); }) // and on the other
WRONG(bgtu_ri,       amd64 arm64 riscv64, if (L > (u32)LOADED(IMM)) GO(TARGET)) // no sign
WRONG(bne_rr,        amd64 arm64 riscv64, GO(TARGET))                          // always
WRONG(bany_rr,       amd64 arm64 riscv64, if ((L & R) == 0) GO(TARGET))        // exits swapped
WRONG(bnone32_rr,    amd64 arm64 riscv64, if ((L & R) == 0) GO(TARGET))        // all of 64 bits
WRONG(bz_r,          amd64 arm64 riscv64, if ((u32)L == 0) GO(TARGET))         // half
WRONG(bnz32_r,       amd64 arm64 riscv64, if (LOADED(L) != 0) GO(TARGET))      // all of 64 bits
WRONG(bnz_s,         amd64 arm64 riscv64, if (*(u32 *)&SL != 0) GO(TARGET))    // half of a slot
WRONG(jump,          amd64 arm64 riscv64, )                                    // it does not

// Tables.
#define SWITCH(l, last, scale) do { \
		u64 index = (l); \
		if (index > (last)) index = (last); \
		char *at = TABLE + (scale) * index; \
		u64 to = (u64)(at + *(i32 *)at); \
		GO((code *)to); \
	} while (0)
WRONG(switch_r,      amd64 arm64 riscv64, SWITCH(L, LOADED(LOADED(IMM) + 1), 4))       // off by one
WRONG(switch_s,      amd64 arm64 riscv64, SWITCH((u32)SL, IMM, 4))             // half of the index

// Safepoints.
#define STOP(code) if (*ctx->poll < 0) EXIT(code, REASON_NONE)
WRONG(entry,         amd64 arm64 riscv64,                                      // off by one
	if ((u64)(fp + (i64)IMM) >= (u64)ctx->limit) REASON(STACK_OVERFLOW);
	STOP(EXIT_ENTRY))
WRONG(poll,          amd64 arm64 riscv64, if (*ctx->poll <= 0) EXIT(EXIT_SAFEPOINT, REASON_NONE))

// Calls.
#define CALL(f, behind) do { \
		u64 back = behind; \
		fp = (char *)ADD_IMM((u64)fp); \
		*(u64 *)(fp + FRAME_RETURN) = back; \
		GO(f); \
	} while (0)
#define RETURNED fp = (char *)SUB_IMM((u64)fp)
WRONG(call,          amd64 arm64 riscv64, CALL(TARGET, CODE_ADDRESS(CONT)))    // fp stays the callee's
AFTER(call, )
WRONG(call_linked,   amd64 arm64 riscv64,                                      // the return address in the caller's frame
	u64 behind = CODE_ADDRESS(CONT);
	*(u64 *)(fp + FRAME_RETURN) = behind;
	fp = (char *)ADD_IMM((u64)fp);
	GO((code *)*AT_EXTRA8(ctx->links)))
AFTER(call_linked, RETURNED)
WRONG(unlinked,      amd64 arm64 riscv64, EXIT(EXIT_ENTRY, REASON_NONE))       // the wrong exit

// The order matters: what is not there has no signature.
#define INDIRECT(l, index_is_out, reason) do { \
		u64 index = (l); \
		if (UNLIKELY(index_is_out)) REASON(TABLE_INDEX); \
		struct entry *e = &ctx->table[index]; \
		if (UNLIKELY(!EQUAL_EXTRA(e->signature))) reason; \
		u64 to = e->code; \
		CALL((code *)to, CODE_ADDRESS(CONT)); \
	} while (0)
WRONG(calli_r,       amd64 arm64 riscv64, INDIRECT(L, index > ctx->table_size, // off by one
	{ if (e->signature == (u32)NO_SIGNATURE) REASON(TABLE_EMPTY); REASON(SIGNATURE); }))
AFTER(calli_r, RETURNED)
WRONG(calli_s,       amd64 arm64 riscv64, INDIRECT(SL, index >= ctx->table_size, REASON(SIGNATURE))) // whatever is wrong
AFTER(calli_s, RETURNED)

WRONG(callh,         amd64 arm64 riscv64, ctx->behind = CODE_ADDRESS(CONT); EXIT(EXIT_HOST_CALL, REASON_EXPLICIT))
WRONG(return,        amd64 arm64 riscv64, LEAVE(ctx->exit))                    // out of compiled code
WRONG(trap,          amd64 arm64 riscv64, EXIT(EXIT_TRAP, REASON_NONE))

// Words beside the frame.
#define BEHIND(word) (*(u64 *)(LOADED((u64)(word)) + 8))
WRONG(count,         amd64 arm64 riscv64, ++*(u32 *)AT_EXTRA8(ctx->counters))  // half of it
WRONG(gget_r,        amd64 arm64 riscv64, D = *(u32 *)AT_EXTRA8(ctx->globals))
REJECTED(gget_s,     amd64 arm64 riscv64, SD = BEHIND(AT_EXTRA8(ctx->globals)))     // the one behind
WRONG(gset_r,        amd64 arm64 riscv64, BEHIND(AT_EXTRA8(ctx->globals)) = L)
WRONG(gset_s,        amd64 arm64 riscv64, *AT_EXTRA8(ctx->counters) = SL)      // another array
