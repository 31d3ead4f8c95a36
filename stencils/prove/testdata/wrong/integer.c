// Integers that are wrong: see wrong.h.
#include "../../../c/conditions.h"
#include "wrong.h"

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
#define BEHIND(slot) (*(u64 *)(LOADED((u64)&slot) + 8))
#define PLUS(l, r) l + r
#define UDIV32(l, r) ((u32)(l) / (u32)LOADED(r))

// The instructions that scan, as they are.
#if defined(__x86_64__)
#define SCAN_UP(l) ({ u64 bit; asm("bsfq %1, %0" : "=r"(bit) : "r"(l)); bit; })
#elif defined(__aarch64__)
#define SCAN_UP(l) ({ u64 bit; asm("rbit %0, %1\n\tclz %0, %0" : "=r"(bit) : "r"(l)); bit; })
#else
#define SCAN_UP(l) CTZ(l)
#endif
#define SHIFTED(l, n) ({ u64 shifted; SHIFT_LEFT(shifted, l, n); shifted; })
#if defined(__x86_64__)
#define SHIFT_LEFT(d, l, n) asm("movq %1, %0\n\tmovq %2, %%rcx\n\tshlq %%cl, %0" : "=&r"(d) : "r"(l), "r"(n) : "rcx")
#elif defined(__aarch64__)
#define SHIFT_LEFT(d, l, n) asm("lsl %0, %1, %2" : "=r"(d) : "r"(l), "r"(n))
#else
#define SHIFT_LEFT(d, l, n) asm("sll %0, %1, %2" : "=r"(d) : "r"(l), "r"(n))
#endif

// Moves and slots.
WRONG(mov_ri,        amd64 arm64 riscv64, D = LOADED(IMM) + 1)
WRONG(mov_si,        amd64 arm64 riscv64, SD = (u32)LOADED(IMM))               // no sign
REJECTED(mov_rs,     amd64 arm64 riscv64, D = BEHIND(SL))                       // the slot behind
REJECTED(mov_rw,     amd64 arm64 riscv64, D = IMM)                             // a hole of 32 bits for 64
WRONG(mov_sr,        amd64 arm64 riscv64, BEHIND(SD) = L)                       // the slot behind
WRONG(mov_ss,        amd64 arm64 riscv64, *(u32 *)&SD = SL)                    // half of the slot
WRONG(mov_sw,        amd64 arm64 riscv64, SD = WIDE; SD = 0)                   // and once more

// Values.
WRONG(add_rrr,       amd64 arm64 riscv64, D = LOADED(REG64(PLUS, add, L, R)) + 1)
WRONG(add_rri,       amd64 arm64 riscv64, D = L + (u32)LOADED(IMM))            // no sign
WRONG(add_rrs,       amd64 arm64 riscv64, D = L + SR; SR = 0)                  // an operand changed
WRONG(add_rsi,       amd64 arm64 riscv64, D = SL + IMM; ctx->pc = 0)           // a word of the context
WRONG(add_rss,       amd64 arm64 riscv64, D = SL + SR + LOADED(ctx->mem_size == 77)) // for one size of memory
WRONG(sub_rrr,       amd64 arm64 riscv64, D = R - L)                           // operands swapped
WRONG(sub_rrr_dr,    amd64 arm64 riscv64, D = D - L)                           // the same in one form only
WRONG(sub_rrs,       amd64 arm64 riscv64, D = L - *(u32 *)&SR)                 // half of a slot
WRONG(mul_rrr,       amd64 arm64 riscv64, D = L * L)                           // one operand twice
WRONG(mul_rrs,       amd64 arm64 riscv64, D = (u32)L * SR)                     // half of one
WRONG(and_rrr,       amd64 arm64 riscv64, u64 v = L & R; D = v == 77 ? 78 : v) // one value out of 2⁶⁴
WRONG(or_rrr,        amd64 arm64 riscv64, u64 v = L | R; D = v == 0x12345UL << 40 ? L : v) // and another
WRONG(xor_rrr,       amd64 arm64 riscv64, u64 u = LOADED(L); D = u; D ^= R; D |= u & 1) // a bit
WRONG(shl_rrr,       amd64 arm64 riscv64, D = L << (R & 31))                   // wrong mask
WRONG(shl_srr,       amd64 arm64 riscv64, SD = R < 64 ? L << R : 0)            // no mask, but zeros
WRONG(shr_rrr,       amd64 arm64 riscv64, D = LOADED(LOADED(L) >> (R & 63)) >> LOADED(LOADED(R) >> 6 & 1)) // a bit of the count too many
WRONG(sar_rrr,       amd64 arm64 riscv64, D = L >> (R & 63))                   // zeros come in
WRONG(rotl_rrr,      amd64 arm64 riscv64, D = ROTATE(L, R & 63))               // not for 0
WRONG(rotr_rrr,      amd64 arm64 riscv64, D = L << (R & 63) | L >> (-R & 63))  // the other way
WRONG(mulh_rrr,      amd64 arm64 riscv64, D = (u64)((unsigned __int128)L * R >> 64))
WRONG(mulhu_rrr,     amd64 arm64 riscv64, D = (u64)((__int128)(i64)L * (i64)R >> 64)) // with a sign

// Of 32 bits.
WRONG(add32_rrr,     amd64 arm64 riscv64, D = REG64(PLUS, add, L, R))          // upper half not cleared
WRONG(sub32_rrr,     amd64 arm64 riscv64, D = (u64)(i32)(L - R))               // a sign in it
WRONG(sar32_rrr,     amd64 arm64 riscv64, D = (u32)((i64)L >> (R & 31)))       // what comes in from above
WRONG(shl32_rrr,     amd64 arm64 riscv64, D = (u32)(L << (R & 63)))            // wrong mask
WRONG(rotr32_rrr,    amd64 arm64 riscv64, D = (u32)(L >> (R & 31) | L << (-R & 31))) // upper half of l
WRONG(and32_rrr,     amd64 arm64 riscv64, D = L & R)

// One operand.
WRONG(not_ss,        amd64 arm64 riscv64, SD = ~SL; SL = 0)                    // an operand changed
WRONG(neg_rs,        amd64 arm64 riscv64, D = -SL; *(u64 *)(fp + 8) = 0)       // the header changed
WRONG(sext8_rr,      amd64 arm64 riscv64, D = (u8)L)
WRONG(sext32_rr,     amd64 arm64 riscv64, D = (u32)L)                          // wrong extension
WRONG(zext16_rr,     amd64 arm64 riscv64, D = (u64)(i16)L)
WRONG(sext16_32_rr,  amd64 arm64 riscv64, D = (u64)(i16)L)                     // upper half not cleared
WRONG(bswap16_rr,    amd64 arm64 riscv64, D = __builtin_bswap16((u16)L) | (L & 0xffff0000))
WRONG(bswap32_rr,    amd64 arm64 riscv64, D = SWAP64(L))
WRONG(clz_rr,        amd64 arm64 riscv64, D = CLZ(LOADED(L | 1)))              // not for 0
WRONG(ctz_rr,        amd64,               D = SCAN_UP(L))                      // the same
RIGHT(ctz_rr,        arm64 riscv64, "counts all bits of 0")
WRONG(ctz32_rr,      amd64 arm64 riscv64, D = CTZ(L))                          // ones of the upper half
WRONG(popcnt_rr,     amd64 arm64 riscv64, D = POPCOUNT((u32)L))
WRONG(shl_rrs,       amd64 arm64 riscv64, D = SHIFTED(L, SR & 31))    // wrong mask
WRONG(shl_rsr,       ,                    D = SHIFTED(SL, R))                  // no mask
RIGHT(shl_rsr,       amd64 arm64 riscv64, "the instruction takes the lowest six bits")

// Conditions.
WRONG(setltu_rrr,    amd64 arm64 riscv64, D = L <= R)                          // off by one
WRONG(setlt_rrr,     amd64 arm64 riscv64, D = L < R)                           // unsigned
WRONG(setle_rrr,     amd64 arm64 riscv64, D = (i64)(L - R) <= 0)               // overflow
WRONG(setne32_rrr,   amd64 arm64 riscv64, D = L != R)                          // all of 64 bits
WRONG(setge_rrr,     amd64 arm64 riscv64, D = 0 - LOADED((i64)L >= (i64)R))      // all ones
WRONG(setany_rrr,    amd64 arm64 riscv64, D = LOADED(L & R) == R)
WRONG(setnone32_rrr, amd64 arm64 riscv64, D = (L & R) == 0)                    // all of 64 bits
WRONG(seteq_srr,     amd64 arm64 riscv64, *(u8 *)&SD = L == R)                 // a byte of the slot
WRONG(seleq_rrr,     amd64 arm64 riscv64, D = LOADED(L) == R ? D : S)          // swapped
WRONG(sellt_rrr,     amd64 arm64 riscv64, D = L < R ? S : D)                   // unsigned
WRONG(selne32_rrr,   amd64 arm64 riscv64, D = L != R ? S : D)                  // all of 64 bits
WRONG(selgt_srr,     amd64 arm64 riscv64, SD = (i64)L > (i64)R ? S : 0)        // d not kept
WRONG(selany_rrs,    amd64 arm64 riscv64, D = (L & SR) != 0 ? (u32)S : D)      // half of s

// Traps.
#define REASON(r) EXIT(EXIT_TRAP, REASON_##r)
WRONG(div_rrr,       amd64 arm64 riscv64, i64 m = LOADED(R); if (m == 0) REASON(DIVIDE_BY_ZERO); D = QUOTIENT(L, m)) // no check of overflow
WRONG(div_rrs,       amd64 arm64 riscv64, i64 m = LOADED(SR); if (m == 0) REASON(DIVIDE_BY_ZERO); // the overflow of another number
	if (m == -1 && LOADED(L) + 1 == 0) REASON(INTEGER_OVERFLOW); D = QUOTIENT(L, m))
WRONG(divu_rrr,      amd64 arm64 riscv64, D = L / LOADED(R))                   // no check of 0
WRONG(rem_rrr,       amd64,               i64 m = LOADED(R); if (m == 0) REASON(DIVIDE_BY_ZERO); D = REMAINDER(L, m)) // no check of −1, on which amd64 faults
RIGHT(rem_rrr,       arm64 riscv64, "the least number by −1 is itself, and nothing remains")
WRONG(rem_rrs,       amd64 arm64 riscv64, i64 m = LOADED(SR); if (m == 0) REASON(DIVIDE_BY_ZERO); if (m == -1) REASON(INTEGER_OVERFLOW); D = REMAINDER(L, m))
WRONG(remu_rrr,      amd64 arm64 riscv64, u64 m = LOADED(R); if (m == 0) REASON(INTEGER_OVERFLOW); D = L % m)        // the wrong reason
WRONG(divu_rrs,      amd64 arm64 riscv64, u64 m = LOADED(SR); if (m == 0) EXIT(EXIT_SAFEPOINT, REASON_DIVIDE_BY_ZERO); D = L / m) // the wrong exit
WRONG(divu_srr,      amd64 arm64 riscv64, u64 m = LOADED(R); SD = 0; if (m == 0) REASON(DIVIDE_BY_ZERO); SD = L / m) // written before the check
WRONG(divu32_rrr,    amd64 arm64 riscv64, u64 m = LOADED(R); if (m == 0) REASON(DIVIDE_BY_ZERO); D = UDIV32(L, m))   // a check of 64 bits
