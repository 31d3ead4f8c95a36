// A template that needs the stack.
// want: stack.c: op_bad+0x: it uses the hardware stack
#include "../../../../c/abi.h"
OP(bad, volatile u64 local[2]; local[0] = L; D = local[0])
