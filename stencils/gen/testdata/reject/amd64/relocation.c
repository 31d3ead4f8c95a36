// A hole of a size that there is no kind of.
// want: relocation.c: op_bad+0x: relocation type 12 for HOLE_IMM is unknown
#include "../../../../c/abi.h"
OP(bad, asm volatile("addw %1, %w0" : "+r"(D) : "i"(HOLE_IMM)))
