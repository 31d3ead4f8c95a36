// Half of an address.
// want: pair.c: op_bad+0x: auipc t0, but not in front of
#include "../../../../c/abi.h"
OP(bad, asm volatile("auipc t0, 0" : : : "t0"))
