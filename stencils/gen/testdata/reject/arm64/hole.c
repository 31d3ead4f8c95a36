// A hole as C takes it: the address of a page.
// want: hole.c: op_bad+0x: relocation type 275 for HOLE_IMM is unknown
#include "../../../../c/abi.h"
OP(bad, D = (u64)HOLE_IMM)
