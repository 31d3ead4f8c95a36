// Floats of 32 bits that are wrong: see wrong.h.
#define SINGLE
#include "../../../c/floats.h"
#include "wrong.h"

WRONG(fadd32_rrr,    amd64 arm64 riscv64, FD = (FL + POWER(0)) + (FR - POWER(0))) // rounded more than once
WRONG(fmov32_sr,     amd64 arm64 riscv64, *(float *)&SD = FL)                  // the slot's upper half not cleared
WRONG(fsetngt32_rrr, amd64 arm64 riscv64, D = FL <= FR)                        // NaN
WRONG(fbgt32_rr,     amd64 arm64 riscv64, if (!(FL <= FR)) GO(TARGET))
WRONG(fneg32_rs,     amd64 arm64 riscv64, FD = SFL)
WRONG(fbits32_rr,    amd64 arm64 riscv64, D = (u64)(i32)FLOAT_BITS(FL))        // a sign above
WRONG(fselnz32_rrr,  amd64 arm64 riscv64, if (!L) FD = FR)
#include "../../../c/memory.h"
WRONG(fload32_rr,    amd64 arm64 riscv64, FD = *(FLOAT *)ADDRESS(BYTES_2, L))
WRONG(fload32_sr,    amd64 arm64 riscv64, *(word *)&SD = *(word *)ADDRESS(BYTES_4, L)) // the slot's upper half not cleared
WRONG(floatu64_f32_rr, amd64 arm64 riscv64,                                    // a bit that rounds is lost
	u64 l = L; FLOAT to = FROM_I64(l >> 1);
	FD = (i64)l < 0 ? to + to : FROM_I64(l))
WRONG(floati64_f32_rr, amd64 arm64 riscv64, double to = (double)(i64)L; FD = (float)to) // rounded twice
