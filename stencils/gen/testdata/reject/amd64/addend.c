// A value that clang computes with.
// want: addend.c: op_bad+0x: R_X86_64_32S for HOLE_IMM+1: only a site may have an addend
#include "../../../../c/abi.h"
OP(bad, D = IMM + 1)
