// A template that uses the register of far jumps.
// want: far.c: op_bad+0x: t1 is not a register of this form
#include "../../../../c/abi.h"
OP(bad, asm volatile("mv t1, %0" : : "r"(L)))
