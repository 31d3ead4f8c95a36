// Branches and jumps.
#include "abi.h"

#define EQ(l, r) l == r
#define NE(l, r) l != r
#define LT(l, r) (i64)l < (i64)r
#define LE(l, r) (i64)l <= (i64)r
#define GT(l, r) (i64)l > (i64)r
#define GE(l, r) (i64)l >= (i64)r
#define LTU(l, r) l < r
#define LEU(l, r) l <= r
#define GTU(l, r) l > r
#define GEU(l, r) l >= r

#define EQ_RR(l, r) EQUAL(l, r)
#define NE_RR(l, r) !EQUAL(l, r)
#define EQ_RI(l, imm) EQUAL_IMM(l)
#define NE_RI(l, imm) !EQUAL_IMM(l)

FORMS_BRANCH(beq, EQ, EQ_RR, EQ_RI)
FORMS_BRANCH(bne, NE, NE_RR, NE_RI)
FORMS_BRANCH(blt, LT, LT, LT)
FORMS_BRANCH(ble, LE, LE, LE)
FORMS_BRANCH(bgt, GT, GT, GT)
FORMS_BRANCH(bge, GE, GE, GE)
FORMS_BRANCH(bltu, LTU, LTU, LTU)
FORMS_BRANCH(bleu, LEU, LEU, LEU)
FORMS_BRANCH(bgtu, GTU, GTU, GTU)
FORMS_BRANCH(bgeu, GEU, GEU, GEU)

OP(jump, GO(TARGET))
