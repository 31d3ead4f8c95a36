// The convention between stencils, in one place: types, the signature that all
// templates share, holes, and the macros that make a template of each form of an
// operation out of one body.
//
// A template is a C function that ends in a tail call of the next one. All
// arguments travel in registers, so the call is one jump, and a jump to whatever
// is placed behind needs no instruction at all. The generator (stencils/gen)
// makes a stencil of each function op_NAME.
#ifndef COPYJIT_ABI_H
#define COPYJIT_ABI_H

typedef unsigned long u64;
typedef long i64;
typedef unsigned int u32;

// Everything that stencils share with Go while they run, reached through ctx.
// The Go mirror is in package jit; facts.c hands the offsets to its test.
struct context {
	u64 exit;            // where exits go: a code address
	u32 site;            // an exit's function, reason and code, see EXIT
	u32 pc;              // the operation at which it left
	volatile i64 *poll;  // the word that is negative when someone wants compiled code to stop
	char *limit;         // the end of the stack: frames end here at the latest
	u64 saved[];         // registers, saved by the entry and exit code
};

// Why compiled code exits: ops.Exit and ops.Reason.
enum {
	EXIT_RETURN,
	EXIT_TRAP,
	EXIT_ENTRY,
	EXIT_SAFEPOINT,
};
enum {
	REASON_NONE,
	REASON_EXPLICIT,
	REASON_STACK_OVERFLOW,
};

// What a site holds:
//
//	31            12 11       4 3     0
//	├─ function ─────┼─ reason ─┼─ exit ┤
enum {
	SITE_REASON_SHIFT = 4,
	SITE_FUNCTION_SHIFT = 12,
};

// Where the words of a frame are, counted in bytes from fp. The word between the
// return address and slot 0 belongs to the interpreter.
enum {
	FRAME_RETURN = 0,
	FRAME_SLOTS = 16,
};

// Holes. Their addresses are the values that the linker writes; there is nothing
// at these addresses.
extern char HOLE_D[], HOLE_L[], HOLE_R[]; // byte offsets of slots from fp
extern char HOLE_IMM[];                   // the immediate
extern char HOLE_SITE[];                  // function << SITE_FUNCTION_SHIFT
extern char HOLE_PC[];                    // the operation's pc

// The signature. Under preserve_none, clang passes integers in r12 r13 r14 r15
// rdi rsi rdx rcx r8 r9 r11 rax, in this order. rcx is skipped and rax not
// reached, because multiplications, divisions and shifts need them as scratch
// registers, as are rbx and r10. The h registers are not used yet: they are
// passed through for slots that will be held in registers.
#if defined(__x86_64__)
#define CONVENTION __attribute__((preserve_none))
#define PARAMETERS \
	u64 a, u64 x, u64 y, u64 o, struct context *ctx, char *fp, char *mem, \
	u64 skipped, u64 h0, u64 h1, u64 h2
#define ARGUMENTS a, x, y, o, ctx, fp, mem, undefined, h0, h1, h2

// LEAVE jumps to the code address in a place in memory. Clang would load it into
// a scratch register first. The operands keep every argument where the
// convention says, and the clobber keeps stores before it.
#define LEAVE(place) do { \
		register u64 ra asm("r12") = a, rx asm("r13") = x, ry asm("r14") = y, ro asm("r15") = o; \
		register u64 r0 asm("r8") = h0, r1 asm("r9") = h1, r2 asm("r11") = h2; \
		register void *rc asm("rdi") = ctx, *rf asm("rsi") = fp, *rm asm("rdx") = mem; \
		asm volatile("jmpq *%0" : : "m"(place), \
			"r"(ra), "r"(rx), "r"(ry), "r"(ro), "r"(rc), "r"(rf), "r"(rm), "r"(r0), "r"(r1), "r"(r2) \
			: "memory"); \
		__builtin_unreachable(); \
	} while (0)

// WIDE is an immediate of 64 bits, for which C has no relocation.
#define WIDE ({ u64 wide; asm("movabsq %1, %0" : "=r"(wide) : "i"(HOLE_IMM)); wide; })

// These say which instruction it is, because clang takes another: a hole is folded
// into an instruction less often than a number, and the sum of two registers
// becomes a lea, whose encoding depends on which registers they are.
#define ADD_REG(l, r) ({ u64 sum = (l); asm("addq %1, %0" : "+r"(sum) : "r"(r)); sum; })
#define ADD_IMM(l) ({ u64 sum = (l); asm("addq %1, %0" : "+r"(sum) : "i"(HOLE_IMM)); sum; })
#define SUB_IMM(l) ({ u64 difference = (l); asm("subq %1, %0" : "+r"(difference) : "i"(HOLE_IMM)); difference; })
#define MUL_IMM(l) ({ u64 product; asm("imulq %2, %1, %0" : "=r"(product) : "r"(l), "i"(HOLE_IMM)); product; })
#define STORE32(place, hole) asm volatile("movl %1, %0" : "=m"(place) : "i"(hole))

// EQUAL compares a register with another, EQUAL_IMM with the immediate. Where C
// says that they are equal, clang copies one to the other, for no gain.
#define EQUAL(l, r) ({ _Bool equal; asm("cmpq %2, %1" : "=@cce"(equal) : "r"(l), "r"(r)); equal; })
#define EQUAL_IMM(l) ({ _Bool equal; asm("cmpq %2, %1" : "=@cce"(equal) : "r"(l), "i"(HOLE_IMM)); equal; })

// CODE_ADDRESS is the address of a code symbol. In C it would be an absolute
// relocation of 32 bits, and code may lie anywhere.
#define CODE_ADDRESS(f) ({ u64 addr; asm("leaq %c1(%%rip), %0" : "=r"(addr) : "i"(f)); addr; })
#else
#error "stencils/c/abi.h does not know this target"
#endif

typedef CONVENTION void code(PARAMETERS);

extern code CONT;   // what is placed behind the stencil
extern code TARGET; // where the operation goes: a branch's label, a call's function

// GO ends a template. The undefined argument costs no instruction.
#define GO(f) do { \
		u64 undefined; \
		__attribute__((musttail)) return (f)(ARGUMENTS); \
	} while (0)

// OP makes a template of statements that say what the operation does; control
// then goes on behind it.
#define OP(name, ...) \
	CONVENTION void op_##name(PARAMETERS) { (void)skipped; __VA_ARGS__; GO(CONT); }

// AFTER makes the part of a template that control comes back to: the generator
// places it behind op_NAME, so that it is CONT there.
#define AFTER(name, ...) \
	CONVENTION void after_##name(PARAMETERS) { (void)skipped; __VA_ARGS__; GO(CONT); }

// EXIT leaves compiled code. Site is one hole with an addend, so that it is one
// store.
#define EXIT(code, reason) do { \
		STORE32(ctx->site, HOLE_SITE + ((reason) << SITE_REASON_SHIFT | (code))); \
		STORE32(ctx->pc, HOLE_PC); \
		LEAVE(ctx->exit); \
	} while (0)

#define UNLIKELY(c) __builtin_expect((c), 0)

// Operands. The generator defines D, L and R as machine registers, in several
// ways, and takes the one under which the code is right for all registers.
#define SLOT(hole) (*(u64 *)(fp + (i64)(hole)))
#define SD SLOT(HOLE_D)
#define SL SLOT(HOLE_L)
#define SR SLOT(HOLE_R)
#define IMM ((u64)HOLE_IMM) // of 32 bits, sign-extended

// The forms of an operation. A name says what the operands are, in the order
// d l r: r a register, s a slot, i an immediate of 32 bits, w one of 64. Behind
// it stand the operands that are the same place. Where that is l and r alone
// there is no form of its own: both are only read, so the form of different
// places serves. RR is the body for two registers that stay as they are.
#define FORMS_DLR(op, BODY, RR) \
	OP(op##_rrr,     RR(D, L, R)) \
	OP(op##_rrr_dl,  BODY(D, D, R)) \
	OP(op##_rrr_dr,  BODY(D, L, D)) \
	OP(op##_rrr_dlr, BODY(D, D, D)) \
	OP(op##_rrs,     BODY(D, L, SR)) \
	OP(op##_rrs_dl,  BODY(D, D, SR)) \
	OP(op##_rrw,     BODY(D, L, WIDE)) \
	OP(op##_rrw_dl,  BODY(D, D, WIDE)) \
	OP(op##_rsr,     BODY(D, SL, R)) \
	OP(op##_rsr_dr,  BODY(D, SL, D)) \
	OP(op##_rss,     BODY(D, SL, SR)) \
	OP(op##_rsw,     BODY(D, SL, WIDE)) \
	OP(op##_srr,     RR(SD, L, R)) \
	OP(op##_srs,     BODY(SD, L, SR)) \
	OP(op##_srs_dr,  BODY(SD, L, SD)) \
	OP(op##_srw,     BODY(SD, L, WIDE)) \
	OP(op##_ssr,     BODY(SD, SL, R)) \
	OP(op##_ssr_dl,  BODY(SD, SD, R)) \
	OP(op##_sss,     BODY(SD, SL, SR)) \
	OP(op##_sss_dl,  BODY(SD, SD, SR)) \
	OP(op##_sss_dr,  BODY(SD, SL, SD)) \
	OP(op##_sss_dlr, BODY(SD, SD, SD)) \
	OP(op##_ssw,     BODY(SD, SL, WIDE)) \
	OP(op##_ssw_dl,  BODY(SD, SD, WIDE))

// The same with an immediate of 32 bits as r. For what changes a register or a slot
// in place a target may have a shorter instruction.
#define FORMS_DLI(op, BODY, IN_REG, IN_SLOT) \
	OP(op##_rri,    BODY(D, L, IMM)) \
	OP(op##_rri_dl, IN_REG(D, D, IMM)) \
	OP(op##_rsi,    BODY(D, SL, IMM)) \
	OP(op##_sri,    BODY(SD, L, IMM)) \
	OP(op##_ssi,    BODY(SD, SL, IMM)) \
	OP(op##_ssi_dl, IN_SLOT(SD, SD, IMM))

#define FORMS_DL(op, BODY) \
	OP(op##_rr,    BODY(D, L)) \
	OP(op##_rr_dl, BODY(D, D)) \
	OP(op##_rs,    BODY(D, SL)) \
	OP(op##_ri,    BODY(D, IMM)) \
	OP(op##_rw,    BODY(D, WIDE)) \
	OP(op##_sr,    BODY(SD, L)) \
	OP(op##_ss,    BODY(SD, SL)) \
	OP(op##_ss_dl, BODY(SD, SD)) \
	OP(op##_si,    BODY(SD, IMM)) \
	OP(op##_sw,    BODY(SD, WIDE))

// BODY is the condition under which control goes to TARGET. RR and RI are the
// same for two registers, and for a register and an immediate of 32 bits.
#define FORMS_BRANCH(op, BODY, RR, RI) \
	OP(op##_rr, if (RR(L, R)) GO(TARGET)) \
	OP(op##_rs, if (BODY(L, SR)) GO(TARGET)) \
	OP(op##_ri, if (RI(L, IMM)) GO(TARGET)) \
	OP(op##_rw, if (BODY(L, WIDE)) GO(TARGET)) \
	OP(op##_sr, if (BODY(SL, R)) GO(TARGET)) \
	OP(op##_ss, if (BODY(SL, SR)) GO(TARGET)) \
	OP(op##_si, if (BODY(SL, IMM)) GO(TARGET)) \
	OP(op##_sw, if (BODY(SL, WIDE)) GO(TARGET))

#endif
