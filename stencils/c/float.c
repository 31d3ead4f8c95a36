#include "farith.h"
