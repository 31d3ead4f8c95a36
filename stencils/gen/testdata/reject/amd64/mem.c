// A template that changes mem and does not put back what was in it.
// want: mem.c: op_bad+0x: control leaves, but rdx has not been put back
#include "../../../../c/abi.h"
OP(bad, mem = (char *)L)
