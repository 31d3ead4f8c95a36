// A code address as C takes it.
// want: absolute.c: op_bad+0x: R_X86_64_32S for CONT: code is only jumped to
#include "../../../../c/abi.h"
OP(bad, D = (u64)&CONT)
