// An encoding that depends on its register: as a base r12 needs a SIB byte and r13
// a displacement.
// want: no assignment gives code in which the registers can be renamed
#include "../../../../c/abi.h"
OP(bad, asm("movq (%1), %0" : "=r"(D) : "r"(L)))
