// What is particular to arm64: see abi.h.

// Under preserve_none, clang passes integers in x20 … x28 x0 … x7 and floats in
// v0 … v7, in this order. x28 is Go's g, so that argument is skipped; x18 is the
// platform's. Neither is touched, nor are sp, x29 and x30: compiled code leaves by a
// jump, and who it jumps to returns by the x30 of whoever entered it. Scratch
// registers are x3 to x17, x19 and v8 to v31.
#define CONVENTION __attribute__((preserve_none))
#define PARAMETERS \
	u64 a, u64 x, u64 y, u64 o, struct context *ctx, char *fp, char *mem, u64 h0, \
	u64 skipped __attribute__((unused)), u64 h1, u64 h2, u64 h3, \
	FLOAT fa, FLOAT fx, FLOAT fy, FLOAT fo, FLOAT fh0, FLOAT fh1, FLOAT fh2, FLOAT fh3
#define ARGUMENTS a, x, y, o, ctx, fp, mem, h0, undefined, h1, h2, h3, fa, fx, fy, fo, fh0, fh1, fh2, fh3

#ifdef SINGLE
#define FLOAT_PART "s"
#else
#define FLOAT_PART "d"
#endif

// LEAVE's operands keep every argument where the convention says, and the clobber
// keeps stores before it.
#define LEAVE(place) do { \
		register u64 ra asm("x20") = a, rx asm("x21") = x, ry asm("x22") = y, ro asm("x23") = o; \
		register u64 r0 asm("x27") = h0, r1 asm("x0") = h1, r2 asm("x1") = h2, r3 asm("x2") = h3; \
		register void *rc asm("x24") = ctx, *rf asm("x25") = fp, *rm asm("x26") = mem; \
		register FLOAT f0 asm(FLOAT_PART "0") = fa, f1 asm(FLOAT_PART "1") = fx, f2 asm(FLOAT_PART "2") = fy, f3 asm(FLOAT_PART "3") = fo; \
		register FLOAT f4 asm(FLOAT_PART "4") = fh0, f5 asm(FLOAT_PART "5") = fh1, f6 asm(FLOAT_PART "6") = fh2, f7 asm(FLOAT_PART "7") = fh3; \
		asm volatile("ldr x16, %0\n\tbr x16" : : "m"(place), \
			"r"(ra), "r"(rx), "r"(ry), "r"(ro), "r"(rc), "r"(rf), "r"(rm), "r"(r0), "r"(r1), "r"(r2), "r"(r3), \
			"w"(f0), "w"(f1), "w"(f2), "w"(f3), "w"(f4), "w"(f5), "w"(f6), "w"(f7) \
			: "x16", "memory"); \
		__builtin_unreachable(); \
	} while (0)

// In C a code address would be that of a page, relative to where the code lies.
#define CODE_ADDRESS(f) ({ u64 addr; asm("adr %0, %c1" : "=r"(addr) : "S"(f)); addr; })

// A table may be further away than an adr reaches.
#define TABLE ({ \
		char *here; \
		u64 distance; \
		asm("adr %0, %c2\n\tmovz %1, #:prel_g1:%c3+4\n\tmovk %1, #:prel_g0_nc:%c3+8" \
			: "=&r"(here), "=&r"(distance) : "S"(HERE), "S"(HOLE_TABLE)); \
		here + distance; \
	})

#define EXTRA ({ u64 extra; asm("movz %w0, #:abs_g1_nc:%c1\n\tmovk %w0, #:abs_g0_nc:%c1" : "=r"(extra) : "S"(HOLE_EXTRA)); extra; })
#define AT_EXTRA8(base) ((u64 *)(base) + EXTRA)
#define EQUAL_EXTRA(word) ((word) == (u32)EXTRA)

// The first instruction of IMM becomes a movz where the value is not negative, so
// that both together make a number of 32 bits and its sign.
#define IMM ({ u64 imm; asm("movn %0, #:abs_g1_s:%c1\n\tmovk %0, #:abs_g0_nc:%c1" : "=r"(imm) : "S"(HOLE_IMM)); imm; })
#define WIDE ({ u64 wide; asm("movz %0, #:abs_g3:%c1\n\tmovk %0, #:abs_g2_nc:%c1\n\t" \
		"movk %0, #:abs_g1_nc:%c1\n\tmovk %0, #:abs_g0_nc:%c1" : "=r"(wide) : "S"(HOLE_IMM)); wide; })

// LOW and COUNT take what they need of a number of any size.
#define LOW ({ u64 low; asm("movz %w0, #:abs_g1_nc:%c1\n\tmovk %w0, #:abs_g0_nc:%c1" : "=r"(low) : "S"(HOLE_IMM)); low; })
#define COUNT ({ u64 count; asm("movz %w0, #:abs_g0_nc:%c1" : "=r"(count) : "S"(HOLE_IMM)); count; })

// A slot's hole is its distance from fp in words, because loads and stores can
// scale an index, and 16 bits suffice for every slot that there can be.
#define SLOT(S) (((u64 *)fp)[({ u64 index; asm("movz %0, #:abs_g0:%c1" : "=r"(index) : "S"(WORD_##S)); index; })])

#define REG64(V, insn, l, r) V(l, r)
#define REG32(V, insn, l, r) V(l, r)
#define IMM64(V, insn, l) V(l, IMM)
#define IMM32(V, insn, l) V(l, LOW)
#define COUNT64(V, insn, l) V(l, COUNT)
#define COUNT32(V, insn, l) V(l, COUNT)

// ADD_IMM says which instruction it is, because clang would use the terms of the sum
// once more to address what is there.
#define ADD_IMM(l) ({ u64 sum; asm("add %0, %1, %2" : "=r"(sum) : "r"(l), "r"(IMM)); sum; })
#define SUB_IMM(l) ((l) - IMM)
#define MUL_IMM(l) ((l) * IMM)
#define MUL32_IMM(l) (u32)((l) * LOW)

#define STORE32(place, value) do { \
		u32 word; \
		asm("movz %w0, #:abs_g1:%c1\n\tmovk %w0, #:abs_g0_nc:%c1" : "=r"(word) : "S"(value)); \
		(place) = word; \
	} while (0)

// Where C says that two registers are equal, clang copies one to the other, for no
// gain. (The condition as an output of asm would be read into a register first.)
#define EQUAL(l, r) ({ u64 difference; asm("eor %0, %1, %2" : "=r"(difference) : "r"(l), "r"(r)); !difference; })
#define EQUAL_IMM(l) ((l) == IMM)
#define JUMPS(jump, l) ({ \
		__label__ yes; \
		_Bool jumps = 1; \
		asm goto(jump : : "r"(l) : : yes); \
		jumps = 0; \
		yes: jumps; \
	})
#define IS_ZERO(l) JUMPS("cbz %0, %l1", l)
#define IS_ZERO32(l) JUMPS("cbz %w0, %l1", l)

#define COMPARE32_IMM(V, cc, l) V(l, LOW)
#define TEST32_IMM(V, cc, l) V(l, LOW)

// The instruction counts all bits of 0. Clang drops the comparison.
#define COUNT_ZEROS(count, l, none) ({ __typeof__(l) bits = (l); bits ? (u64)count(bits) : none; })
#define CLZ(l) COUNT_ZEROS(__builtin_clzll, l, 64)
#define CTZ(l) COUNT_ZEROS(__builtin_ctzll, l, 64)
#define CLZ32(l) COUNT_ZEROS(__builtin_clz, (u32)l, 32)
#define CTZ32(l) COUNT_ZEROS(__builtin_ctz, (u32)l, 32)

#define SWAP64(l) __builtin_bswap64(l)
