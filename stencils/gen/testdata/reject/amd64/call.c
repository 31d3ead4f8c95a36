// A template that calls.
// want: call.c: op_bad+0x: R_X86_64_PLT32 for the unknown symbol helper
#include "../../../../c/abi.h"
CONVENTION u64 helper(u64);
OP(bad, D = helper(L))
