// A code address as C takes it.
// want: absolute.c: op_bad+0x: R_RISCV_HI20 for CONT: code is only jumped to
#include "../../../../c/abi.h"
OP(bad, D = (u64)&CONT)
