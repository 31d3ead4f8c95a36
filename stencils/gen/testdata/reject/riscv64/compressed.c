// A compressed instruction.
// want: compressed.c: op_bad+0x: 05 05 is a compressed instruction
#include "../../../../c/abi.h"
OP(bad, asm volatile(".option push\n.option rvc\nc.addi %0, 1\n.option pop" : "+r"(D)))
