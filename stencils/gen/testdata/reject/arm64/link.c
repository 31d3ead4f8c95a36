// A template that uses the link register.
// want: link.c: op_bad+0x: x30 is not a register of this form
#include "../../../../c/abi.h"
OP(bad, asm volatile("mov x30, %0" : : "r"(L)))
