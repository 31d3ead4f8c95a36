// Upper halves of products, quotients and remainders.
#include "abi.h"

#define MULH(l, r) (u64)((__int128)(i64)l * (i64)r >> 64)
#define MULHU(l, r) (u64)((unsigned __int128)l * r >> 64)
#define MULH_I(l, imm) MULH(l, LOADED(imm))
#define MULHU_I(l, imm) MULHU(l, LOADED(imm))

FORMS_DLR(mulh,  MULH,  MULH,  MULH_I,  MULH_I,  MULH_I)
FORMS_DLR(mulhu, MULHU, MULHU, MULHU_I, MULHU_I, MULHU_I)

// DIVIDE makes a value of n and m, of a type, where the instruction can: a processor
// must neither divide by 0 nor, on amd64, the least number by −1, the remainder
// included. Clang must not know where m comes from: to it the address of a hole is
// never 0, and a register that is 0 something to be loaded again.
#define DIVIDE(type, l, r, ...) ({ \
		type n = (type)(l), m = (type)LOADED((u64)(r)); \
		if (UNLIKELY(m == 0)) EXIT(EXIT_TRAP, REASON_DIVIDE_BY_ZERO); \
		__VA_ARGS__; \
	})
#define QUOTIENT(type) ({ \
		type q; \
		if (m == -1) { \
			if (UNLIKELY(__builtin_sub_overflow((type)0, n, &q))) EXIT(EXIT_TRAP, REASON_INTEGER_OVERFLOW); \
		} else \
			q = n / m; \
		q; \
	})

#define DIV(l, r) (u64)DIVIDE(i64, l, r, QUOTIENT(i64))
#define REM(l, r) (u64)DIVIDE(i64, l, r, m == -1 ? 0 : n % m)
#define DIVU(l, r) DIVIDE(u64, l, r, n / m)
#define REMU(l, r) DIVIDE(u64, l, r, n % m)

FORMS_DLR(div, DIV, DIV, DIV, DIV, DIV)
FORMS_DLR(rem, REM, REM, REM, REM, REM)
FORMS_DLR(divu, DIVU, DIVU, DIVU, DIVU, DIVU)
FORMS_DLR(remu, REMU, REMU, REMU, REMU, REMU)

#define DIV32(l, r) (u32)DIVIDE(i32, l, r, QUOTIENT(i32))
#define REM32(l, r) (u32)DIVIDE(i32, l, r, m == -1 ? 0 : n % m)
#define DIVU32(l, r) DIVIDE(u32, l, r, n / m)
#define REMU32(l, r) DIVIDE(u32, l, r, n % m)

#define DIV32_I(l, imm) DIV32(l, LOW)
#define REM32_I(l, imm) REM32(l, LOW)
#define DIVU32_I(l, imm) DIVU32(l, LOW)
#define REMU32_I(l, imm) REMU32(l, LOW)

FORMS_LOW(div32,  DIV32,  DIV32,  DIV32_I)
FORMS_LOW(rem32,  REM32,  REM32,  REM32_I)
FORMS_LOW(divu32, DIVU32, DIVU32, DIVU32_I)
FORMS_LOW(remu32, REMU32, REMU32, REMU32_I)
