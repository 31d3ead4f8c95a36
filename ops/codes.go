package ops

// The operations, in the order of the table.
const (
	_ Code = iota

	Mov // d = l

	Add // d = l + r mod 2⁶⁴
	Sub // d = l − r mod 2⁶⁴
	Mul // d = l × r mod 2⁶⁴

	And  // d = l and r, bit by bit
	Or   // d = l or r, bit by bit
	Xor  // d = l xor r, bit by bit
	Shl  // d = l × 2ʳ mod 2⁶⁴; counts of shifts and rotations are modulo 64
	Shr  // d = l / 2ʳ unsigned
	Sar  // d = l / 2ʳ signed, rounded down
	Rotl // d = l rotated left by r bits
	Rotr // d = l rotated right by r bits

	// The same on the lower halves of l and r, counts modulo 32; the upper half of
	// d becomes 0.
	Add32
	Sub32
	Mul32
	And32
	Or32
	Xor32
	Shl32
	Shr32
	Sar32
	Rotl32
	Rotr32

	// One operand.
	Neg       // d = −l, modulo 2⁶⁴
	Not       // d = l with all bits inverted
	Clz       // d = number of zeros above the highest one of l, 64 if l is 0
	Ctz       // d = number of zeros below the lowest one of l, 64 if l is 0
	Popcnt    // d = number of ones in l
	Bswap     // d = l with its eight bytes in opposite order
	Bswap16   // d = lowest two bytes of l in opposite order, zeros above
	Bswap32   // d = lowest four bytes of l in opposite order, zeros above
	Sext8     // d = lowest 8 bits of l as a signed number
	Sext16    // d = lowest 16 bits of l as a signed number
	Sext32    // d = lowest 32 bits of l as a signed number
	Zext8     // d = lowest 8 bits of l, zeros above
	Zext16    // d = lowest 16 bits of l, zeros above
	Zext32    // d = lowest 32 bits of l, zeros above
	Neg32     // d = −l, modulo 2³²
	Not32     // d = lower half of l with all bits inverted
	Clz32     // d = number of zeros above the highest one of the lower half of l, 32 if that is 0
	Ctz32     // d = number of zeros below the lowest one of the lower half of l, 32 if that is 0
	Popcnt32  // d = number of ones in the lower half of l
	Sext8x32  // d = lowest 8 bits of l as a signed number, modulo 2³²
	Sext16x32 // d = lowest 16 bits of l as a signed number, modulo 2³²

	// d = 1 if the condition holds of l and r, otherwise 0.
	SetEq
	SetNe
	SetLt
	SetLe
	SetGt
	SetGe
	SetLtU
	SetLeU
	SetGtU
	SetGeU

	// The same on the lower halves of l and r.
	SetEq32
	SetNe32
	SetLt32
	SetLe32
	SetGt32
	SetGe32
	SetLtU32
	SetLeU32
	SetGtU32
	SetGeU32

	// Upper halves of products, and divisions, which may trap.
	Mulh   // d = upper half of the 128 bits of l × r as signed numbers
	MulhU  // d = upper half of the 128 bits of l × r as unsigned numbers
	Div    // d = l / r as signed numbers, rounded towards 0; traps if r = 0, and if the quotient is 2⁶³
	DivU   // d = l / r as unsigned numbers, rounded down; traps if r = 0
	Rem    // d = remainder of l / r as signed numbers, with the sign of l; traps if r = 0
	RemU   // d = remainder of l / r as unsigned numbers; traps if r = 0
	Div32  // d = quotient of lower halves as signed numbers, rounded towards 0; traps if that of r is 0, and if the quotient is 2³¹
	DivU32 // d = quotient of lower halves as unsigned numbers, rounded down; traps if that of r is 0
	Rem32  // d = remainder of lower halves as signed numbers, with the sign of l; traps if that of r is 0
	RemU32 // d = remainder of lower halves as unsigned numbers; traps if that of r is 0

	BEq  // if l = r, go to label
	BNe  // if l ≠ r, go to label
	BLt  // if l < r signed, go to label
	BLe  // if l ≤ r signed, go to label
	BGt  // if l > r signed, go to label
	BGe  // if l ≥ r signed, go to label
	BLtU // if l < r unsigned, go to label
	BLeU // if l ≤ r unsigned, go to label
	BGtU // if l > r unsigned, go to label
	BGeU // if l ≥ r unsigned, go to label

	// The same on the lower halves of l and r.
	BEq32
	BNe32
	BLt32
	BLe32
	BGt32
	BGe32
	BLtU32
	BLeU32
	BGtU32
	BGeU32

	// The same for bits that l and r have in common.
	SetAny
	SetAny32
	SetNone
	SetNone32
	BAny
	BAny32
	BNone
	BNone32

	// Branches on one operand.
	BZ    // if l = 0, go to the label
	BNZ   // if l ≠ 0, go to the label
	BZ32  // if lower half of l = 0, go to the label
	BNZ32 // if lower half of l ≠ 0, go to the label

	// Select: if the condition holds of l and r, d = s, a register; otherwise d stays.
	SelEq
	SelNe
	SelLt
	SelLe
	SelGt
	SelGe
	SelLtU
	SelLeU
	SelGtU
	SelGeU
	SelAny
	SelNone
	// The same on the lower halves of l and r. d becomes the whole of s.
	SelEq32
	SelNe32
	SelLt32
	SelLe32
	SelGt32
	SelGe32
	SelLtU32
	SelLeU32
	SelGtU32
	SelGeU32
	SelAny32
	SelNone32

	// Floats. A result that is no number is some quiet NaN, except that moves and what
	// works on the sign alone keep all bits. Names that end in 32 are of float32.
	FMov      // d = l
	FAdd      // d = l + r
	FSub      // d = l − r
	FMul      // d = l × r
	FDiv      // d = l / r
	FMin      // d = the lesser of l and r, NaN if either is, −0 being less than 0
	FMax      // d = the greater of l and r, NaN if either is, 0 being greater than −0
	FCopysign // d = l with the sign of r
	FSqrt     // d = square root of l
	FAbs      // d = l without its sign
	FNeg      // d = l with the other sign
	FFloor    // d = l rounded down to an integer
	FCeil     // d = l rounded up to an integer
	FTrunc    // d = l rounded towards 0 to an integer
	FNearest  // d = l rounded to the nearest integer, the even one of two
	FMov32
	FAdd32
	FSub32
	FMul32
	FDiv32
	FMin32
	FMax32
	FCopysign32
	FSqrt32
	FAbs32
	FNeg32
	FFloor32
	FCeil32
	FTrunc32
	FNearest32

	// d, an integer, = 1 if the condition holds of l and r, otherwise 0. With NaN l = r
	// and the orderings do not hold, their negations do.
	FSetEq
	FSetNe
	FSetLt
	FSetLe
	FSetGt
	FSetGe
	FSetNlt
	FSetNle
	FSetNgt
	FSetNge
	FSetEq32
	FSetNe32
	FSetLt32
	FSetLe32
	FSetGt32
	FSetGe32
	FSetNlt32
	FSetNle32
	FSetNgt32
	FSetNge32
	FBEq
	FBNe
	FBLt
	FBLe
	FBGt
	FBGe
	FBNlt
	FBNle
	FBNgt
	FBNge
	FBEq32
	FBNe32
	FBLt32
	FBLe32
	FBGt32
	FBGe32
	FBNlt32
	FBNle32
	FBNgt32
	FBNge32

	// Select: if the integer l is not zero (zero), d = r; otherwise d stays.
	FSelNZ
	FSelZ
	FSelNZ32
	FSelZ32

	// Conversions to integers, rounding towards 0. trunc traps on NaN and, apart from that, on what is out of range; sat
	// makes 0 of NaN and the nearest that there is of what is out of range.
	TruncI64
	TruncU64
	TruncI32
	TruncU32
	TruncI64F32
	TruncU64F32
	TruncI32F32
	TruncU32F32
	SatI64
	SatU64
	SatI32
	SatU32
	SatI64F32
	SatU64F32
	SatI32F32
	SatU32F32

	// Conversions from integers, rounding to the nearest, the even one of two.
	FloatI64
	FloatU64
	FloatI32
	FloatU32
	FloatI64F32
	FloatU64F32
	FloatI32F32
	FloatU32F32

	// Conversions between the widths, and bits from one bank of registers to the other.
	FPromote // d, float64, = l, float32
	FDemote  // d, float32, = l, float64
	FBits    // d = bits of l
	FBits32
	FFromBits // d has the bits of l
	FFromBits32

	// Linear memory, little endian. The address is l plus an unsigned offset of 32 bits; in the names that end in
	// A32, l is its lower half. An access that is not all within the memory traps and has no effect.
	Load8U
	Load8S
	Load16U
	Load16S
	Load32U
	Load32S
	Load64
	Load8Sx32
	Load16Sx32
	LoadSw16
	LoadSw32
	LoadSw64
	FLoad
	FLoad32
	Store8
	Store16
	Store32
	Store64
	FStore
	FStore32
	Load8UA32
	Load8SA32
	Load16UA32
	Load16SA32
	Load32UA32
	Load32SA32
	Load64A32
	Load8Sx32A32
	Load16Sx32A32
	LoadSw16A32
	LoadSw32A32
	LoadSw64A32
	FLoadA32
	FLoad32A32
	Store8A32
	Store16A32
	Store32A32
	Store64A32
	FStoreA32
	FStore32A32
	MemSize // d = size of the memory in bytes

	// Globals.
	GGet    // d = the global
	GSet    // the global = l
	FGGet   // d, float64, = the global
	FGSet   // the global = l, float64
	FGGet32 // d, float32, = the lower half of the global
	FGSet32 // the global = l, float32, zeros above

	// Profiles.
	Count // the counter of the profile = itself + 1

	Switch // go to the label of the jump table with the index l, or to its default
	CallI  // call the function with the index l in the table of functions
	CallH  // call the function of the host

	Jump   // go to label
	Call   // call function
	Return // return to the caller
	Trap   // end with TrapExplicit and a code

	NumCodes = iota // one more than the last Code
)
