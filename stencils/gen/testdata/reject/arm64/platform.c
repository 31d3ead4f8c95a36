// A template that uses the platform's register.
// want: platform.c: op_bad+0x: x18 is not a register of this form
#include "../../../../c/abi.h"
OP(bad, asm volatile("mov x18, %0" : : "r"(L)))
