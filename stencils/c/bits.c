// Operations on the bits of 64, shifts and rotations.
#include "abi.h"

#define AND(l, r) l & r
#define OR(l, r) l | r
#define XOR(l, r) l ^ r

#define AND_I(l, imm) IMM64(AND, and, l)
#define OR_I(l, imm) IMM64(OR, or, l)
#define XOR_I(l, imm) IMM64(XOR, xor, l)

FORMS_DLR(and, AND, AND, AND_I, AND_I, AND)
FORMS_DLR(or,  OR,  OR,  OR_I,  OR_I,  OR)
FORMS_DLR(xor, XOR, XOR, XOR_I, XOR_I, XOR)

// The mask costs nothing: the instructions take counts modulo 64 too.
#define SHL(l, r) l << (r & 63)
#define SHR(l, r) l >> (r & 63)
#define SAR(l, r) (i64)l >> (r & 63)
#define ROTL(l, r) ({ u64 bits = l, count = r; bits << (count & 63) | bits >> (-count & 63); })
#define ROTR(l, r) ({ u64 bits = l, count = r; bits >> (count & 63) | bits << (-count & 63); })

#define SHL_I(l, imm) COUNT64(SHL, shl, l)
#define SHR_I(l, imm) COUNT64(SHR, shr, l)
#define SAR_I(l, imm) COUNT64(SAR, sar, l)
#define ROTL_I(l, imm) COUNT64(ROTL, rol, l)
#define ROTR_I(l, imm) COUNT64(ROTR, ror, l)

FORMS_LOW(shl,  SHL,  SHL,  SHL_I)
FORMS_LOW(shr,  SHR,  SHR,  SHR_I)
FORMS_LOW(sar,  SAR,  SAR,  SAR_I)
FORMS_LOW(rotl, ROTL, ROTL, ROTL_I)
FORMS_LOW(rotr, ROTR, ROTR, ROTR_I)
