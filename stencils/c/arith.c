// Arithmetic on integers of 64 bits, modulo 2⁶⁴.
#include "abi.h"

#define ADD(d, l, r) d = l + r
#define SUB(d, l, r) d = l - r
#define MUL(d, l, r) d = l * r

#define ADD_RR(d, l, r) d = ADD_REG(l, r)
#define ADD_I(d, l, imm) d = ADD_IMM(l)
#define SUB_I(d, l, imm) d = SUB_IMM(l)
#define MUL_I(d, l, imm) d = MUL_IMM(l)

FORMS_DLR(add, ADD, ADD_RR)
FORMS_DLR(sub, SUB, SUB)
FORMS_DLR(mul, MUL, MUL)

FORMS_DLI(add, ADD, ADD_I, ADD)
FORMS_DLI(sub, SUB_I, SUB_I, SUB)
FORMS_DLI(mul, MUL_I, MUL_I, MUL_I)
