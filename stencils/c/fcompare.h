// Conditions of floats, of either size, and selections. An order never holds of a
// NaN, so that its opposite is a condition of its own.
#include "floats.h"

#define EQ(l, r) l == r
#define NE(l, r) l != r
#define LT(l, r) l < r
#define LE(l, r) l <= r
#define GT(l, r) l > r
#define GE(l, r) l >= r
#define NLT(l, r) !(l < r)
#define NLE(l, r) !(l <= r)
#define NGT(l, r) !(l > r)
#define NGE(l, r) !(l >= r)

FORMS_IFF(NAME(fseteq), EQ)
FORMS_IFF(NAME(fsetne), NE)
FORMS_IFF(NAME(fsetlt), LT)
FORMS_IFF(NAME(fsetle), LE)
FORMS_IFF(NAME(fsetgt), GT)
FORMS_IFF(NAME(fsetge), GE)
FORMS_IFF(NAME(fsetnlt), NLT)
FORMS_IFF(NAME(fsetnle), NLE)
FORMS_IFF(NAME(fsetngt), NGT)
FORMS_IFF(NAME(fsetnge), NGE)

FORMS_FBRANCH(NAME(fbeq), EQ)
FORMS_FBRANCH(NAME(fbne), NE)
FORMS_FBRANCH(NAME(fblt), LT)
FORMS_FBRANCH(NAME(fble), LE)
FORMS_FBRANCH(NAME(fbgt), GT)
FORMS_FBRANCH(NAME(fbge), GE)
FORMS_FBRANCH(NAME(fbnlt), NLT)
FORMS_FBRANCH(NAME(fbnle), NLE)
FORMS_FBRANCH(NAME(fbngt), NGT)
FORMS_FBRANCH(NAME(fbnge), NGE)

#define NONZERO(l) l != 0
#define ZERO(l) l == 0

FORMS_FSELECT(NAME(fselnz), NONZERO)
FORMS_FSELECT(NAME(fselz), ZERO)
