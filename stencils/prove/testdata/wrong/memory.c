// Linear memory that is wrong: see wrong.h.
#include "../../../c/memory.h"
#include "wrong.h"

// An address with another check.
#define CHECKED(at, out) ({ \
		if (UNLIKELY(out)) EXIT(EXIT_TRAP, REASON_OUT_OF_BOUNDS); \
		mem + at; \
	})
#define SUMMED(l, out) ({ u64 at; CHECKED(at, __builtin_add_overflow((u64)(l), EXTRA, &at) || (out)); })

WRONG(load64_rr,     amd64 arm64 riscv64, D = *(u64 *)ADDRESS(BYTES_4, L))     // the bound of fewer bytes
WRONG(load32u_rr,    amd64 arm64 riscv64, D = *(u32 *)ADDRESS(BYTES_8, L))     // and of more
WRONG(load16u_rr,    amd64 arm64 riscv64,                                      // off by one
	D = *(u16 *)SUMMED(L, at > ctx->mem_end[BYTES_2]))
WRONG(load8u_rr,     amd64 arm64 riscv64,                                      // a sum that wraps around
	u64 at = LOADED(L) + EXTRA; D = *(u8 *)CHECKED(at, at >= ctx->mem_end[BYTES_1]))
WRONG(load8s_rr,     amd64 arm64 riscv64, D = *(u8 *)ADDRESS(BYTES_1, L))      // wrong extension
WRONG(load16s_32_rr, amd64 arm64 riscv64, D = (u64)*(i16 *)ADDRESS(BYTES_2, L)) // too far
WRONG(load32s_rr,    amd64 arm64 riscv64, D = *(u32 *)ADDRESS(BYTES_4, L))
WRONG(loadsw32_rr,   amd64 arm64 riscv64, D = *(u32 *)ADDRESS(BYTES_4, L))     // not swapped
WRONG(load8u_a32_rr, amd64 arm64 riscv64, D = *(u8 *)ADDRESS(BYTES_1, L))      // all of 64 bits
WRONG(load16u_a32_rr, amd64 arm64 riscv64,                                     // a sum of 32 bits
	u64 at = (u32)(L + EXTRA); D = *(u16 *)CHECKED(at, at >= ctx->mem_end[BYTES_2]))
WRONG(load32u_rs,    amd64 arm64 riscv64, D = *(u32 *)ADDRESS(BYTES_4, *(u32 *)&SL)) // half of a slot
WRONG(load32u_rr_dl, amd64 arm64 riscv64, D = *(u32 *)(mem + D + EXTRA))       // no check
WRONG(load64_rs,     amd64 arm64 riscv64,                                      // checked, but too late
	u64 l = LOADED(SL), v = *(volatile u64 *)(mem + l + EXTRA);
	ADDRESS(BYTES_8, l);
	D = v)
WRONG(load8u_sr,     amd64 arm64 riscv64, *(u8 *)&SD = *(u8 *)ADDRESS(BYTES_1, L)) // a byte of the slot
WRONG(load8u_rs,     amd64 arm64 riscv64, D = *(u8 *)(ADDRESS(BYTES_2, SL) + 1)) // the byte behind
WRONG(load16u_rs,    amd64 arm64 riscv64,                                      // the wrong reason
	u64 at;
	if (UNLIKELY(__builtin_add_overflow(SL, EXTRA, &at) || at >= ctx->mem_end[BYTES_2])) EXIT(EXIT_TRAP, REASON_TABLE_INDEX);
	D = *(u16 *)(mem + at))

WRONG(store8_rr,     amd64 arm64 riscv64, *(u16 *)ADDRESS(BYTES_2, L) = (u8)R) // more than it should
WRONG(store32_rr,    amd64 arm64 riscv64, *(u16 *)ADDRESS(BYTES_4, L) = R)     // less
WRONG(store64_rr,    amd64 arm64 riscv64, *(u64 *)ADDRESS(BYTES_8, R) = L)     // swapped
WRONG(store16_rr,    amd64 arm64 riscv64, ADDRESS(BYTES_2, L))                 // not at all
WRONG(store64_ri,    amd64 arm64 riscv64, *(u64 *)ADDRESS(BYTES_8, L) = (u32)LOADED(IMM)) // no sign
WRONG(store32_rs,    amd64 arm64 riscv64, *(u32 *)ADDRESS(BYTES_4, L) = SR; SR = 0) // an operand changed
WRONG(memsize_r,     amd64 arm64 riscv64, D = ctx->mem_size >> 16)             // in pages
WRONG(memsize_s,     amd64 arm64 riscv64, SD = ctx->mem_end[BYTES_2])          // off by one
