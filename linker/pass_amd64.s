#include "go_asm.h"
#include "textflag.h"

// func passLoop(l *loop)
//
// What loop.runGo does. An operation has no branch that a processor could often guess
// wrong, but for those that end the loop.
//
//	SI  the operation          R8   index of the Book
//	DI  base of the code       R9   code of the place
//	BX  the recipe             R10  l
//	R15 where the part goes    R11  where the operation's offset goes
//	R14 the place              R12  the next fix
//	AX CX DX BP  of one line   R13  the next note
TEXT ·passLoop(SB), NOSPLIT, $8-8
	MOVQ l+0(FP), R10
	MOVQ loop_at(R10), R14
	MOVL R14, AX
	CMPL AX, loop_end(R10)
	JCC  none
	MOVQ loop_offsets(R10), R11
	LEAQ (R11)(AX*4), R11
	SHLQ $4, AX
	MOVQ loop_ops(R10), SI
	ADDQ AX, SI
	MOVQ loop_base(R10), DI
	MOVQ loop_index(R10), R8
	MOVQ loop_fix(R10), R12
	MOVQ loop_cold(R10), R13

next:
	MOVQ R14, R9
	SHRQ $32, R9
	MOVL R9, (R11)

	// The key: four words of the operation, compared with the same in another order,
	// tell which operands are equal: bits 1 to 3 of AX are d = l, l = r, r = d.
	MOVQ     (SI), X0
	PSHUFLW  $0x78, X0, X1
	PCMPEQW  X0, X1
	PACKSSWB X1, X1
	PMOVMSKB X1, AX
	ANDL     $0xe, AX
	MOVWLZX  Source_Key(SI), BX
	SHLL     $4, BX
	ADDL     AX, BX
	MOVWLSX  (R8)(BX*1), BX
	TESTL    BX, BX
	JLE      done
	SHLL     $7, BX
	ADDQ     loop_list(R10), BX

	// Is it a back-edge?
	MOVBLSX recipe_notBranch(BX), CX
	ORL     Source_Target(SI), CX
	CMPL    CX, R14
	JLS     poll

write:
	LEAQ  (DI)(R9*1), R15
	MOVOU recipe_code(BX), X0
	MOVOU recipe_code+16(BX), X1
	MOVOU recipe_code+32(BX), X2
	MOVOU X0, (R15)
	MOVOU X1, 16(R15)
	MOVOU X2, 32(R15)

	// The first word.
	MOVWLZX Source_D(SI), AX
	MOVWLZX Source_L(SI), CX
	MOVWLZX Source_R(SI), DX
	IMULQ   recipe_d(BX), AX
	IMULQ   recipe_l(BX), CX
	IMULQ   recipe_r(BX), DX
	ADDQ    recipe_word1(BX), AX
	ADDQ    CX, AX
	MOVBLZX recipe_off1(BX), CX
	ADDQ    DX, AX
	MOVQ    AX, (R15)(CX*1)

	// The second word.
	MOVBLZX recipe_item2(BX), AX
	MOVWLZX (SI)(AX*1), AX
	IMULQ   recipe_mask2(BX), AX
	ADDQ    recipe_word2(BX), AX
	MOVBLZX recipe_off2(BX), CX
	MOVQ    AX, (R15)(CX*1)

	CMPW recipe_more(BX), $0
	JNE  more

	// The immediate.
immediate:
	MOVL    Source_Imm(SI), AX
	MOVBLZX recipe_offImm(BX), CX
	MOVL    AX, (R15)(CX*1)

	// The third hole.
	MOVBLZX recipe_item3(BX), AX
	MOVL    (SI)(AX*1), AX
	ANDL    recipe_and3(BX), AX
	CMPL    AX, recipe_max3(BX)
	JHI     done
	IMULL   recipe_mul3(BX), AX
	ADDL    recipe_add3(BX), AX
	MOVBLZX recipe_off3(BX), CX
	MOVL    AX, (R15)(CX*1)

	// A fix.
	MOVBLZX recipe_fixAt(BX), AX
	SHLQ    $32, AX
	ADDQ    R14, AX
	MOVQ    AX, (R12)
	MOVBLZX recipe_fixStep(BX), DX
	ADDQ    DX, R12

	// A note of the cold part.
	MOVQ    R14, coldNote_place(R13)
	MOVQ    BX, coldNote_recipe(R13)
	MOVBLZX recipe_coldStep(BX), DX
	ADDQ    DX, R13

	MOVBLZX recipe_size(BX), DX
	SHLQ    $32, DX
	LEAQ    1(R14)(DX*1), R14
	ADDQ    $Source__size, SI
	ADDQ    $4, R11
	CMPL    R14, loop_end(R10)
	JCS     next

done:
	MOVQ R14, loop_at(R10)
	MOVQ R12, loop_fix(R10)
	MOVQ R13, loop_cold(R10)

none:
	RET

	// A poll, whose recipe is nothing but code and a note, before the operation.
poll:
	MOVQ    loop_list(R10), CX
	ADDQ    $(const_pollRecipe*recipe__size), CX
	MOVOU   recipe_code(CX), X0
	LEAQ    (DI)(R9*1), R15
	MOVOU   X0, (R15)
	MOVQ    R14, coldNote_place(R13)
	MOVQ    CX, coldNote_recipe(R13)
	ADDQ    $coldNote__size, R13
	MOVBLZX recipe_size(CX), DX
	ADDQ    DX, R9
	SHLQ    $32, DX
	ADDQ    DX, R14
	JMP     write

	// The words of a recipe that has more than two.
more:
	MOVWLZX recipe_more(BX), AX
	SHLQ    $8, AX
	ADDQ    loop_words(R10), AX
	MOVL    $4, BP

word:
	MOVWLZX Source_D(SI), CX
	IMULQ   (AX), CX
	ADDQ    32(AX), CX
	MOVWLZX Source_L(SI), DX
	IMULQ   8(AX), DX
	ADDQ    DX, CX
	MOVWLZX Source_R(SI), DX
	IMULQ   16(AX), DX
	ADDQ    DX, CX
	MOVWLZX Source_Target(SI), DX
	IMULQ   24(AX), DX
	ADDQ    DX, CX
	MOVQ    40(AX), DX
	MOVQ    CX, (R15)(DX*1)
	ADDQ    $64, AX
	DECQ    BP
	JNE     word
	JMP     immediate
