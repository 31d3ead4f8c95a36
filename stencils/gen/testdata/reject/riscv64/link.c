// A template that uses the return address.
// want: link.c: op_bad+0x: ra is not a register of this form
#include "../../../../c/abi.h"
OP(bad, asm volatile("mv ra, %0" : : "r"(L)))
