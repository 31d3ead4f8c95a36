// A load that also moves its base.
// want: writeback.c: op_bad+0x: ldr x20, [x21],#8: it is not known what this instruction changes
#include "../../../../c/abi.h"
OP(bad, asm volatile("ldr %0, [%1], #8" : "=r"(D), "+r"(L)))
