package prove

import "golang.org/x/arch/x86/x86asm"

// x86Float are the instructions on floats.
var x86Float = map[x86asm.Op]func(x *x86inst) error{}
