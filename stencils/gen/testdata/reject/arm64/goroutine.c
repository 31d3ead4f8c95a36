// A template that uses Go's g.
// want: goroutine.c: op_bad+0x: x28 is not a register of this form
#include "../../../../c/abi.h"
OP(bad, asm volatile("mov %0, x28" : "=r"(D)))
