// A template that goes somewhere else.
// want: symbol.c: op_bad+0x: R_X86_64_PLT32 for the unknown symbol ELSEWHERE
#include "../../../../c/abi.h"
extern code ELSEWHERE;
OP(bad, D = L; GO(ELSEWHERE))
