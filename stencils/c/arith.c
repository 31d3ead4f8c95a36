// Arithmetic on integers of 64 bits, modulo 2⁶⁴.
#include "abi.h"

#define ADD(l, r) l + r
#define SUB(l, r) l - r
#define MUL(l, r) l * r

#define ADD_R(l, r) REG64(ADD, add, l, r)
#define ADD_I(l, imm) ADD_IMM(l)
#define SUB_I(l, imm) SUB_IMM(l)
#define MUL_I(l, imm) MUL_IMM(l)

FORMS_DLR(add, ADD, ADD_R, ADD,   ADD_I, ADD)
FORMS_DLR(sub, SUB, SUB,   SUB_I, SUB_I, SUB)
FORMS_DLR(mul, MUL, MUL,   MUL_I, MUL_I, MUL_I)
