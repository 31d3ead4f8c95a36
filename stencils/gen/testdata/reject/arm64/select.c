// A template that writes d before it reads s, which may be d.
// want: select.c: op_bad+0x: it reads s, which is wrong if that is d: d has been written
#include "../../../../c/abi.h"
OP(bad, u64 both; asm("mvn %0, %1\n\tand %0, %0, %2" : "=&r"(both) : "r"(L), "r"(S)); D = both)
