// An instruction that the generator does not know.
// want: instruction.c: op_bad+0x: it is not known what this instruction changes
#include "../../../../c/abi.h"
OP(bad, asm volatile("pause"))
