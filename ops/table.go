package ops

// table is the one description of the machine's operations.
var table = [NumCodes]Info{
	Mov: {Name: "mov", D: Place, L: Value, R: None, Doc: "d = l"},

	Add: binary("add", "d = l + r, modulo 2⁶⁴"),
	Sub: binary("sub", "d = l − r, modulo 2⁶⁴"),
	Mul: binary("mul", "d = l × r, modulo 2⁶⁴"),

	And:  binary("and", "d = l and r, bit by bit"),
	Or:   binary("or", "d = l or r, bit by bit"),
	Xor:  binary("xor", "d = l exclusive or r, bit by bit"),
	Shl:  binary("shl", "d = l shifted left by r modulo 64 bits"),
	Shr:  binary("shr", "d = l shifted right by r modulo 64 bits, zeros come in"),
	Sar:  binary("sar", "d = l shifted right by r modulo 64 bits, copies of the sign come in"),
	Rotl: binary("rotl", "d = l rotated left by r modulo 64 bits"),
	Rotr: binary("rotr", "d = l rotated right by r modulo 64 bits"),

	Add32:  binary("add32", "d = l + r, modulo 2³²"),
	Sub32:  binary("sub32", "d = l − r, modulo 2³²"),
	Mul32:  binary("mul32", "d = l × r, modulo 2³²"),
	And32:  binary("and32", "d = l and r, bit by bit of the lower halves"),
	Or32:   binary("or32", "d = l or r, bit by bit of the lower halves"),
	Xor32:  binary("xor32", "d = l exclusive or r, bit by bit of the lower halves"),
	Shl32:  binary("shl32", "d = lower half of l shifted left by r modulo 32 bits"),
	Shr32:  binary("shr32", "d = lower half of l shifted right by r modulo 32 bits, zeros come in"),
	Sar32:  binary("sar32", "d = lower half of l shifted right by r modulo 32 bits, copies of its sign come in"),
	Rotl32: binary("rotl32", "d = lower half of l rotated left by r modulo 32 bits"),
	Rotr32: binary("rotr32", "d = lower half of l rotated right by r modulo 32 bits"),

	Neg:       unary("neg", "d = −l, modulo 2⁶⁴"),
	Not:       unary("not", "d = l with all bits inverted"),
	Clz:       unary("clz", "d = number of zeros above the highest one of l, 64 if l is 0"),
	Ctz:       unary("ctz", "d = number of zeros below the lowest one of l, 64 if l is 0"),
	Popcnt:    unary("popcnt", "d = number of ones in l"),
	Bswap:     unary("bswap", "d = l with its eight bytes in opposite order"),
	Bswap16:   unary("bswap16", "d = lowest two bytes of l in opposite order, zeros above"),
	Bswap32:   unary("bswap32", "d = lowest four bytes of l in opposite order, zeros above"),
	Sext8:     unary("sext8", "d = lowest 8 bits of l as a signed number"),
	Sext16:    unary("sext16", "d = lowest 16 bits of l as a signed number"),
	Sext32:    unary("sext32", "d = lowest 32 bits of l as a signed number"),
	Zext8:     unary("zext8", "d = lowest 8 bits of l, zeros above"),
	Zext16:    unary("zext16", "d = lowest 16 bits of l, zeros above"),
	Zext32:    unary("zext32", "d = lowest 32 bits of l, zeros above"),
	Neg32:     unary("neg32", "d = −l, modulo 2³²"),
	Not32:     unary("not32", "d = lower half of l with all bits inverted"),
	Clz32:     unary("clz32", "d = number of zeros above the highest one of the lower half of l, 32 if that is 0"),
	Ctz32:     unary("ctz32", "d = number of zeros below the lowest one of the lower half of l, 32 if that is 0"),
	Popcnt32:  unary("popcnt32", "d = number of ones in the lower half of l"),
	Sext8x32:  unary("sext8_32", "d = lowest 8 bits of l as a signed number, modulo 2³²"),
	Sext16x32: unary("sext16_32", "d = lowest 16 bits of l as a signed number, modulo 2³²"),

	SetEq:  binary("seteq", "d = 1 if l = r, otherwise 0"),
	SetNe:  binary("setne", "d = 1 if l ≠ r, otherwise 0"),
	SetLt:  binary("setlt", "d = 1 if l < r as signed numbers, otherwise 0"),
	SetLe:  binary("setle", "d = 1 if l ≤ r as signed numbers, otherwise 0"),
	SetGt:  binary("setgt", "d = 1 if l > r as signed numbers, otherwise 0"),
	SetGe:  binary("setge", "d = 1 if l ≥ r as signed numbers, otherwise 0"),
	SetLtU: binary("setltu", "d = 1 if l < r as unsigned numbers, otherwise 0"),
	SetLeU: binary("setleu", "d = 1 if l ≤ r as unsigned numbers, otherwise 0"),
	SetGtU: binary("setgtu", "d = 1 if l > r as unsigned numbers, otherwise 0"),
	SetGeU: binary("setgeu", "d = 1 if l ≥ r as unsigned numbers, otherwise 0"),

	SetEq32:  binary("seteq32", "d = 1 if lower half of l = that of r, otherwise 0"),
	SetNe32:  binary("setne32", "d = 1 if lower half of l ≠ that of r, otherwise 0"),
	SetLt32:  binary("setlt32", "d = 1 if lower half of l < that of r as signed numbers, otherwise 0"),
	SetLe32:  binary("setle32", "d = 1 if lower half of l ≤ that of r as signed numbers, otherwise 0"),
	SetGt32:  binary("setgt32", "d = 1 if lower half of l > that of r as signed numbers, otherwise 0"),
	SetGe32:  binary("setge32", "d = 1 if lower half of l ≥ that of r as signed numbers, otherwise 0"),
	SetLtU32: binary("setltu32", "d = 1 if lower half of l < that of r as unsigned numbers, otherwise 0"),
	SetLeU32: binary("setleu32", "d = 1 if lower half of l ≤ that of r as unsigned numbers, otherwise 0"),
	SetGtU32: binary("setgtu32", "d = 1 if lower half of l > that of r as unsigned numbers, otherwise 0"),
	SetGeU32: binary("setgeu32", "d = 1 if lower half of l ≥ that of r as unsigned numbers, otherwise 0"),

	Mulh:   binary("mulh", "d = upper half of the 128 bits of l × r as signed numbers"),
	MulhU:  binary("mulhu", "d = upper half of the 128 bits of l × r as unsigned numbers"),
	Div:    binary("div", "d = l / r as signed numbers, rounded towards 0; traps if r = 0, and if the quotient is 2⁶³").traps(ReasonDivideByZero, ReasonIntegerOverflow),
	DivU:   binary("divu", "d = l / r as unsigned numbers, rounded down; traps if r = 0").traps(ReasonDivideByZero),
	Rem:    binary("rem", "d = remainder of l / r as signed numbers, with the sign of l; traps if r = 0").traps(ReasonDivideByZero),
	RemU:   binary("remu", "d = remainder of l / r as unsigned numbers; traps if r = 0").traps(ReasonDivideByZero),
	Div32:  binary("div32", "d = quotient of lower halves as signed numbers, rounded towards 0; traps if that of r is 0, and if the quotient is 2³¹").traps(ReasonDivideByZero, ReasonIntegerOverflow),
	DivU32: binary("divu32", "d = quotient of lower halves as unsigned numbers, rounded down; traps if that of r is 0").traps(ReasonDivideByZero),
	Rem32:  binary("rem32", "d = remainder of lower halves as signed numbers, with the sign of l; traps if that of r is 0").traps(ReasonDivideByZero),
	RemU32: binary("remu32", "d = remainder of lower halves as unsigned numbers; traps if that of r is 0").traps(ReasonDivideByZero),

	BEq:  branch("beq", "if l = r, go to the label"),
	BNe:  branch("bne", "if l ≠ r, go to the label"),
	BLt:  branch("blt", "if l < r as signed numbers, go to the label"),
	BLe:  branch("ble", "if l ≤ r as signed numbers, go to the label"),
	BGt:  branch("bgt", "if l > r as signed numbers, go to the label"),
	BGe:  branch("bge", "if l ≥ r as signed numbers, go to the label"),
	BLtU: branch("bltu", "if l < r as unsigned numbers, go to the label"),
	BLeU: branch("bleu", "if l ≤ r as unsigned numbers, go to the label"),
	BGtU: branch("bgtu", "if l > r as unsigned numbers, go to the label"),
	BGeU: branch("bgeu", "if l ≥ r as unsigned numbers, go to the label"),

	BEq32:  branch("beq32", "if lower half of l = that of r, go to the label"),
	BNe32:  branch("bne32", "if lower half of l ≠ that of r, go to the label"),
	BLt32:  branch("blt32", "if lower half of l < that of r as signed numbers, go to the label"),
	BLe32:  branch("ble32", "if lower half of l ≤ that of r as signed numbers, go to the label"),
	BGt32:  branch("bgt32", "if lower half of l > that of r as signed numbers, go to the label"),
	BGe32:  branch("bge32", "if lower half of l ≥ that of r as signed numbers, go to the label"),
	BLtU32: branch("bltu32", "if lower half of l < that of r as unsigned numbers, go to the label"),
	BLeU32: branch("bleu32", "if lower half of l ≤ that of r as unsigned numbers, go to the label"),
	BGtU32: branch("bgtu32", "if lower half of l > that of r as unsigned numbers, go to the label"),
	BGeU32: branch("bgeu32", "if lower half of l ≥ that of r as unsigned numbers, go to the label"),

	SetAny:    binary("setany", "d = 1 if l and r ≠ 0, bit by bit, otherwise 0"),
	SetAny32:  binary("setany32", "d = 1 if lower half of l and that of r ≠ 0, bit by bit, otherwise 0"),
	SetNone:   binary("setnone", "d = 1 if l and r = 0, bit by bit, otherwise 0"),
	SetNone32: binary("setnone32", "d = 1 if lower half of l and that of r = 0, bit by bit, otherwise 0"),
	BAny:      branch("bany", "if l and r ≠ 0, bit by bit, go to the label"),
	BAny32:    branch("bany32", "if lower half of l and that of r ≠ 0, bit by bit, go to the label"),
	BNone:     branch("bnone", "if l and r = 0, bit by bit, go to the label"),
	BNone32:   branch("bnone32", "if lower half of l and that of r = 0, bit by bit, go to the label"),

	BZ:    test("bz", "if l = 0, go to the label"),
	BNZ:   test("bnz", "if l ≠ 0, go to the label"),
	BZ32:  test("bz32", "if lower half of l = 0, go to the label"),
	BNZ32: test("bnz32", "if lower half of l ≠ 0, go to the label"),

	SelEq:     selects("seleq", "d = s if l = r"),
	SelNe:     selects("selne", "d = s if l ≠ r"),
	SelLt:     selects("sellt", "d = s if l < r as signed numbers"),
	SelLe:     selects("selle", "d = s if l ≤ r as signed numbers"),
	SelGt:     selects("selgt", "d = s if l > r as signed numbers"),
	SelGe:     selects("selge", "d = s if l ≥ r as signed numbers"),
	SelLtU:    selects("selltu", "d = s if l < r as unsigned numbers"),
	SelLeU:    selects("selleu", "d = s if l ≤ r as unsigned numbers"),
	SelGtU:    selects("selgtu", "d = s if l > r as unsigned numbers"),
	SelGeU:    selects("selgeu", "d = s if l ≥ r as unsigned numbers"),
	SelAny:    selects("selany", "d = s if l and r ≠ 0, bit by bit"),
	SelNone:   selects("selnone", "d = s if l and r = 0, bit by bit"),
	SelEq32:   selects("seleq32", "d = s if lower half of l = that of r"),
	SelNe32:   selects("selne32", "d = s if lower half of l ≠ that of r"),
	SelLt32:   selects("sellt32", "d = s if lower half of l < that of r as signed numbers"),
	SelLe32:   selects("selle32", "d = s if lower half of l ≤ that of r as signed numbers"),
	SelGt32:   selects("selgt32", "d = s if lower half of l > that of r as signed numbers"),
	SelGe32:   selects("selge32", "d = s if lower half of l ≥ that of r as signed numbers"),
	SelLtU32:  selects("selltu32", "d = s if lower half of l < that of r as unsigned numbers"),
	SelLeU32:  selects("selleu32", "d = s if lower half of l ≤ that of r as unsigned numbers"),
	SelGtU32:  selects("selgtu32", "d = s if lower half of l > that of r as unsigned numbers"),
	SelGeU32:  selects("selgeu32", "d = s if lower half of l ≥ that of r as unsigned numbers"),
	SelAny32:  selects("selany32", "d = s if lower half of l and that of r ≠ 0, bit by bit"),
	SelNone32: selects("selnone32", "d = s if lower half of l and that of r = 0, bit by bit"),

	FMov:        fmove("fmov", "d = l, of float64"),
	FAdd:        fbinary("fadd", "d = l + r, of float64"),
	FSub:        fbinary("fsub", "d = l − r, of float64"),
	FMul:        fbinary("fmul", "d = l × r, of float64"),
	FDiv:        fbinary("fdiv", "d = l / r, of float64"),
	FMin:        fbinary("fmin", "d = the lesser of l and r, NaN if either is, −0 being less than 0, of float64"),
	FMax:        fbinary("fmax", "d = the greater of l and r, NaN if either is, 0 being greater than −0, of float64"),
	FCopysign:   fbinary("fcopysign", "d = l with the sign of r, of float64"),
	FSqrt:       funary("fsqrt", "d = square root of l, of float64"),
	FAbs:        funary("fabs", "d = l without its sign, of float64"),
	FNeg:        funary("fneg", "d = l with the other sign, of float64"),
	FFloor:      funary("ffloor", "d = l rounded down to an integer, of float64"),
	FCeil:       funary("fceil", "d = l rounded up to an integer, of float64"),
	FTrunc:      funary("ftrunc", "d = l rounded towards 0 to an integer, of float64"),
	FNearest:    funary("fnearest", "d = l rounded to the nearest integer, the even one of two, of float64"),
	FMov32:      fmove32("fmov32", "d = l, of float32"),
	FAdd32:      fbinary32("fadd32", "d = l + r, of float32"),
	FSub32:      fbinary32("fsub32", "d = l − r, of float32"),
	FMul32:      fbinary32("fmul32", "d = l × r, of float32"),
	FDiv32:      fbinary32("fdiv32", "d = l / r, of float32"),
	FMin32:      fbinary32("fmin32", "d = the lesser of l and r, NaN if either is, −0 being less than 0, of float32"),
	FMax32:      fbinary32("fmax32", "d = the greater of l and r, NaN if either is, 0 being greater than −0, of float32"),
	FCopysign32: fbinary32("fcopysign32", "d = l with the sign of r, of float32"),
	FSqrt32:     funary32("fsqrt32", "d = square root of l, of float32"),
	FAbs32:      funary32("fabs32", "d = l without its sign, of float32"),
	FNeg32:      funary32("fneg32", "d = l with the other sign, of float32"),
	FFloor32:    funary32("ffloor32", "d = l rounded down to an integer, of float32"),
	FCeil32:     funary32("fceil32", "d = l rounded up to an integer, of float32"),
	FTrunc32:    funary32("ftrunc32", "d = l rounded towards 0 to an integer, of float32"),
	FNearest32:  funary32("fnearest32", "d = l rounded to the nearest integer, the even one of two, of float32"),

	FSetEq:    fset("fseteq", "d = 1 if l = r, otherwise 0, of float64"),
	FSetNe:    fset("fsetne", "d = 1 if l ≠ r or either is NaN, otherwise 0, of float64"),
	FSetLt:    fset("fsetlt", "d = 1 if l < r, otherwise 0, of float64"),
	FSetLe:    fset("fsetle", "d = 1 if l ≤ r, otherwise 0, of float64"),
	FSetGt:    fset("fsetgt", "d = 1 if l > r, otherwise 0, of float64"),
	FSetGe:    fset("fsetge", "d = 1 if l ≥ r, otherwise 0, of float64"),
	FSetNlt:   fset("fsetnlt", "d = 1 if not l < r, otherwise 0, of float64"),
	FSetNle:   fset("fsetnle", "d = 1 if not l ≤ r, otherwise 0, of float64"),
	FSetNgt:   fset("fsetngt", "d = 1 if not l > r, otherwise 0, of float64"),
	FSetNge:   fset("fsetnge", "d = 1 if not l ≥ r, otherwise 0, of float64"),
	FSetEq32:  fset32("fseteq32", "d = 1 if l = r, otherwise 0, of float32"),
	FSetNe32:  fset32("fsetne32", "d = 1 if l ≠ r or either is NaN, otherwise 0, of float32"),
	FSetLt32:  fset32("fsetlt32", "d = 1 if l < r, otherwise 0, of float32"),
	FSetLe32:  fset32("fsetle32", "d = 1 if l ≤ r, otherwise 0, of float32"),
	FSetGt32:  fset32("fsetgt32", "d = 1 if l > r, otherwise 0, of float32"),
	FSetGe32:  fset32("fsetge32", "d = 1 if l ≥ r, otherwise 0, of float32"),
	FSetNlt32: fset32("fsetnlt32", "d = 1 if not l < r, otherwise 0, of float32"),
	FSetNle32: fset32("fsetnle32", "d = 1 if not l ≤ r, otherwise 0, of float32"),
	FSetNgt32: fset32("fsetngt32", "d = 1 if not l > r, otherwise 0, of float32"),
	FSetNge32: fset32("fsetnge32", "d = 1 if not l ≥ r, otherwise 0, of float32"),
	FBEq:      fbranch("fbeq", "if l = r, go to the label, of float64"),
	FBNe:      fbranch("fbne", "if l ≠ r or either is NaN, go to the label, of float64"),
	FBLt:      fbranch("fblt", "if l < r, go to the label, of float64"),
	FBLe:      fbranch("fble", "if l ≤ r, go to the label, of float64"),
	FBGt:      fbranch("fbgt", "if l > r, go to the label, of float64"),
	FBGe:      fbranch("fbge", "if l ≥ r, go to the label, of float64"),
	FBNlt:     fbranch("fbnlt", "if not l < r, go to the label, of float64"),
	FBNle:     fbranch("fbnle", "if not l ≤ r, go to the label, of float64"),
	FBNgt:     fbranch("fbngt", "if not l > r, go to the label, of float64"),
	FBNge:     fbranch("fbnge", "if not l ≥ r, go to the label, of float64"),
	FBEq32:    fbranch32("fbeq32", "if l = r, go to the label, of float32"),
	FBNe32:    fbranch32("fbne32", "if l ≠ r or either is NaN, go to the label, of float32"),
	FBLt32:    fbranch32("fblt32", "if l < r, go to the label, of float32"),
	FBLe32:    fbranch32("fble32", "if l ≤ r, go to the label, of float32"),
	FBGt32:    fbranch32("fbgt32", "if l > r, go to the label, of float32"),
	FBGe32:    fbranch32("fbge32", "if l ≥ r, go to the label, of float32"),
	FBNlt32:   fbranch32("fbnlt32", "if not l < r, go to the label, of float32"),
	FBNle32:   fbranch32("fbnle32", "if not l ≤ r, go to the label, of float32"),
	FBNgt32:   fbranch32("fbngt32", "if not l > r, go to the label, of float32"),
	FBNge32:   fbranch32("fbnge32", "if not l ≥ r, go to the label, of float32"),

	FSelNZ:   fselects("fselnz", "d = r if the integer l ≠ 0, of float64"),
	FSelZ:    fselects("fselz", "d = r if the integer l = 0, of float64"),
	FSelNZ32: fselects32("fselnz32", "d = r if the integer l ≠ 0, of float32"),
	FSelZ32:  fselects32("fselz32", "d = r if the integer l = 0, of float32"),

	TruncI64:    toInt("trunci64", "d = l, float64, rounded towards 0 to a signed number of 64 bits; traps if l is NaN, and if d is out of range").traps(ReasonInvalidConversion, ReasonIntegerOverflow),
	TruncU64:    toInt("truncu64", "d = l, float64, rounded towards 0 to an unsigned number of 64 bits; traps if l is NaN, and if d is out of range").traps(ReasonInvalidConversion, ReasonIntegerOverflow),
	TruncI32:    toInt("trunci32", "d = l, float64, rounded towards 0 to a signed number of 32 bits, zeros above; traps if l is NaN, and if d is out of range").traps(ReasonInvalidConversion, ReasonIntegerOverflow),
	TruncU32:    toInt("truncu32", "d = l, float64, rounded towards 0 to an unsigned number of 32 bits, zeros above; traps if l is NaN, and if d is out of range").traps(ReasonInvalidConversion, ReasonIntegerOverflow),
	TruncI64F32: toInt32("trunci64_f32", "d = l, float32, rounded towards 0 to a signed number of 64 bits; traps if l is NaN, and if d is out of range").traps(ReasonInvalidConversion, ReasonIntegerOverflow),
	TruncU64F32: toInt32("truncu64_f32", "d = l, float32, rounded towards 0 to an unsigned number of 64 bits; traps if l is NaN, and if d is out of range").traps(ReasonInvalidConversion, ReasonIntegerOverflow),
	TruncI32F32: toInt32("trunci32_f32", "d = l, float32, rounded towards 0 to a signed number of 32 bits, zeros above; traps if l is NaN, and if d is out of range").traps(ReasonInvalidConversion, ReasonIntegerOverflow),
	TruncU32F32: toInt32("truncu32_f32", "d = l, float32, rounded towards 0 to an unsigned number of 32 bits, zeros above; traps if l is NaN, and if d is out of range").traps(ReasonInvalidConversion, ReasonIntegerOverflow),
	SatI64:      toInt("sati64", "d = l, float64, rounded towards 0 to a signed number of 64 bits, or the nearest one in range; 0 if l is NaN"),
	SatU64:      toInt("satu64", "d = l, float64, rounded towards 0 to an unsigned number of 64 bits, or the nearest one in range; 0 if l is NaN"),
	SatI32:      toInt("sati32", "d = l, float64, rounded towards 0 to a signed number of 32 bits, zeros above, or the nearest one in range; 0 if l is NaN"),
	SatU32:      toInt("satu32", "d = l, float64, rounded towards 0 to an unsigned number of 32 bits, zeros above, or the nearest one in range; 0 if l is NaN"),
	SatI64F32:   toInt32("sati64_f32", "d = l, float32, rounded towards 0 to a signed number of 64 bits, or the nearest one in range; 0 if l is NaN"),
	SatU64F32:   toInt32("satu64_f32", "d = l, float32, rounded towards 0 to an unsigned number of 64 bits, or the nearest one in range; 0 if l is NaN"),
	SatI32F32:   toInt32("sati32_f32", "d = l, float32, rounded towards 0 to a signed number of 32 bits, zeros above, or the nearest one in range; 0 if l is NaN"),
	SatU32F32:   toInt32("satu32_f32", "d = l, float32, rounded towards 0 to an unsigned number of 32 bits, zeros above, or the nearest one in range; 0 if l is NaN"),

	FloatI64:    fromInt("floati64", "d, float64, = l, a signed number of 64 bits"),
	FloatU64:    fromInt("floatu64", "d, float64, = l, an unsigned number of 64 bits"),
	FloatI32:    fromInt("floati32", "d, float64, = l, whose lower half is a signed number"),
	FloatU32:    fromInt("floatu32", "d, float64, = l, whose lower half is an unsigned number"),
	FloatI64F32: fromInt32("floati64_f32", "d, float32, = l, a signed number of 64 bits"),
	FloatU64F32: fromInt32("floatu64_f32", "d, float32, = l, an unsigned number of 64 bits"),
	FloatI32F32: fromInt32("floati32_f32", "d, float32, = l, whose lower half is a signed number"),
	FloatU32F32: fromInt32("floatu32_f32", "d, float32, = l, whose lower half is an unsigned number"),

	FPromote:    {Name: "fpromote", D: FPlace, L: FPlace, R: None, Single: OperandL, Doc: "d, float64, = l, float32"},
	FDemote:     {Name: "fdemote", D: FPlace, L: FPlace, R: None, Single: OperandD, Doc: "d, float32, = l, float64, rounded to the nearest"},
	FBits:       toInt("fbits", "d = bits of l, float64"),
	FBits32:     toInt32("fbits32", "d = bits of l, float32, zeros above"),
	FFromBits:   fromInt("ffrombits", "d, float64, has the bits of l"),
	FFromBits32: fromInt32("ffrombits32", "d, float32, has the bits of the lower half of l"),

	Load8U:        load("load8u", "d = the byte at l + offset, zeros above"),
	Load8S:        load("load8s", "d = the byte at l + offset, as a signed number"),
	Load16U:       load("load16u", "d = the 2 bytes at l + offset, zeros above"),
	Load16S:       load("load16s", "d = the 2 bytes at l + offset, as a signed number"),
	Load32U:       load("load32u", "d = the 4 bytes at l + offset, zeros above"),
	Load32S:       load("load32s", "d = the 4 bytes at l + offset, as a signed number"),
	Load64:        load("load64", "d = the 8 bytes at l + offset"),
	Load8Sx32:     load("load8s_32", "d = the byte at l + offset, as a signed number, modulo 2³²"),
	Load16Sx32:    load("load16s_32", "d = the 2 bytes at l + offset, as a signed number, modulo 2³²"),
	LoadSw16:      load("loadsw16", "d = the 2 bytes at l + offset, most significant first, zeros above"),
	LoadSw32:      load("loadsw32", "d = the 4 bytes at l + offset, most significant first, zeros above"),
	LoadSw64:      load("loadsw64", "d = the 8 bytes at l + offset, most significant first"),
	FLoad:         fload("fload", "d, float64, = the 8 bytes at l + offset"),
	FLoad32:       fload32("fload32", "d, float32, = the 4 bytes at l + offset"),
	Store8:        store("store8", "the byte at l + offset = lowest byte of r"),
	Store16:       store("store16", "the 2 bytes at l + offset = lowest 2 bytes of r"),
	Store32:       store("store32", "the 4 bytes at l + offset = lower half of r"),
	Store64:       store("store64", "the 8 bytes at l + offset = r"),
	FStore:        fstore("fstore", "the 8 bytes at l + offset = r, float64"),
	FStore32:      fstore32("fstore32", "the 4 bytes at l + offset = r, float32"),
	Load8UA32:     load("load8u_a32", "d = the byte at the lower half of l + offset, zeros above"),
	Load8SA32:     load("load8s_a32", "d = the byte at the lower half of l + offset, as a signed number"),
	Load16UA32:    load("load16u_a32", "d = the 2 bytes at the lower half of l + offset, zeros above"),
	Load16SA32:    load("load16s_a32", "d = the 2 bytes at the lower half of l + offset, as a signed number"),
	Load32UA32:    load("load32u_a32", "d = the 4 bytes at the lower half of l + offset, zeros above"),
	Load32SA32:    load("load32s_a32", "d = the 4 bytes at the lower half of l + offset, as a signed number"),
	Load64A32:     load("load64_a32", "d = the 8 bytes at the lower half of l + offset"),
	Load8Sx32A32:  load("load8s_32_a32", "d = the byte at the lower half of l + offset, as a signed number, modulo 2³²"),
	Load16Sx32A32: load("load16s_32_a32", "d = the 2 bytes at the lower half of l + offset, as a signed number, modulo 2³²"),
	LoadSw16A32:   load("loadsw16_a32", "d = the 2 bytes at the lower half of l + offset, most significant first, zeros above"),
	LoadSw32A32:   load("loadsw32_a32", "d = the 4 bytes at the lower half of l + offset, most significant first, zeros above"),
	LoadSw64A32:   load("loadsw64_a32", "d = the 8 bytes at the lower half of l + offset, most significant first"),
	FLoadA32:      fload("fload_a32", "d, float64, = the 8 bytes at the lower half of l + offset"),
	FLoad32A32:    fload32("fload32_a32", "d, float32, = the 4 bytes at the lower half of l + offset"),
	Store8A32:     store("store8_a32", "the byte at the lower half of l + offset = lowest byte of r"),
	Store16A32:    store("store16_a32", "the 2 bytes at the lower half of l + offset = lowest 2 bytes of r"),
	Store32A32:    store("store32_a32", "the 4 bytes at the lower half of l + offset = lower half of r"),
	Store64A32:    store("store64_a32", "the 8 bytes at the lower half of l + offset = r"),
	FStoreA32:     fstore("fstore_a32", "the 8 bytes at the lower half of l + offset = r, float64"),
	FStore32A32:   fstore32("fstore32_a32", "the 4 bytes at the lower half of l + offset = r, float32"),
	MemSize:       {Name: "memsize", D: Place, L: None, R: None, Doc: "d = size of the memory in bytes"},

	GGet:    {Name: "gget", D: Place, L: None, R: None, Extra: GlobalExtra, Doc: "d = the global"},
	GSet:    {Name: "gset", D: None, L: Value, R: None, Extra: GlobalExtra, Doc: "the global = l"},
	FGGet:   {Name: "fgget", D: FPlace, L: None, R: None, Extra: GlobalExtra, Doc: "d, float64, = the global"},
	FGSet:   {Name: "fgset", D: None, L: FValue, R: None, Extra: GlobalExtra, Doc: "the global = l, float64"},
	FGGet32: {Name: "fgget32", D: FPlace, L: None, R: None, Extra: GlobalExtra, Single: OperandD, Doc: "d, float32, = the lower half of the global"},
	FGSet32: {Name: "fgset32", D: None, L: FValue, R: None, Extra: GlobalExtra, Single: OperandL, Doc: "the global = l, float32, zeros above"},

	Count: {Name: "count", D: None, L: None, R: None, Extra: CounterExtra, Doc: "the counter of the profile = itself + 1, modulo 2⁶⁴"},

	Switch: {Name: "switch", D: None, L: Place, R: None, Extra: TableExtra, Flow: Switches, Doc: "go to the label of the jump table with the index l, unsigned; to its default, the last, if there is none"},
	CallI:  Info{Name: "calli", D: None, L: Place, R: None, Extra: SignatureExtra, Flow: Invoke, Doc: "call the function with the index l, unsigned, in the table of functions, as call does; traps if there is no such index, if nothing is there, and if its signature is another"}.traps(ReasonTableIndex, ReasonTableEmpty, ReasonSignature),
	CallH:  {Name: "callh", D: None, L: None, R: None, Extra: HostExtra, Flow: Invoke, Doc: "call the function of the host, as call does"},

	Jump:   {Name: "jump", D: None, L: None, R: None, Extra: LabelExtra, Flow: Goto, Doc: "go to the label"},
	Call:   {Name: "call", D: None, L: None, R: None, Extra: FuncExtra, Flow: Invoke, Doc: "call the function: its arguments are in place, afterwards only its results are defined"},
	Return: {Name: "return", D: None, L: None, R: None, Flow: Leave, Doc: "return to the caller: the results are in place"},
	Trap:   Info{Name: "trap", D: None, L: None, R: None, Extra: TrapCodeExtra, Flow: Leave, Doc: "end the call with an explicit trap that carries the code"}.traps(ReasonExplicit),
}

// Commonest shapes of rows.
func binary(name, doc string) Info {
	return Info{Name: name, D: Place, L: Place, R: Value, Doc: doc}
}

func unary(name, doc string) Info {
	return Info{Name: name, D: Place, L: Place, R: None, Doc: doc}
}

func branch(name, doc string) Info {
	return Info{Name: name, D: None, L: Place, R: Value, Extra: LabelExtra, Flow: Branch, Doc: doc}
}

func test(name, doc string) Info {
	return Info{Name: name, D: None, L: Place, R: None, Extra: LabelExtra, Flow: Branch, Doc: doc}
}

func selects(name, doc string) Info {
	return Info{Name: name, D: Place, L: Place, R: Value, Extra: RegExtra, InOut: true, Doc: doc}
}

func fmove(name, doc string) Info {
	return Info{Name: name, D: FPlace, L: FValue, R: None, Doc: doc}
}

func fbinary(name, doc string) Info {
	return Info{Name: name, D: FPlace, L: FPlace, R: FValue, Doc: doc}
}

func funary(name, doc string) Info {
	return Info{Name: name, D: FPlace, L: FPlace, R: None, Doc: doc}
}

func fset(name, doc string) Info {
	return Info{Name: name, D: Place, L: FPlace, R: FValue, Doc: doc}
}

func fbranch(name, doc string) Info {
	return Info{Name: name, D: None, L: FPlace, R: FValue, Extra: LabelExtra, Flow: Branch, Doc: doc}
}

func fselects(name, doc string) Info {
	return Info{Name: name, D: FPlace, L: Place, R: FValue, InOut: true, Doc: doc}
}

func toInt(name, doc string) Info {
	return Info{Name: name, D: Place, L: FPlace, R: None, Doc: doc}
}

func fromInt(name, doc string) Info {
	return Info{Name: name, D: FPlace, L: Place, R: None, Doc: doc}
}

func load(name, doc string) Info {
	return Info{Name: name, D: Place, L: Place, R: None, Extra: OffsetExtra, Doc: doc}.traps(ReasonOutOfBounds)
}

func store(name, doc string) Info {
	return Info{Name: name, D: None, L: Place, R: Value, Extra: OffsetExtra, Doc: doc}.traps(ReasonOutOfBounds)
}

func fload(name, doc string) Info {
	return Info{Name: name, D: FPlace, L: Place, R: None, Extra: OffsetExtra, Doc: doc}.traps(ReasonOutOfBounds)
}

func fstore(name, doc string) Info {
	return Info{Name: name, D: None, L: Place, R: FValue, Extra: OffsetExtra, Doc: doc}.traps(ReasonOutOfBounds)
}

// The same with float32 in place of float64.
func fmove32(name, doc string) Info { return fmove(name, doc).single(OperandD | OperandL) }
func fbinary32(name, doc string) Info {
	return fbinary(name, doc).single(OperandD | OperandL | OperandR)
}
func funary32(name, doc string) Info   { return funary(name, doc).single(OperandD | OperandL) }
func fset32(name, doc string) Info     { return fset(name, doc).single(OperandL | OperandR) }
func fbranch32(name, doc string) Info  { return fbranch(name, doc).single(OperandL | OperandR) }
func fselects32(name, doc string) Info { return fselects(name, doc).single(OperandD | OperandR) }
func toInt32(name, doc string) Info    { return toInt(name, doc).single(OperandL) }
func fromInt32(name, doc string) Info  { return fromInt(name, doc).single(OperandD) }
func fload32(name, doc string) Info    { return fload(name, doc).single(OperandD) }
func fstore32(name, doc string) Info   { return fstore(name, doc).single(OperandR) }

// traps returns the row of an operation that may trap for these reasons.
func (i Info) traps(reasons ...Reason) Info {
	for _, r := range reasons {
		i.Traps |= 1 << r
	}
	return i
}

// single returns the row with these operands as float32.
func (i Info) single(which Operands) Info {
	i.Single = which
	return i
}
