// A template that changes an operand that is only read.
// want: operand.c: op_bad+0x: it writes x21, which must stay as it is
#include "../../../../c/abi.h"
OP(bad, L = D)
