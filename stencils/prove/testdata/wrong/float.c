// Floats that are wrong: see wrong.h.
#include "../../../c/floats.h"
#include "wrong.h"

// Comparisons, in which no order holds of NaN.
WRONG(fsetnlt_rrr,   amd64 arm64 riscv64, D = FL >= FR)
WRONG(fsetne_rrr,    amd64 arm64 riscv64, D = LOADED(FL < FR) | LOADED(FL > FR))
WRONG(fseteq_rrr,    amd64 arm64 riscv64, D = FLOAT_BITS(FL) == FLOAT_BITS(FR)) // NaN, and both zeros
WRONG(fsetle_rrr,    amd64 arm64 riscv64, D = FL < FR)
WRONG(fsetgt_rrr,    amd64 arm64 riscv64, D = (i64)FLOAT_BITS(FL) > (i64)FLOAT_BITS(FR)) // of negative ones
WRONG(fblt_rr,       amd64 arm64 riscv64, if (!(FL >= FR)) GO(TARGET))
WRONG(fbnge_rr,      amd64 arm64 riscv64, if (FL < FR) GO(TARGET))
WRONG(fbeq_rr,       amd64 arm64 riscv64, if (!__builtin_islessgreater(FL, FR)) GO(TARGET))
WRONG(fbne_rr,       amd64 arm64 riscv64, if (FL == FR) GO(TARGET))            // exits swapped

// Arithmetic.
WRONG(fmov_rr,       amd64 arm64 riscv64, FD = (float)FL)                      // half of the fraction
WRONG(fadd_rrr,      amd64 arm64 riscv64, FD = FL - FR)
WRONG(fsub_rrr,      amd64 arm64 riscv64, FD = FR - FL)                        // swapped
WRONG(fmul_rrr,      amd64 arm64 riscv64, FD = FL * FL)
WRONG(fdiv_rrr,      amd64 arm64 riscv64, FD = FL * (POWER(0) / FR))           // rounded twice
WRONG(fmin_rrr,      amd64 arm64 riscv64, FD = FL < FR ? FL : FR)              // NaN, and zeros
WRONG(fmax_rrs,      amd64 arm64 riscv64, FLOAT r = SFR; FD = FL != FL ? FL : r != r ? r : FL > r ? FL : r) // zeros
WRONG(fabs_rr,       amd64 arm64 riscv64, FLOAT l = FL; FD = l < 0 ? BITS_FLOAT(HIDDEN(0)) - l : l)   // −0, and NaN's sign
WRONG(fneg_rr,       amd64 arm64 riscv64, FD = BITS_FLOAT(HIDDEN(0)) - FL)     // 0, and NaN's sign
WRONG(fcopysign_rrr, amd64 arm64 riscv64, FD = COPYSIGN(FR, FL))               // swapped
WRONG(fsqrt_rr,      amd64 arm64 riscv64, FD = SQRT(ABS(FL)))                  // of negative ones
WRONG(fselnz_rrr,    amd64 arm64 riscv64, if ((u32)L) FD = FR)                 // half of the condition
WRONG(fselz_rrr,     amd64 arm64 riscv64, if (L) FD = FR)                      // the other way

// Conversions.
#define NO_NUMBER EXIT(EXIT_TRAP, REASON_INVALID_CONVERSION)
#define OUT_OF_RANGE EXIT(EXIT_TRAP, REASON_INTEGER_OVERFLOW)
#ifdef __x86_64__
#define TO_I64(l) TRUNCATED(l)
#elif defined(__aarch64__)
#define TO_I64(l) (i64)SAT_I64(l)
#else
#define TO_I64(l) (i64)TRUNCATED(l)
#endif
WRONG(trunci64_rr,   amd64 arm64 riscv64, D = TO_I64(FL))                      // no check
WRONG(trunci32_rr,   amd64 arm64 riscv64,                                      // 2³¹ − 0.5 is in range
	FLOAT l = FL; FLOAT limit = FROM_I64(HIDDEN(0x7fffffff));
	if (l != l) NO_NUMBER;
	if (!(l <= limit && l >= BITS_FLOAT(HIDDEN(0)) - limit - POWER(0))) OUT_OF_RANGE;
	D = (u32)TO_I64(l))
WRONG(truncu32_rr,   amd64 arm64 riscv64,                                      // the wrong reason
	FLOAT l = FL; i64 to = TO_I64(l);
	if (UNLIKELY(to != (u32)to)) OUT_OF_RANGE;
	D = (u32)to)
WRONG(sati32_rr,     amd64 arm64 riscv64, D = (u32)TO_I64(FL))                 // the lower half of what is too large
WRONG(sati64_rr,     amd64 riscv64,       D = TO_I64(FL))
RIGHT(sati64_rr,     arm64, "the instruction saturates, and makes 0 of NaN")
WRONG(floati64_rr,   amd64 arm64 riscv64, FD = FROM_U64(L))                    // no sign
WRONG(floatu64_rr,   amd64 arm64 riscv64, FD = FROM_I64(L))                    // a sign
WRONG(floatu64_rs,   amd64 arm64 riscv64, u64 l = SL;                          // a bit that rounds is lost
	FLOAT to = FROM_I64(l >> 1); FD = (i64)l < 0 ? to + to : FROM_I64(l))
WRONG(floati32_rr,   amd64 arm64 riscv64, FD = FROM_I64(L))                    // all of 64 bits
WRONG(fpromote_rr,   amd64 arm64 riscv64, FD = FL)
WRONG(fdemote_rr,    amd64 arm64 riscv64, FD = FL)
WRONG(fbits_rr,      amd64 arm64 riscv64, D = (u32)FLOAT_BITS(FL))

// Memory.
#include "../../../c/memory.h"
WRONG(fload_rr,      amd64 arm64 riscv64, FD = *(FLOAT *)ADDRESS(BYTES_4, L))  // the bound of fewer bytes
WRONG(fstore_rr,     amd64 arm64 riscv64, *(float *)ADDRESS(BYTES_8, L) = FR)
WRONG(fgset_r,       amd64 arm64 riscv64, *(float *)AT_EXTRA8(ctx->globals) = FL)
