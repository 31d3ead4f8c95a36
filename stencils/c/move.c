// Operations that move values.
#include "abi.h"

#define MOV(d, l) d = l

FORMS_DL(mov, MOV)
