// Operations on float32.
#define SINGLE
#include "farith.h"
#include "fcompare.h"
#include "fconvert.h"
#include "fmemory.h"
