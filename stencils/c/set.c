// Operations that give 1 if a condition holds, otherwise 0.
#include "conditions.h"

FORMS_DLR(seteq, EQ, EQ, EQ, EQ, EQ)
FORMS_DLR(setne, NE, NE, NE, NE, NE)
FORMS_DLR(setlt, LT, LT, LT, LT, LT)
FORMS_DLR(setle, LE, LE, LE, LE, LE)
FORMS_DLR(setgt, GT, GT, GT, GT, GT)
FORMS_DLR(setge, GE, GE, GE, GE, GE)
FORMS_DLR(setltu, LTU, LTU, LTU, LTU, LTU)
FORMS_DLR(setleu, LEU, LEU, LEU, LEU, LEU)
FORMS_DLR(setgtu, GTU, GTU, GTU, GTU, GTU)
FORMS_DLR(setgeu, GEU, GEU, GEU, GEU, GEU)

FORMS_LOW(seteq32, EQ_32, EQ_32, EQ_32_I)
FORMS_LOW(setne32, NE_32, NE_32, NE_32_I)
FORMS_LOW(setlt32, LT_32, LT_32, LT_32_I)
FORMS_LOW(setle32, LE_32, LE_32, LE_32_I)
FORMS_LOW(setgt32, GT_32, GT_32, GT_32_I)
FORMS_LOW(setge32, GE_32, GE_32, GE_32_I)
FORMS_LOW(setltu32, LTU_32, LTU_32, LTU_32_I)
FORMS_LOW(setleu32, LEU_32, LEU_32, LEU_32_I)
FORMS_LOW(setgtu32, GTU_32, GTU_32, GTU_32_I)
FORMS_LOW(setgeu32, GEU_32, GEU_32, GEU_32_I)
