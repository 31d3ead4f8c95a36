// A template that takes a float register for the integer register that its operand is.
// want: bank.c: op_bad+0x: xmm0 is not a register of this form
#include "../../../../c/abi.h"
OP(bad, FD = (i64)L)
