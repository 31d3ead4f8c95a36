// A template that uses Go's g.
// want: goroutine.c: op_bad+0x: s11 is not a register of this form
#include "../../../../c/abi.h"
OP(bad, asm volatile("mv %0, s11" : "=r"(D)))
