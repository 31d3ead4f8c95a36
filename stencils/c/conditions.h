// Conditions, for branches and for operations that give 1 or 0.
#ifndef COPYJIT_CONDITIONS_H
#define COPYJIT_CONDITIONS_H

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
#define ANY(l, r) (l & r) != 0
#define NONE(l, r) (l & r) == 0

// The same of lower halves,
#define EQ_32(l, r) (u32)(l) == (u32)(r)
#define NE_32(l, r) (u32)(l) != (u32)(r)
#define LT_32(l, r) (i32)(l) < (i32)(r)
#define LE_32(l, r) (i32)(l) <= (i32)(r)
#define GT_32(l, r) (i32)(l) > (i32)(r)
#define GE_32(l, r) (i32)(l) >= (i32)(r)
#define LTU_32(l, r) (u32)(l) < (u32)(r)
#define LEU_32(l, r) (u32)(l) <= (u32)(r)
#define GTU_32(l, r) (u32)(l) > (u32)(r)
#define GEU_32(l, r) (u32)(l) >= (u32)(r)
#define ANY_32(l, r) (u32)(l & r) != 0
#define NONE_32(l, r) (u32)(l & r) == 0

// and of a lower half and an immediate of either size.
#define EQ_32_I(left, imm) COMPARE32_IMM(EQ_32, e, left)
#define NE_32_I(left, imm) COMPARE32_IMM(NE_32, ne, left)
#define LT_32_I(left, imm) COMPARE32_IMM(LT_32, l, left)
#define LE_32_I(left, imm) COMPARE32_IMM(LE_32, le, left)
#define GT_32_I(left, imm) COMPARE32_IMM(GT_32, g, left)
#define GE_32_I(left, imm) COMPARE32_IMM(GE_32, ge, left)
#define LTU_32_I(left, imm) COMPARE32_IMM(LTU_32, b, left)
#define LEU_32_I(left, imm) COMPARE32_IMM(LEU_32, be, left)
#define GTU_32_I(left, imm) COMPARE32_IMM(GTU_32, a, left)
#define GEU_32_I(left, imm) COMPARE32_IMM(GEU_32, ae, left)
#define ANY_32_I(left, imm) TEST32_IMM(ANY_32, nz, left)
#define NONE_32_I(left, imm) TEST32_IMM(NONE_32, z, left)

// For two registers, or a register and an immediate of 32 bits: see EQUAL.
#define EQ_RR(l, r) EQUAL(l, r)
#define NE_RR(l, r) !EQUAL(l, r)
#define EQ_RI(l, imm) EQUAL_IMM(l)
#define NE_RI(l, imm) !EQUAL_IMM(l)

#endif
