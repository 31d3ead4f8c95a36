// The operations of arith.c and bits.c on the lower halves of their operands.
#include "abi.h"

#define ADD(l, r) (u32)(l + r)
#define SUB(l, r) (u32)(l - r)
#define MUL(l, r) (u32)(l * r)
#define AND(l, r) (u32)(l & r)
#define OR(l, r) (u32)(l | r)
#define XOR(l, r) (u32)(l ^ r)

#define ADD_R(l, r) REG32(ADD, add, l, r)
#define ADD_I(l, imm) IMM32(ADD, add, l)
#define SUB_I(l, imm) IMM32(SUB, sub, l)
#define MUL_I(l, imm) MUL32_IMM(l)
#define AND_I(l, imm) IMM32(AND, and, l)
#define OR_I(l, imm) IMM32(OR, or, l)
#define XOR_I(l, imm) IMM32(XOR, xor, l)

FORMS_LOW(add32, ADD, ADD_R, ADD_I)
FORMS_LOW(sub32, SUB, SUB,   SUB_I)
FORMS_LOW(mul32, MUL, MUL,   MUL_I)
FORMS_LOW(and32, AND, AND,   AND_I)
FORMS_LOW(or32,  OR,  OR,    OR_I)
FORMS_LOW(xor32, XOR, XOR,   XOR_I)

#define SHL(l, r) (u32)l << (r & 31)
#define SHR(l, r) (u32)l >> (r & 31)
#define SAR(l, r) (u32)((i32)l >> (r & 31))
#define ROTL(l, r) ({ u32 bits = l, count = r; bits << (count & 31) | bits >> (-count & 31); })
#define ROTR(l, r) ({ u32 bits = l, count = r; bits >> (count & 31) | bits << (-count & 31); })

#define SHL_I(l, imm) COUNT32(SHL, shl, l)
#define SHR_I(l, imm) COUNT32(SHR, shr, l)
#define SAR_I(l, imm) COUNT32(SAR, sar, l)
#define ROTL_I(l, imm) COUNT32(ROTL, rol, l)
#define ROTR_I(l, imm) COUNT32(ROTR, ror, l)

FORMS_LOW(shl32,  SHL,  SHL,  SHL_I)
FORMS_LOW(shr32,  SHR,  SHR,  SHR_I)
FORMS_LOW(sar32,  SAR,  SAR,  SAR_I)
FORMS_LOW(rotl32, ROTL, ROTL, ROTL_I)
FORMS_LOW(rotr32, ROTR, ROTR, ROTR_I)
