// Floats on amd64: see floats.h.

#define FLOAT_REGISTER "x"

#ifdef SINGLE
#define SIZED(insn) #insn "ss"
#define SHIFT_LEFT "pslld $31"
#define SHIFT_RIGHT "psrld $1"
#else
#define SIZED(insn) #insn "sd"
#define SHIFT_LEFT "psllq $63"
#define SHIFT_RIGHT "psrlq $1"
#endif

// Masks are made of all ones, because nothing can be loaded from where clang would
// put them. Clang computes with bits in float registers if all of them come from there
// and go there.
#define ONES(shift) ({ FLOAT ones; asm("pcmpeqd %0, %0\n\t" shift ", %0" : "=x"(ones)); FLOAT_BITS(ones); })
#define SIGN ONES(SHIFT_LEFT)
#define REST ONES(SHIFT_RIGHT)

#define LOGIC(bits) IN_FLOAT(BITS_FLOAT(bits))

#define ABS(l) LOGIC(FLOAT_BITS(l) & REST)
#define NEG(l) LOGIC(FLOAT_BITS(l) ^ SIGN)

// The empty asm is there for operands in slots, which clang would load as integers.
#define COPYSIGN(l, r) ({ \
		FLOAT number = l, sign = r; \
		asm("" : : "x"(number), "x"(sign)); \
		LOGIC(((FLOAT_BITS(number) ^ FLOAT_BITS(sign)) & REST) ^ FLOAT_BITS(sign)); \
	})

// With another register as the source the result would have to wait for what is in
// its own, the upper part of which it keeps.
#define IN_PLACE(insn, l) ({ FLOAT v = l; asm(insn " %0, %0" : "+x"(v)); v; })
#define SQRT(l) IN_PLACE(SIZED(sqrt), l)
#define PROMOTE(l) IN_PLACE("cvtss2sd", l)
#define DEMOTE(l) IN_PLACE("cvtsd2ss", l)
#define FROM_I64(l) ({ FLOAT v; asm("xorps %0, %0\n\t" SIZED(cvtsi2) "q %1, %0" : "=x"(v) : "r"(l)); v; })

// The instructions give the right operand if one is NaN or both are 0.
#define LESSER(l, r, order, both) ({ \
		FLOAT u = l, v = r; \
		if (UNLIKELY(!__builtin_islessgreater(u, v))) { \
			if (__builtin_isunordered(u, v)) \
				u += v; \
			else \
				asm(both " %1, %0" : "+x"(u) : "x"(v)); \
		} else \
			u = u order v ? u : v; \
		u; \
	})
#define MIN(l, r) LESSER(l, r, <, "orps")
#define MAX(l, r) LESSER(l, r, >, "andps")

// What they cannot convert, the instructions make the least number of 64 bits.
#define CONVERTED(insn, from) ({ i64 to; asm(insn " %1, %0" : "=r"(to) : "x"(from)); to; })
#define TRUNCATED(from) CONVERTED(SIZED(cvtt) "2si", from)
#define LOST_I64(from, to) ({ _Bool least; asm("cmpq $1, %1" : "=@cco"(least) : "r"(to)); least; })
#define LOST_U64(from, to) (to < 0)

// Whatever has no fraction, be it too large for an integer, stays as it is, and a
// result of 0 keeps the sign.
#define ROUNDED(l, insn, difference) ({ \
		FLOAT from = l, to; \
		i64 whole = CONVERTED(insn, from); \
		if (UNLIKELY(LOST_I64(from, whole))) \
			to = from + 0; \
		else { \
			whole += difference; \
			to = LOGIC(FLOAT_BITS(FROM_I64(whole)) | (FLOAT_BITS(from) & SIGN)); \
		} \
		to; \
	})
#define FLOOR(l) ROUNDED(l, SIZED(cvtt) "2si", -(from < FROM_I64(whole)))
#define CEIL(l) ROUNDED(l, SIZED(cvtt) "2si", (from > FROM_I64(whole)))
#define TRUNC(l) ROUNDED(l, SIZED(cvtt) "2si", 0)
#define NEAREST(l) ROUNDED(l, SIZED(cvt) "2si", 0)

// There is an instruction for signed numbers. Half of a large one has as many bits,
// if it counts as a half what the shift would lose.
#define FROM_U64(l) ({ \
		u64 from = l; \
		FLOAT to; \
		if (UNLIKELY((i64)from < 0)) { \
			to = FROM_I64(from >> 1 | (from & 1)); \
			to += to; \
		} else \
			to = FROM_I64(from); \
		to; \
	})
