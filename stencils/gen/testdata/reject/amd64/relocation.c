// A hole of a size that there is no kind of.
// want: relocation.c: op_bad+0x: relocation type 14 for HOLE_IMM is unknown
#include "../../../../c/abi.h"
OP(bad, asm volatile("addb %1, %b0" : "+r"(D) : "i"(HOLE_IMM)))
