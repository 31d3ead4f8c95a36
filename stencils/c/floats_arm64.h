// Floats on arm64: see floats.h. There is an instruction for nearly everything.

#define FLOAT_REGISTER "w"

#define FREG(n) "%" FLOAT_PART #n

#define ABS(l) BUILTIN(fabs)(l)
#define NEG(l) -(l)
#define SQRT(l) BUILTIN(sqrt)(l)
#define COPYSIGN(l, r) BUILTIN(copysign)(l, r)
#define MIN(l, r) LESSER("fmin", l, r)
#define MAX(l, r) LESSER("fmax", l, r)
#define LESSER(insn, l, r) ({ \
		FLOAT least; \
		asm(insn " " FREG(0) ", " FREG(1) ", " FREG(2) : "=w"(least) : "w"(l), "w"(r)); \
		least; \
	})

#define FLOOR(l) BUILTIN(floor)(l)
#define CEIL(l) BUILTIN(ceil)(l)
#define TRUNC(l) BUILTIN(trunc)(l)
#define NEAREST(l) BUILTIN(roundeven)(l)

#define FROM_I64(l) (FLOAT)(i64)(l)
#define FROM_U64(l) (FLOAT)(u64)(l)
#define FROM_I32(l) (FLOAT)(i32)(l)
#define FROM_U32(l) (FLOAT)(u32)(l)
#define PROMOTE(l) ({ double wide; asm("fcvt %d0, %s1" : "=w"(wide) : "w"(l)); wide; })
#define DEMOTE(l) ({ double narrow; asm("fcvt %s0, %d1" : "=w"(narrow) : "w"(l)); narrow; })

// The instructions saturate. Those of 32 bits clear the upper half.
#define SATURATED(insn, part, l) ({ u64 to; asm(insn " %" part "0, " FREG(1) : "=r"(to) : "w"(l)); to; })
#define SAT_I64(l) SATURATED("fcvtzs", "x", l)
#define SAT_U64(l) SATURATED("fcvtzu", "x", l)
#define SAT_I32(l) SATURATED("fcvtzs", "w", l)
#define SAT_U32(l) SATURATED("fcvtzu", "w", l)

// The exponent says whether a number is in range, but for the least ones; that of NaN
// is the greatest there is. With the sign above it, what is negative is out of range
// too, but what is rounded to 0.
#define AS_NUMBER(bits) ({ word number = bits; asm("" : "+r"(number)); number; })
#define EXPONENT(from) AS_NUMBER((word)(FLOAT_BITS(from) << 1) >> (FRACTION + 1))
#define SIGN_EXPONENT(from) AS_NUMBER(FLOAT_BITS(from) >> FRACTION)

#define TRUNC_SIGNED(l, size, least) ({ \
		FLOAT from = l; \
		if (UNLIKELY(EXPONENT(from) >= BIAS + size - 1)) { \
			i64 to = SAT_I64(from); \
			if (!(least)) NO_NUMBER(from); \
		} \
		SAT_I##size(from); \
	})
#define TRUNC_UNSIGNED(l, size) ({ \
		FLOAT from = l; \
		if (UNLIKELY(SIGN_EXPONENT(from) >= BIAS + size) && !(from > -1 && from <= 0)) NO_NUMBER(from); \
		SAT_U##size(from); \
	})
#define TRUNC_I64(l) TRUNC_SIGNED(l, 64, to < 0 && FROM_I64(to) == from)
#define TRUNC_I32(l) TRUNC_SIGNED(l, 32, to == -(1L << 31))
#define TRUNC_U64(l) TRUNC_UNSIGNED(l, 64)
#define TRUNC_U32(l) TRUNC_UNSIGNED(l, 32)
