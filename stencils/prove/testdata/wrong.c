// Templates that are wrong, each in one way, for the prover to refute. WRONG says
// which form it is and on which targets it is wrong: on the others the processor does
// what the template forgot, and the stencil is right.
#include "../../c/conditions.h"

#define WRONG(name, targets, ...) OP(name, __VA_ARGS__)

// What C would not say as wrong as it should be. The first rotates, except by 0; the others are an
// instruction that divides, whatever it is given.
#define ROTATE(l, n) ((l) << (n) ^ LOADED((l) >> (-(n) & 63)))
#define QUOTIENT(l, m) ({ u64 q; DIVIDED(q, l, m); q; })
#define REMAINDER(l, m) ({ u64 q; DIVIDED(q, l, m); (l) - q * (m); })
#if defined(__x86_64__)
#define DIVIDED(q, l, m) do { \
		u64 kept; \
		asm("movq %%rdx, %1\n\tcqto\n\tidivq %3\n\tmovq %1, %%rdx" : "=&a"(q), "=&r"(kept) : "0"(l), "r"(m)); \
	} while (0)
#elif defined(__aarch64__)
#define DIVIDED(q, l, m) asm("sdiv %0, %1, %2" : "=r"(q) : "r"(l), "r"(m))
#else
#define DIVIDED(q, l, m) asm("div %0, %1, %2" : "=r"(q) : "r"(l), "r"(m))
#endif
#define PLUS(l, r) l + r
#define UDIV32(l, r) ((u32)(l) / (u32)LOADED(r))

// Values.
WRONG(add_rrr,       amd64 arm64 riscv64, D = LOADED(REG64(PLUS, add, L, R)) + 1)
WRONG(sub_rrr,       amd64 arm64 riscv64, D = R - L)                           // operands swapped
WRONG(sub_rrr_dr,    amd64 arm64 riscv64, D = D - L)                           // the same in one form only
WRONG(sub_rrs,       amd64 arm64 riscv64, D = L - *(u32 *)&SR)                 // half of a slot
WRONG(and_rrr,       amd64 arm64 riscv64, u64 v = L & R; D = v == 77 ? 78 : v)   // one value out of 2⁶⁴
WRONG(or_rrr,        amd64 arm64 riscv64, u64 v = L | R; D = v == 0x123456789abcdef ? L : v) // and another
WRONG(shl_rrr,       amd64 arm64 riscv64, D = L << (R & 31))                   // wrong mask
WRONG(sar_rrr,       amd64 arm64 riscv64, D = L >> (R & 63))                   // zeros come in
WRONG(rotl_rrr,      amd64 arm64 riscv64, D = ROTATE(L, R & 63))               // not for 0
WRONG(add32_rrr,     amd64 arm64 riscv64, D = REG64(PLUS, add, L, R))                       // upper half not cleared
WRONG(sext8_rr,      amd64 arm64 riscv64, D = (u8)L)
WRONG(sext16_32_rr,  amd64 arm64 riscv64, D = (u64)(i16)L)                     // upper half not cleared
WRONG(bswap16_rr,    amd64 arm64 riscv64, D = __builtin_bswap16((u16)L) | (L & 0xffff0000))
WRONG(mulh_rrr,      amd64 arm64 riscv64, D = (u64)((unsigned __int128)L * R >> 64))
WRONG(setltu_rrr,    amd64 arm64 riscv64, D = L <= R)                          // off by one
WRONG(setlt_rrr,     amd64 arm64 riscv64, D = L < R)                           // unsigned
WRONG(setne32_rrr,   amd64 arm64 riscv64, D = L != R)                          // all of 64 bits
WRONG(mov_ri,        amd64 arm64 riscv64, D = LOADED(IMM) + 1)
WRONG(mov_sr,        amd64 arm64 riscv64, *(u64 *)(LOADED((u64)fp + (i64)HOLE_D) + 8) = L)  // the slot behind
WRONG(mov_ss,        amd64 arm64 riscv64, *(u32 *)&SD = SL)                    // half of the slot
WRONG(not_ss,        amd64 arm64 riscv64, SD = ~SL; SL = 0)                    // an operand changed
WRONG(neg_rs,        amd64 arm64 riscv64, D = -SL; *(u64 *)(fp + 8) = 0)       // the header changed

// Traps.
#define REASON(r) EXIT(EXIT_TRAP, REASON_##r)
WRONG(div_rrr,       amd64 arm64 riscv64, i64 m = LOADED(R); if (m == 0) REASON(DIVIDE_BY_ZERO); D = QUOTIENT(L, m)) // no check of overflow
WRONG(divu_rrr,      amd64 arm64 riscv64, D = L / LOADED(R))                                                 // no check of 0
WRONG(rem_rrr,       amd64,               i64 m = LOADED(R); if (m == 0) REASON(DIVIDE_BY_ZERO); D = REMAINDER(L, m)) // no check of −1, on which amd64 faults
WRONG(remu_rrr,      amd64 arm64 riscv64, u64 m = LOADED(R); if (m == 0) REASON(INTEGER_OVERFLOW); D = L % m)        // the wrong reason
WRONG(divu_rrs,      amd64 arm64 riscv64, u64 m = LOADED(SR); if (m == 0) EXIT(EXIT_SAFEPOINT, REASON_DIVIDE_BY_ZERO); D = L / m)
WRONG(divu_srr,      amd64 arm64 riscv64, u64 m = LOADED(R); SD = 0; if (m == 0) REASON(DIVIDE_BY_ZERO); SD = L / m) // written before the check
WRONG(divu32_rrr,    amd64 arm64 riscv64, u64 m = LOADED(R); if (m == 0) REASON(DIVIDE_BY_ZERO); D = UDIV32(L, m))              // a check of 64 bits
WRONG(trap,          amd64 arm64 riscv64, EXIT(EXIT_TRAP, REASON_NONE))

// Control.
WRONG(beq_rr,        amd64 arm64 riscv64, if (!EQUAL(L, R)) GO(TARGET))          // exits swapped
WRONG(bltu_rr,       amd64 arm64 riscv64, if (L <= R) GO(TARGET))              // off by one
WRONG(bge_rr,        amd64 arm64 riscv64, if (L >= R) GO(TARGET))              // unsigned
WRONG(bltu32_rr,     amd64 arm64 riscv64, if (L < R) GO(TARGET))               // all of 64 bits
WRONG(beq_rs,        amd64 arm64 riscv64, if (LOADED(L) == SR) GO(TARGET); SR = 0)     // an operand changed on one side
WRONG(entry,         amd64 arm64 riscv64,                                      // off by one
	if ((u64)(fp + (i64)IMM) >= (u64)ctx->limit) REASON(STACK_OVERFLOW);
	if (*ctx->poll < 0) EXIT(EXIT_ENTRY, REASON_NONE))
WRONG(poll,          amd64 arm64 riscv64, if (*ctx->poll <= 0) EXIT(EXIT_SAFEPOINT, REASON_NONE))
WRONG(return,        amd64 arm64 riscv64, LEAVE(ctx->exit))                    // out of compiled code
