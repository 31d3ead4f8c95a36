// A code address as C takes it.
// want: absolute.c: op_bad+0x: relocation type 275 for CONT is unknown
#include "../../../../c/abi.h"
OP(bad, D = (u64)&CONT)
