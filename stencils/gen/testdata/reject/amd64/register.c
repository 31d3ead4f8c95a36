// A template that uses a register which is no operand.
// want: register.c: op_bad+0x: r15 is not a register of this form
#include "../../../../c/abi.h"
OP(bad, D = o)
