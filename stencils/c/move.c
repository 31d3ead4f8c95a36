// Operations that move values.
#include "abi.h"

#define MOV(l) l

FORMS_DL(mov, MOV, MOV)
FORMS_DI(mov, MOV)
