#define SINGLE
#include "farith.h"
