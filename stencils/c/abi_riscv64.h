// What is particular to riscv64: see abi.h.

// The C convention passes integers in a0 … a7 and floats in fa0 … fa7, in this
// order, which is what there is room for. ra, sp, gp, tp and s11, which is Go's g, are not touched: compiled
// code leaves by a jump, and who it jumps to returns by the ra of whoever entered
// it. Scratch registers are t0, t2 to t6 and ft0 to ft11; t1 is the register of far
// jumps.
#define CONVENTION
#define PARAMETERS \
	u64 a, u64 x, u64 y, u64 o, struct context *ctx, char *fp, char *mem, u64 h0, \
	FLOAT fa, FLOAT fx, FLOAT fy, FLOAT fo, FLOAT fh0, FLOAT fh1, FLOAT fh2, FLOAT fh3
#define ARGUMENTS a, x, y, o, ctx, fp, mem, h0, fa, fx, fy, fo, fh0, fh1, fh2, fh3

// LEAVE's operands keep every argument where the convention says, and the clobber
// keeps stores before it.
#define LEAVE(place) do { \
		register u64 ra asm("a0") = a, rx asm("a1") = x, ry asm("a2") = y, ro asm("a3") = o, r0 asm("a7") = h0; \
		register void *rc asm("a4") = ctx, *rf asm("a5") = fp, *rm asm("a6") = mem; \
		register FLOAT f0 asm("fa0") = fa, f1 asm("fa1") = fx, f2 asm("fa2") = fy, f3 asm("fa3") = fo; \
		register FLOAT f4 asm("fa4") = fh0, f5 asm("fa5") = fh1, f6 asm("fa6") = fh2, f7 asm("fa7") = fh3; \
		asm volatile("ld t0, %0\n\tjr t0" : : "m"(place), \
			"r"(ra), "r"(rx), "r"(ry), "r"(ro), "r"(rc), "r"(rf), "r"(rm), "r"(r0), \
			"f"(f0), "f"(f1), "f"(f2), "f"(f3), "f"(f4), "f"(f5), "f"(f6), "f"(f7) \
			: "t0", "memory"); \
		__builtin_unreachable(); \
	} while (0)

// In C a code address would be an absolute relocation of 32 bits, and code may lie
// anywhere.
#define CODE_ADDRESS(f) ({ u64 addr; asm("lla %0, %1" : "=r"(addr) : "i"(f)); addr; })

#define TABLE ({ char *table; asm("lla %0, %1" : "=r"(table) : "i"(HOLE_TABLE)); table; })

#define EXTRA ((u64)(u32)HALF(HOLE_EXTRA))
#define AT_EXTRA8(base) ((u64 *)((char *)(base) + HALF(HOLE_EXTRA8)))
#define EQUAL_EXTRA(word) ((word) == (u32)HALF(HOLE_EXTRA))

// addiw wraps around at 32 bits: with addi the largest numbers would come out
// negative. A number of 64 bits is made of two halves.
#define HALF(hole) ({ u64 half; asm("lui %0, %%hi(%1)\n\taddiw %0, %0, %%lo(%1)" : "=r"(half) : "i"(hole)); half; })
#define IMM HALF(HOLE_IMM)
#define WIDE ((HALF(HOLE_IMM_HIGH) << 32) + HALF(HOLE_IMM_LOW))

// LOW and COUNT take what they need of a number of any size.
#define LOW HALF(HOLE_IMM_LOW)
#define COUNT ({ u64 count; asm("addiw %0, zero, %%lo(%1)" : "=r"(count) : "i"(HOLE_IMM)); count; })

// A slot's hole is its offset from fp in bytes.
#define SLOT(S) (*(u64 *)(fp + (i64)HOLE_##S))

#define REG64(V, insn, l, r) V(l, r)
#define REG32(V, insn, l, r) V(l, r)
#define IMM64(V, insn, l) V(l, IMM)
#define IMM32(V, insn, l) V(l, LOW)
#define COUNT64(V, insn, l) V(l, COUNT)
#define COUNT32(V, insn, l) V(l, COUNT)
#define ADD_IMM(l) ((l) + IMM)
#define SUB_IMM(l) ((l) - IMM)
#define MUL_IMM(l) ((l) * IMM)
#define MUL32_IMM(l) (u32)((l) * LOW)
#define STORE32(place, value) ((place) = (u32)HALF(value))

// Where C says that two registers are equal, clang copies one to the other, for no
// gain.
#define EQUAL(l, r) ({ \
		__label__ yes; \
		_Bool equal = 1; \
		asm goto("beq %0, %z1, %l2" : : "r"(l), "rJ"(r) : : yes); \
		equal = 0; \
		yes: equal; \
	})
#define EQUAL_IMM(l) ((l) == IMM)
#define IS_ZERO(l) EQUAL(l, 0UL)
#define IS_ZERO32(l) ((u32)(l) == 0)

#define COMPARE32_IMM(V, cc, l) V(l, LOW)
#define TEST32_IMM(V, cc, l) V(l, LOW)

// There is no instruction for that: ones are put in the place of the zeros to count,
// and zeros everywhere else.
#define CLZ(l) ({ u64 all = SMEARED((u64)(l)); POPCOUNT(~all); })
#define CTZ(l) ({ u64 bits = (l); POPCOUNT(~bits & (bits - 1)); })
#define CLZ32(l) ({ u64 all = SMEARED((u64)(u32)(l)); POPCOUNT(~all) - 32; })
#define CTZ32(l) ({ u64 bits = (l) | 1UL << 32; POPCOUNT(~bits & (bits - 1)); })

// All ones from the highest one downwards.
#define SMEARED(l) ({ \
		u64 v = (l); \
		v |= v >> 1; \
		v |= v >> 2; \
		v |= v >> 4; \
		v |= v >> 8; \
		v |= v >> 16; \
		v | v >> 32; \
	})

// Neighbours of one byte, of two, of four. What clang makes of its own needs more
// registers than there are.
#define SWAP64(l) ({ \
		u64 ones = HIDDEN(0x00ff00ff00ff00ff), twos = HIDDEN(0x0000ffff0000ffff); \
		u64 v = (l); \
		v = (v & ones) << 8 | (v >> 8 & ones); \
		v = (v & twos) << 16 | (v >> 16 & twos); \
		v << 32 | v >> 32; \
	})
