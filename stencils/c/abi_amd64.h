// What is particular to amd64: see abi.h.

// Under preserve_none, clang passes integers in r12 r13 r14 r15 rdi rsi rdx rcx r8
// r9 r11 rax and floats in xmm0 … xmm7, in this order. rcx is skipped and rax not
// reached, because multiplications, divisions and shifts need them as scratch
// registers, as are rbx, r10 and xmm8 to xmm15. The h registers are not used yet:
// they are passed through for slots that will be held in registers.
#define CONVENTION __attribute__((preserve_none))
#define PARAMETERS \
	u64 a, u64 x, u64 y, u64 o, struct context *ctx, char *fp, char *mem, \
	u64 skipped __attribute__((unused)), u64 h0, u64 h1, u64 h2, \
	FLOAT fa, FLOAT fx, FLOAT fy, FLOAT fo, FLOAT fh0, FLOAT fh1, FLOAT fh2, FLOAT fh3
#define ARGUMENTS a, x, y, o, ctx, fp, mem, undefined, h0, h1, h2, fa, fx, fy, fo, fh0, fh1, fh2, fh3

// LEAVE jumps through the place itself. Clang would load it into a scratch
// register first. The operands keep every argument where the convention says, and
// the clobber keeps stores before it.
#define LEAVE(place) do { \
		register u64 ra asm("r12") = a, rx asm("r13") = x, ry asm("r14") = y, ro asm("r15") = o; \
		register u64 r0 asm("r8") = h0, r1 asm("r9") = h1, r2 asm("r11") = h2; \
		register void *rc asm("rdi") = ctx, *rf asm("rsi") = fp, *rm asm("rdx") = mem; \
		register FLOAT f0 asm("xmm0") = fa, f1 asm("xmm1") = fx, f2 asm("xmm2") = fy, f3 asm("xmm3") = fo; \
		register FLOAT f4 asm("xmm4") = fh0, f5 asm("xmm5") = fh1, f6 asm("xmm6") = fh2, f7 asm("xmm7") = fh3; \
		asm volatile("jmpq *%0" : : "m"(place), \
			"r"(ra), "r"(rx), "r"(ry), "r"(ro), "r"(rc), "r"(rf), "r"(rm), "r"(r0), "r"(r1), "r"(r2), \
			"x"(f0), "x"(f1), "x"(f2), "x"(f3), "x"(f4), "x"(f5), "x"(f6), "x"(f7) \
			: "memory"); \
		__builtin_unreachable(); \
	} while (0)

// In C a code address would be an absolute relocation of 32 bits, and code may lie
// anywhere.
#define CODE_ADDRESS(f) ({ u64 addr; asm("leaq %c1(%%rip), %0" : "=r"(addr) : "i"(f)); addr; })

#define TABLE ({ char *table; asm("leaq %c1(%%rip), %0" : "=r"(table) : "i"(HOLE_TABLE)); table; })

// C has no relocation of 64 bits.
#define IMM ((u64)HOLE_IMM)
#define WIDE ({ u64 wide; asm("movabsq %1, %0" : "=r"(wide) : "i"(HOLE_IMM)); wide; })

// Instructions of 32 bits and shifts have holes for as much of the immediate as
// they need (IMM32, COUNT64).
#define LOW ({ u64 low; asm("movl %1, %k0" : "=r"(low) : "i"(HOLE_IMM)); low; })
#define COUNT LOW

// A slot's hole is its offset from fp in bytes.
#define SLOT(S) (*(u64 *)(fp + (i64)HOLE_##S))

#define EXTRA ({ u64 extra; asm("movl %1, %k0" : "=r"(extra) : "i"(HOLE_EXTRA)); extra; })

// What is at a word's offset from a base.
#define AT_EXTRA8(base) ((u64 *)((char *)(base) + (i64)HOLE_EXTRA8))

// These say which instruction it is, because clang takes another: a hole is folded
// into an instruction less often than a number, and the sum of two registers
// becomes a lea, whose encoding depends on which registers they are.
#define REG64(V, insn, l, r) ({ u64 value = (l); asm(#insn "q %1, %0" : "+r"(value) : "r"(r)); value; })
#define REG32(V, insn, l, r) ({ u64 value = (l); asm(#insn "l %k1, %k0" : "+r"(value) : "r"(r)); value; })
#define IMM64(V, insn, l) ({ u64 value = (l); asm(#insn "q %1, %0" : "+r"(value) : "i"(HOLE_IMM)); value; })
#define IMM32(V, insn, l) ({ u64 value = (l); asm(#insn "l %1, %k0" : "+r"(value) : "i"(HOLE_IMM)); value; })
#define COUNT64(V, insn, l) ({ u64 value = (l); asm(#insn "q %b1, %0" : "+r"(value) : "i"(HOLE_IMM)); value; })
#define COUNT32(V, insn, l) ({ u64 value = (l); asm(#insn "l %b1, %k0" : "+r"(value) : "i"(HOLE_IMM)); value; })
#define ADD_IMM(l) IMM64(, add, l)
#define SUB_IMM(l) IMM64(, sub, l)
#define MUL_IMM(l) ({ u64 product; asm("imulq %2, %1, %0" : "=r"(product) : "r"(l), "i"(HOLE_IMM)); product; })
#define MUL32_IMM(l) ({ u64 product; asm("imull %2, %k1, %k0" : "=r"(product) : "r"(l), "i"(HOLE_IMM)); product; })
#define STORE32(place, value) asm volatile("movl %1, %0" : "=m"(place) : "i"(value))

// Where C says that two registers are equal, clang copies one to the other, for no
// gain.
#define EQUAL(l, r) ({ _Bool equal; asm("cmpq %2, %1" : "=@cce"(equal) : "r"(l), "r"(r)); equal; })
#define EQUAL_EXTRA(word) ({ _Bool equal; asm("cmpl %2, %1" : "=@cce"(equal) : "m"(word), "i"(HOLE_EXTRA)); equal; })
#define EQUAL_IMM(l) ({ _Bool equal; asm("cmpq %2, %1" : "=@cce"(equal) : "r"(l), "i"(HOLE_IMM)); equal; })

#define IS_ZERO(l) ({ _Bool zero; asm("testq %1, %1" : "=@ccz"(zero) : "r"(l)); zero; })
#define IS_ZERO32(l) ({ _Bool zero; asm("testl %k1, %k1" : "=@ccz"(zero) : "r"(l)); zero; })

// Unlike C, these have the immediate in the comparison.
#define COMPARE32_IMM(V, cc, l) ({ _Bool holds; asm("cmpl %2, %k1" : "=@cc" #cc(holds) : "r"(l), "i"(HOLE_IMM)); holds; })
#define TEST32_IMM(V, cc, l) ({ _Bool holds; asm("testl %2, %k1" : "=@cc" #cc(holds) : "r"(l), "i"(HOLE_IMM)); holds; })

// bsf and bsr leave something undefined in the register if there is no one.
#define SCAN(insn, l, none) ({ \
		u64 bit; \
		_Bool zero; \
		asm(insn : "=r"(bit), "=@ccz"(zero) : "r"(l)); \
		zero ? none : bit; \
	})
#define CLZ(l) (LOADED(SCAN("bsrq %2, %0", l, 127)) ^ 63)
#define CTZ(l) SCAN("bsfq %2, %0", l, 64)
#define CLZ32(l) (LOADED(SCAN("bsrl %k2, %k0", l, 63)) ^ 31)
#define CTZ32(l) SCAN("bsfl %k2, %k0", l, 32)

#define SWAP64(l) __builtin_bswap64(l)
