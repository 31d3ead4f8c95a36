// An immediate as C takes it: wrong for the largest numbers.
// want: hole.c: op_bad+0x: R_RISCV_LO12_I for HOLE_IMM: only addiw is right
#include "../../../../c/abi.h"
OP(bad, D = (u64)HOLE_IMM)
