// Package ops is the machine that copyjit compiles: its operations, programs
// for it, the builder and the text format that make them, the verifier that
// every program has passed, and the interpreter that says what they mean.
//
// # Programs
//
// A [Program] is a list of functions, verified and immutable. A [Builder] makes
// it operation by operation, [Parse] from text:
//
//	copyjit 1
//
//	func factorial (i) (i)
//		mov x, a
//		mov a, 1
//		beq x, 0, done
//	loop:
//		mul a, a, x
//		sub x, x, 1
//		bne x, 0, loop
//	done:
//		return
//
// # Registers, slots and immediates
//
// The machine has four registers of 64 bits, a, x, y and o. By convention a
// accumulates, x and y are general and o holds offsets; every operation takes
// any of them anywhere. And it has four float registers, fa, fx, fy and fo, each
// of which holds a float64 or a float32, whichever was written last.
//
// A function declares how many slots it has. They are words of 64 bits, [0],
// [1] and so on, private to each activation, and serve wherever a register
// does: slots are unlimited virtual registers.
//
// An operation names up to three operands: d, which it writes, and l and r,
// which it reads. Each is a place (a register or slot) or, where the table below
// says value, a place or an immediate of 64 bits; fplace and fvalue are the same
// with float registers, and an immediate is the float's bits. All operands are
// read before d is written, so they may coincide. Selects read d too: it must have
// been written.
//
// # Operations
//
// Registers and slots hold bits. Whether they are a signed number is for each
// operation to say; arithmetic wraps around. An operation whose name ends in 32
// reads the lower halves of its operands only, as numbers of 32 bits, and makes
// the upper half of d zero. Of operations on floats the name ends in 32 if they
// are float32 (IEEE 754 binary32), otherwise they are float64 (binary64); a
// float32 in a slot, a global or a [State] has zeros above it. They round to the
// nearest, ties to even. Where arithmetic gives NaN it is some quiet NaN; moves,
// loads, stores, fabs, fneg and fcopysign keep all bits.
//
//	operation            d      l      r      effect
//	mov d, l             place  value         d = l
//	add d, l, r          place  place  value  d = l + r, modulo 2⁶⁴
//	sub d, l, r          place  place  value  d = l − r, modulo 2⁶⁴
//	mul d, l, r          place  place  value  d = l × r, modulo 2⁶⁴
//	and d, l, r          place  place  value  d = l and r, bit by bit
//	or d, l, r           place  place  value  d = l or r, bit by bit
//	xor d, l, r          place  place  value  d = l exclusive or r, bit by bit
//	shl d, l, r          place  place  value  d = l shifted left by r modulo 64 bits
//	shr d, l, r          place  place  value  d = l shifted right by r modulo 64 bits, zeros come in
//	sar d, l, r          place  place  value  d = l shifted right by r modulo 64 bits, copies of the sign come in
//	rotl d, l, r         place  place  value  d = l rotated left by r modulo 64 bits
//	rotr d, l, r         place  place  value  d = l rotated right by r modulo 64 bits
//	add32 d, l, r        place  place  value  d = l + r, modulo 2³²
//	sub32 d, l, r        place  place  value  d = l − r, modulo 2³²
//	mul32 d, l, r        place  place  value  d = l × r, modulo 2³²
//	and32 d, l, r        place  place  value  d = l and r, bit by bit of the lower halves
//	or32 d, l, r         place  place  value  d = l or r, bit by bit of the lower halves
//	xor32 d, l, r        place  place  value  d = l exclusive or r, bit by bit of the lower halves
//	shl32 d, l, r        place  place  value  d = lower half of l shifted left by r modulo 32 bits
//	shr32 d, l, r        place  place  value  d = lower half of l shifted right by r modulo 32 bits, zeros come in
//	sar32 d, l, r        place  place  value  d = lower half of l shifted right by r modulo 32 bits, copies of its sign come in
//	rotl32 d, l, r       place  place  value  d = lower half of l rotated left by r modulo 32 bits
//	rotr32 d, l, r       place  place  value  d = lower half of l rotated right by r modulo 32 bits
//	neg d, l             place  place         d = −l, modulo 2⁶⁴
//	not d, l             place  place         d = l with all bits inverted
//	clz d, l             place  place         d = number of zeros above the highest one of l, 64 if l is 0
//	ctz d, l             place  place         d = number of zeros below the lowest one of l, 64 if l is 0
//	popcnt d, l          place  place         d = number of ones in l
//	bswap d, l           place  place         d = l with its eight bytes in opposite order
//	bswap16 d, l         place  place         d = lowest two bytes of l in opposite order, zeros above
//	bswap32 d, l         place  place         d = lowest four bytes of l in opposite order, zeros above
//	sext8 d, l           place  place         d = lowest 8 bits of l as a signed number
//	sext16 d, l          place  place         d = lowest 16 bits of l as a signed number
//	sext32 d, l          place  place         d = lowest 32 bits of l as a signed number
//	zext8 d, l           place  place         d = lowest 8 bits of l, zeros above
//	zext16 d, l          place  place         d = lowest 16 bits of l, zeros above
//	zext32 d, l          place  place         d = lowest 32 bits of l, zeros above
//	neg32 d, l           place  place         d = −l, modulo 2³²
//	not32 d, l           place  place         d = lower half of l with all bits inverted
//	clz32 d, l           place  place         d = number of zeros above the highest one of the lower half of l, 32 if that is 0
//	ctz32 d, l           place  place         d = number of zeros below the lowest one of the lower half of l, 32 if that is 0
//	popcnt32 d, l        place  place         d = number of ones in the lower half of l
//	sext8_32 d, l        place  place         d = lowest 8 bits of l as a signed number, modulo 2³²
//	sext16_32 d, l       place  place         d = lowest 16 bits of l as a signed number, modulo 2³²
//	seteq d, l, r        place  place  value  d = 1 if l = r, otherwise 0
//	setne d, l, r        place  place  value  d = 1 if l ≠ r, otherwise 0
//	setlt d, l, r        place  place  value  d = 1 if l < r as signed numbers, otherwise 0
//	setle d, l, r        place  place  value  d = 1 if l ≤ r as signed numbers, otherwise 0
//	setgt d, l, r        place  place  value  d = 1 if l > r as signed numbers, otherwise 0
//	setge d, l, r        place  place  value  d = 1 if l ≥ r as signed numbers, otherwise 0
//	setltu d, l, r       place  place  value  d = 1 if l < r as unsigned numbers, otherwise 0
//	setleu d, l, r       place  place  value  d = 1 if l ≤ r as unsigned numbers, otherwise 0
//	setgtu d, l, r       place  place  value  d = 1 if l > r as unsigned numbers, otherwise 0
//	setgeu d, l, r       place  place  value  d = 1 if l ≥ r as unsigned numbers, otherwise 0
//	seteq32 d, l, r      place  place  value  d = 1 if lower half of l = that of r, otherwise 0
//	setne32 d, l, r      place  place  value  d = 1 if lower half of l ≠ that of r, otherwise 0
//	setlt32 d, l, r      place  place  value  d = 1 if lower half of l < that of r as signed numbers, otherwise 0
//	setle32 d, l, r      place  place  value  d = 1 if lower half of l ≤ that of r as signed numbers, otherwise 0
//	setgt32 d, l, r      place  place  value  d = 1 if lower half of l > that of r as signed numbers, otherwise 0
//	setge32 d, l, r      place  place  value  d = 1 if lower half of l ≥ that of r as signed numbers, otherwise 0
//	setltu32 d, l, r     place  place  value  d = 1 if lower half of l < that of r as unsigned numbers, otherwise 0
//	setleu32 d, l, r     place  place  value  d = 1 if lower half of l ≤ that of r as unsigned numbers, otherwise 0
//	setgtu32 d, l, r     place  place  value  d = 1 if lower half of l > that of r as unsigned numbers, otherwise 0
//	setgeu32 d, l, r     place  place  value  d = 1 if lower half of l ≥ that of r as unsigned numbers, otherwise 0
//	mulh d, l, r         place  place  value  d = upper half of the 128 bits of l × r as signed numbers
//	mulhu d, l, r        place  place  value  d = upper half of the 128 bits of l × r as unsigned numbers
//	div d, l, r          place  place  value  d = l / r as signed numbers, rounded towards 0; traps if r = 0, and if the quotient is 2⁶³
//	divu d, l, r         place  place  value  d = l / r as unsigned numbers, rounded down; traps if r = 0
//	rem d, l, r          place  place  value  d = remainder of l / r as signed numbers, with the sign of l; traps if r = 0
//	remu d, l, r         place  place  value  d = remainder of l / r as unsigned numbers; traps if r = 0
//	div32 d, l, r        place  place  value  d = quotient of lower halves as signed numbers, rounded towards 0; traps if that of r is 0, and if the quotient is 2³¹
//	divu32 d, l, r       place  place  value  d = quotient of lower halves as unsigned numbers, rounded down; traps if that of r is 0
//	rem32 d, l, r        place  place  value  d = remainder of lower halves as signed numbers, with the sign of l; traps if that of r is 0
//	remu32 d, l, r       place  place  value  d = remainder of lower halves as unsigned numbers; traps if that of r is 0
//	beq l, r, label             place  value  if l = r, go to the label
//	bne l, r, label             place  value  if l ≠ r, go to the label
//	blt l, r, label             place  value  if l < r as signed numbers, go to the label
//	ble l, r, label             place  value  if l ≤ r as signed numbers, go to the label
//	bgt l, r, label             place  value  if l > r as signed numbers, go to the label
//	bge l, r, label             place  value  if l ≥ r as signed numbers, go to the label
//	bltu l, r, label            place  value  if l < r as unsigned numbers, go to the label
//	bleu l, r, label            place  value  if l ≤ r as unsigned numbers, go to the label
//	bgtu l, r, label            place  value  if l > r as unsigned numbers, go to the label
//	bgeu l, r, label            place  value  if l ≥ r as unsigned numbers, go to the label
//	beq32 l, r, label           place  value  if lower half of l = that of r, go to the label
//	bne32 l, r, label           place  value  if lower half of l ≠ that of r, go to the label
//	blt32 l, r, label           place  value  if lower half of l < that of r as signed numbers, go to the label
//	ble32 l, r, label           place  value  if lower half of l ≤ that of r as signed numbers, go to the label
//	bgt32 l, r, label           place  value  if lower half of l > that of r as signed numbers, go to the label
//	bge32 l, r, label           place  value  if lower half of l ≥ that of r as signed numbers, go to the label
//	bltu32 l, r, label          place  value  if lower half of l < that of r as unsigned numbers, go to the label
//	bleu32 l, r, label          place  value  if lower half of l ≤ that of r as unsigned numbers, go to the label
//	bgtu32 l, r, label          place  value  if lower half of l > that of r as unsigned numbers, go to the label
//	bgeu32 l, r, label          place  value  if lower half of l ≥ that of r as unsigned numbers, go to the label
//	setany d, l, r       place  place  value  d = 1 if l and r ≠ 0, bit by bit, otherwise 0
//	setany32 d, l, r     place  place  value  d = 1 if lower half of l and that of r ≠ 0, bit by bit, otherwise 0
//	setnone d, l, r      place  place  value  d = 1 if l and r = 0, bit by bit, otherwise 0
//	setnone32 d, l, r    place  place  value  d = 1 if lower half of l and that of r = 0, bit by bit, otherwise 0
//	bany l, r, label            place  value  if l and r ≠ 0, bit by bit, go to the label
//	bany32 l, r, label          place  value  if lower half of l and that of r ≠ 0, bit by bit, go to the label
//	bnone l, r, label           place  value  if l and r = 0, bit by bit, go to the label
//	bnone32 l, r, label         place  value  if lower half of l and that of r = 0, bit by bit, go to the label
//	bz l, label                 place         if l = 0, go to the label
//	bnz l, label                place         if l ≠ 0, go to the label
//	bz32 l, label               place         if lower half of l = 0, go to the label
//	bnz32 l, label              place         if lower half of l ≠ 0, go to the label
//	seleq d, l, r, s     place  place  value  d = s if l = r
//	selne d, l, r, s     place  place  value  d = s if l ≠ r
//	sellt d, l, r, s     place  place  value  d = s if l < r as signed numbers
//	selle d, l, r, s     place  place  value  d = s if l ≤ r as signed numbers
//	selgt d, l, r, s     place  place  value  d = s if l > r as signed numbers
//	selge d, l, r, s     place  place  value  d = s if l ≥ r as signed numbers
//	selltu d, l, r, s    place  place  value  d = s if l < r as unsigned numbers
//	selleu d, l, r, s    place  place  value  d = s if l ≤ r as unsigned numbers
//	selgtu d, l, r, s    place  place  value  d = s if l > r as unsigned numbers
//	selgeu d, l, r, s    place  place  value  d = s if l ≥ r as unsigned numbers
//	selany d, l, r, s    place  place  value  d = s if l and r ≠ 0, bit by bit
//	selnone d, l, r, s   place  place  value  d = s if l and r = 0, bit by bit
//	seleq32 d, l, r, s   place  place  value  d = s if lower half of l = that of r
//	selne32 d, l, r, s   place  place  value  d = s if lower half of l ≠ that of r
//	sellt32 d, l, r, s   place  place  value  d = s if lower half of l < that of r as signed numbers
//	selle32 d, l, r, s   place  place  value  d = s if lower half of l ≤ that of r as signed numbers
//	selgt32 d, l, r, s   place  place  value  d = s if lower half of l > that of r as signed numbers
//	selge32 d, l, r, s   place  place  value  d = s if lower half of l ≥ that of r as signed numbers
//	selltu32 d, l, r, s  place  place  value  d = s if lower half of l < that of r as unsigned numbers
//	selleu32 d, l, r, s  place  place  value  d = s if lower half of l ≤ that of r as unsigned numbers
//	selgtu32 d, l, r, s  place  place  value  d = s if lower half of l > that of r as unsigned numbers
//	selgeu32 d, l, r, s  place  place  value  d = s if lower half of l ≥ that of r as unsigned numbers
//	selany32 d, l, r, s  place  place  value  d = s if lower half of l and that of r ≠ 0, bit by bit
//	selnone32 d, l, r, s place  place  value  d = s if lower half of l and that of r = 0, bit by bit
//	fmov d, l            fplace fvalue        d = l, of float64
//	fadd d, l, r         fplace fplace fvalue d = l + r, of float64
//	fsub d, l, r         fplace fplace fvalue d = l − r, of float64
//	fmul d, l, r         fplace fplace fvalue d = l × r, of float64
//	fdiv d, l, r         fplace fplace fvalue d = l / r, of float64
//	fmin d, l, r         fplace fplace fvalue d = the lesser of l and r, NaN if either is, −0 being less than 0, of float64
//	fmax d, l, r         fplace fplace fvalue d = the greater of l and r, NaN if either is, 0 being greater than −0, of float64
//	fcopysign d, l, r    fplace fplace fvalue d = l with the sign of r, of float64
//	fsqrt d, l           fplace fplace        d = square root of l, of float64
//	fabs d, l            fplace fplace        d = l without its sign, of float64
//	fneg d, l            fplace fplace        d = l with the other sign, of float64
//	ffloor d, l          fplace fplace        d = l rounded down to an integer, of float64
//	fceil d, l           fplace fplace        d = l rounded up to an integer, of float64
//	ftrunc d, l          fplace fplace        d = l rounded towards 0 to an integer, of float64
//	fnearest d, l        fplace fplace        d = l rounded to the nearest integer, the even one of two, of float64
//	fmov32 d, l          fplace fvalue        d = l, of float32
//	fadd32 d, l, r       fplace fplace fvalue d = l + r, of float32
//	fsub32 d, l, r       fplace fplace fvalue d = l − r, of float32
//	fmul32 d, l, r       fplace fplace fvalue d = l × r, of float32
//	fdiv32 d, l, r       fplace fplace fvalue d = l / r, of float32
//	fmin32 d, l, r       fplace fplace fvalue d = the lesser of l and r, NaN if either is, −0 being less than 0, of float32
//	fmax32 d, l, r       fplace fplace fvalue d = the greater of l and r, NaN if either is, 0 being greater than −0, of float32
//	fcopysign32 d, l, r  fplace fplace fvalue d = l with the sign of r, of float32
//	fsqrt32 d, l         fplace fplace        d = square root of l, of float32
//	fabs32 d, l          fplace fplace        d = l without its sign, of float32
//	fneg32 d, l          fplace fplace        d = l with the other sign, of float32
//	ffloor32 d, l        fplace fplace        d = l rounded down to an integer, of float32
//	fceil32 d, l         fplace fplace        d = l rounded up to an integer, of float32
//	ftrunc32 d, l        fplace fplace        d = l rounded towards 0 to an integer, of float32
//	fnearest32 d, l      fplace fplace        d = l rounded to the nearest integer, the even one of two, of float32
//	fseteq d, l, r       place  fplace fvalue d = 1 if l = r, otherwise 0, of float64
//	fsetne d, l, r       place  fplace fvalue d = 1 if l ≠ r or either is NaN, otherwise 0, of float64
//	fsetlt d, l, r       place  fplace fvalue d = 1 if l < r, otherwise 0, of float64
//	fsetle d, l, r       place  fplace fvalue d = 1 if l ≤ r, otherwise 0, of float64
//	fsetgt d, l, r       place  fplace fvalue d = 1 if l > r, otherwise 0, of float64
//	fsetge d, l, r       place  fplace fvalue d = 1 if l ≥ r, otherwise 0, of float64
//	fsetnlt d, l, r      place  fplace fvalue d = 1 if not l < r, otherwise 0, of float64
//	fsetnle d, l, r      place  fplace fvalue d = 1 if not l ≤ r, otherwise 0, of float64
//	fsetngt d, l, r      place  fplace fvalue d = 1 if not l > r, otherwise 0, of float64
//	fsetnge d, l, r      place  fplace fvalue d = 1 if not l ≥ r, otherwise 0, of float64
//	fseteq32 d, l, r     place  fplace fvalue d = 1 if l = r, otherwise 0, of float32
//	fsetne32 d, l, r     place  fplace fvalue d = 1 if l ≠ r or either is NaN, otherwise 0, of float32
//	fsetlt32 d, l, r     place  fplace fvalue d = 1 if l < r, otherwise 0, of float32
//	fsetle32 d, l, r     place  fplace fvalue d = 1 if l ≤ r, otherwise 0, of float32
//	fsetgt32 d, l, r     place  fplace fvalue d = 1 if l > r, otherwise 0, of float32
//	fsetge32 d, l, r     place  fplace fvalue d = 1 if l ≥ r, otherwise 0, of float32
//	fsetnlt32 d, l, r    place  fplace fvalue d = 1 if not l < r, otherwise 0, of float32
//	fsetnle32 d, l, r    place  fplace fvalue d = 1 if not l ≤ r, otherwise 0, of float32
//	fsetngt32 d, l, r    place  fplace fvalue d = 1 if not l > r, otherwise 0, of float32
//	fsetnge32 d, l, r    place  fplace fvalue d = 1 if not l ≥ r, otherwise 0, of float32
//	fbeq l, r, label            fplace fvalue if l = r, go to the label, of float64
//	fbne l, r, label            fplace fvalue if l ≠ r or either is NaN, go to the label, of float64
//	fblt l, r, label            fplace fvalue if l < r, go to the label, of float64
//	fble l, r, label            fplace fvalue if l ≤ r, go to the label, of float64
//	fbgt l, r, label            fplace fvalue if l > r, go to the label, of float64
//	fbge l, r, label            fplace fvalue if l ≥ r, go to the label, of float64
//	fbnlt l, r, label           fplace fvalue if not l < r, go to the label, of float64
//	fbnle l, r, label           fplace fvalue if not l ≤ r, go to the label, of float64
//	fbngt l, r, label           fplace fvalue if not l > r, go to the label, of float64
//	fbnge l, r, label           fplace fvalue if not l ≥ r, go to the label, of float64
//	fbeq32 l, r, label          fplace fvalue if l = r, go to the label, of float32
//	fbne32 l, r, label          fplace fvalue if l ≠ r or either is NaN, go to the label, of float32
//	fblt32 l, r, label          fplace fvalue if l < r, go to the label, of float32
//	fble32 l, r, label          fplace fvalue if l ≤ r, go to the label, of float32
//	fbgt32 l, r, label          fplace fvalue if l > r, go to the label, of float32
//	fbge32 l, r, label          fplace fvalue if l ≥ r, go to the label, of float32
//	fbnlt32 l, r, label         fplace fvalue if not l < r, go to the label, of float32
//	fbnle32 l, r, label         fplace fvalue if not l ≤ r, go to the label, of float32
//	fbngt32 l, r, label         fplace fvalue if not l > r, go to the label, of float32
//	fbnge32 l, r, label         fplace fvalue if not l ≥ r, go to the label, of float32
//	fselnz d, l, r       fplace place  fvalue d = r if the integer l ≠ 0, of float64
//	fselz d, l, r        fplace place  fvalue d = r if the integer l = 0, of float64
//	fselnz32 d, l, r     fplace place  fvalue d = r if the integer l ≠ 0, of float32
//	fselz32 d, l, r      fplace place  fvalue d = r if the integer l = 0, of float32
//	trunci64 d, l        place  fplace        d = l, float64, rounded towards 0 to a signed number of 64 bits; traps if l is NaN, and if d is out of range
//	truncu64 d, l        place  fplace        d = l, float64, rounded towards 0 to an unsigned number of 64 bits; traps if l is NaN, and if d is out of range
//	trunci32 d, l        place  fplace        d = l, float64, rounded towards 0 to a signed number of 32 bits, zeros above; traps if l is NaN, and if d is out of range
//	truncu32 d, l        place  fplace        d = l, float64, rounded towards 0 to an unsigned number of 32 bits, zeros above; traps if l is NaN, and if d is out of range
//	trunci64_f32 d, l    place  fplace        d = l, float32, rounded towards 0 to a signed number of 64 bits; traps if l is NaN, and if d is out of range
//	truncu64_f32 d, l    place  fplace        d = l, float32, rounded towards 0 to an unsigned number of 64 bits; traps if l is NaN, and if d is out of range
//	trunci32_f32 d, l    place  fplace        d = l, float32, rounded towards 0 to a signed number of 32 bits, zeros above; traps if l is NaN, and if d is out of range
//	truncu32_f32 d, l    place  fplace        d = l, float32, rounded towards 0 to an unsigned number of 32 bits, zeros above; traps if l is NaN, and if d is out of range
//	sati64 d, l          place  fplace        d = l, float64, rounded towards 0 to a signed number of 64 bits, or the nearest one in range; 0 if l is NaN
//	satu64 d, l          place  fplace        d = l, float64, rounded towards 0 to an unsigned number of 64 bits, or the nearest one in range; 0 if l is NaN
//	sati32 d, l          place  fplace        d = l, float64, rounded towards 0 to a signed number of 32 bits, zeros above, or the nearest one in range; 0 if l is NaN
//	satu32 d, l          place  fplace        d = l, float64, rounded towards 0 to an unsigned number of 32 bits, zeros above, or the nearest one in range; 0 if l is NaN
//	sati64_f32 d, l      place  fplace        d = l, float32, rounded towards 0 to a signed number of 64 bits, or the nearest one in range; 0 if l is NaN
//	satu64_f32 d, l      place  fplace        d = l, float32, rounded towards 0 to an unsigned number of 64 bits, or the nearest one in range; 0 if l is NaN
//	sati32_f32 d, l      place  fplace        d = l, float32, rounded towards 0 to a signed number of 32 bits, zeros above, or the nearest one in range; 0 if l is NaN
//	satu32_f32 d, l      place  fplace        d = l, float32, rounded towards 0 to an unsigned number of 32 bits, zeros above, or the nearest one in range; 0 if l is NaN
//	floati64 d, l        fplace place         d, float64, = l, a signed number of 64 bits
//	floatu64 d, l        fplace place         d, float64, = l, an unsigned number of 64 bits
//	floati32 d, l        fplace place         d, float64, = l, whose lower half is a signed number
//	floatu32 d, l        fplace place         d, float64, = l, whose lower half is an unsigned number
//	floati64_f32 d, l    fplace place         d, float32, = l, a signed number of 64 bits
//	floatu64_f32 d, l    fplace place         d, float32, = l, an unsigned number of 64 bits
//	floati32_f32 d, l    fplace place         d, float32, = l, whose lower half is a signed number
//	floatu32_f32 d, l    fplace place         d, float32, = l, whose lower half is an unsigned number
//	fpromote d, l        fplace fplace        d, float64, = l, float32
//	fdemote d, l         fplace fplace        d, float32, = l, float64, rounded to the nearest
//	fbits d, l           place  fplace        d = bits of l, float64
//	fbits32 d, l         place  fplace        d = bits of l, float32, zeros above
//	ffrombits d, l       fplace place         d, float64, has the bits of l
//	ffrombits32 d, l     fplace place         d, float32, has the bits of the lower half of l
//	load8u d, l+offset   place  place         d = the byte at l + offset, zeros above
//	load8s d, l+offset   place  place         d = the byte at l + offset, as a signed number
//	load16u d, l+offset  place  place         d = the 2 bytes at l + offset, zeros above
//	load16s d, l+offset  place  place         d = the 2 bytes at l + offset, as a signed number
//	load32u d, l+offset  place  place         d = the 4 bytes at l + offset, zeros above
//	load32s d, l+offset  place  place         d = the 4 bytes at l + offset, as a signed number
//	load64 d, l+offset   place  place         d = the 8 bytes at l + offset
//	load8s_32 d, l+offset place  place         d = the byte at l + offset, as a signed number, modulo 2³²
//	load16s_32 d, l+offset place  place         d = the 2 bytes at l + offset, as a signed number, modulo 2³²
//	loadsw16 d, l+offset place  place         d = the 2 bytes at l + offset, most significant first, zeros above
//	loadsw32 d, l+offset place  place         d = the 4 bytes at l + offset, most significant first, zeros above
//	loadsw64 d, l+offset place  place         d = the 8 bytes at l + offset, most significant first
//	fload d, l+offset    fplace place         d, float64, = the 8 bytes at l + offset
//	fload32 d, l+offset  fplace place         d, float32, = the 4 bytes at l + offset
//	store8 l+offset, r          place  value  the byte at l + offset = lowest byte of r
//	store16 l+offset, r         place  value  the 2 bytes at l + offset = lowest 2 bytes of r
//	store32 l+offset, r         place  value  the 4 bytes at l + offset = lower half of r
//	store64 l+offset, r         place  value  the 8 bytes at l + offset = r
//	fstore l+offset, r          place  fvalue the 8 bytes at l + offset = r, float64
//	fstore32 l+offset, r        place  fvalue the 4 bytes at l + offset = r, float32
//	load8u_a32 d, l+offset place  place         d = the byte at the lower half of l + offset, zeros above
//	load8s_a32 d, l+offset place  place         d = the byte at the lower half of l + offset, as a signed number
//	load16u_a32 d, l+offset place  place         d = the 2 bytes at the lower half of l + offset, zeros above
//	load16s_a32 d, l+offset place  place         d = the 2 bytes at the lower half of l + offset, as a signed number
//	load32u_a32 d, l+offset place  place         d = the 4 bytes at the lower half of l + offset, zeros above
//	load32s_a32 d, l+offset place  place         d = the 4 bytes at the lower half of l + offset, as a signed number
//	load64_a32 d, l+offset place  place         d = the 8 bytes at the lower half of l + offset
//	load8s_32_a32 d, l+offset place  place         d = the byte at the lower half of l + offset, as a signed number, modulo 2³²
//	load16s_32_a32 d, l+offset place  place         d = the 2 bytes at the lower half of l + offset, as a signed number, modulo 2³²
//	loadsw16_a32 d, l+offset place  place         d = the 2 bytes at the lower half of l + offset, most significant first, zeros above
//	loadsw32_a32 d, l+offset place  place         d = the 4 bytes at the lower half of l + offset, most significant first, zeros above
//	loadsw64_a32 d, l+offset place  place         d = the 8 bytes at the lower half of l + offset, most significant first
//	fload_a32 d, l+offset fplace place         d, float64, = the 8 bytes at the lower half of l + offset
//	fload32_a32 d, l+offset fplace place         d, float32, = the 4 bytes at the lower half of l + offset
//	store8_a32 l+offset, r        place  value  the byte at the lower half of l + offset = lowest byte of r
//	store16_a32 l+offset, r        place  value  the 2 bytes at the lower half of l + offset = lowest 2 bytes of r
//	store32_a32 l+offset, r        place  value  the 4 bytes at the lower half of l + offset = lower half of r
//	store64_a32 l+offset, r        place  value  the 8 bytes at the lower half of l + offset = r
//	fstore_a32 l+offset, r        place  fvalue the 8 bytes at the lower half of l + offset = r, float64
//	fstore32_a32 l+offset, r        place  fvalue the 4 bytes at the lower half of l + offset = r, float32
//	memsize d            place                d = size of the memory in bytes
//	gget d, global       place                d = the global
//	gset l, global              value         the global = l
//	fgget d, global      fplace               d, float64, = the global
//	fgset l, global             fvalue        the global = l, float64
//	fgget32 d, global    fplace               d, float32, = the lower half of the global
//	fgset32 l, global           fvalue        the global = l, float32, zeros above
//	count counter                             the counter of the profile = itself + 1, modulo 2⁶⁴
//	switch l, label, …, label        place         go to the label of the jump table with the index l, unsigned; to its default, the last, if there is none
//	calli l, signature          place         call the function with the index l, unsigned, in the table of functions, as call does; traps if there is no such index, if nothing is there, and if its signature is another
//	callh function                            call the function of the host, as call does
//	jump label                                go to the label
//	call function                             call the function: its arguments are in place, afterwards only its results are defined
//	return                                    return to the caller: the results are in place
//	trap code                                 end the call with an explicit trap that carries the code
//
// A branch or a jump to itself or to an operation before it is a back-edge. A
// trap ends the whole call, whichever function it is in; its code is for whoever
// reads the trap.
//
// # What a program declares
//
// Besides functions a program declares, for each of its instances: how much
// linear memory it has at first and at the most, and what is in it; globals,
// cells of 64 bits, with their first values; the table of functions, whose
// places calli names by index; the functions of the host that callh calls, by name
// and signature; and the counters of a profile.
//
// An address in memory is of 64 bits, or of the 32 bits that _a32 says; an offset
// is added to it without wrapping around. Memory is little endian, and addresses
// need not be aligned.
//
// # Frames
//
// Frames lie on a stack of the machine's own, growing upwards, in words of 64
// bits:
//
//	fp → ┌──────────────────────┐
//	   0 │ return address       │ header; compiled code's
//	   1 │ function<<32 | pc    │ where an interpreted caller goes on,
//	     ├──────────────────────┤   all ones in the bottom frame
//	   2 │ [0]                  │ slots: first the arguments, or results,
//	     │  ⋮                   │   that have no register
//	 1+s │ [s−1]                │
//	     ├──────────────────────┤ outgoing area, if the function calls;
//	 2+s │ header               │   here the callee's frame begins
//	     │                      │
//	 4+s │ [out+0] = its [0]    │
//	     │  ⋮                   │
//	     └──────────────────────┘
//
// The outgoing area is as large as the needs of the function's calls: a header
// and those arguments, or results, that travel in slots. Slots and outgoing area
// are the function's frame, at most [MaxFrame] words; entering the function
// checks that the whole frame fits on the stack, so that no operation can run
// out of it. A callee's frame overlays its caller's outgoing area.
//
// Frames hold no addresses of the stack: the caller's frame begins its header
// and slots below the callee's, whatever the stack's address is.
//
// # Calls
//
// A [Signature] lists the types of a function's parameters and results. The
// first four parameters that are integers are in a, x, y and o when the function
// is entered, the first four floats in fa, fx, fy and fo, the others in its slots
// from [0] on, in their order; for the caller these are its outgoing slots
// [out+0] and so on, made by [Builder.Out]. Results return in the same manner. A
// signature can also have all of them in slots.
//
// All registers and the whole outgoing area are the callee's to change: after a
// call only the declared results are defined. The caller's slots are not
// touched.
//
// A [State] is what goes into and comes out of a call from outside: registers,
// and slots of the called function.
//
// # Safepoints, traps and exits
//
// A function's entry and every back-edge are safepoints: there execution may
// leave the program for a while, before the function's first operation and
// before the branch compares anything, and go on later as if nothing had
// happened. No loop and no recursion passes without a safepoint. At a function's
// entry the check of the frame comes first, the safepoint second.
//
// An [Exit] says why execution left: the function that was called returned, a
// safepoint, a call of the host, a call of what is not compiled yet, or a trap. A
// [Reason] says what trapped. A trap has a place, a function and a pc, the index of an operation
// within its function; a stack overflow is at pc 0 of the function whose frame
// does not fit, and [ReasonOutOfFuel] is no operation's: it ends a call at a safepoint,
// where whoever runs the program counts them and has allowed no more. An operation that
// traps writes nothing.
//
// All tiers agree on the State at every safepoint, trap, call and return.
//
// # What the verifier demands
//
// The verifier passes a function in the order of its operations. It demands that
//
//   - the frame has at most MaxFrame words, and slots for those parameters and
//     results that travel in them;
//   - operands are of the kinds that the table lists, registers exist and slots
//     are within the function's slots or its outgoing area, headers excluded;
//   - a register or slot that an operation reads is written on every path to it,
//     a float register at the width at which it is read. At entry the parameters are written and nothing else; after a call, of the
//     registers and outgoing slots, its results and nothing else;
//   - the arguments of each call and the results of each return are written
//     likewise;
//   - globals, counters and functions of the host are declared, and data are
//     within the memory;
//   - each label that a branch or switch names is bound, once, and before an operation;
//   - each operation is reached from the one before it or by a branch or jump
//     from further above. So no operation is unreachable, and a loop is entered
//     at its top or has its top reached by a jump from above;
//   - control does not fall off the end of the function;
//   - each function is declared once, under a name of its own, and defined once.
//
// The interpreter and the compiler trust a Program in all of this.
//
// # The text format
//
// A text is UTF-8 without NUL bytes, of at most 256 MB. Its grammar in the
// notation of the Go specification, where newline ends each line, the last one
// optionally, and blanks, tabs and carriage returns may stand between tokens:
//
//	Program   = "copyjit" "1" newline { Line } .
//	Line      = [ Declared | Head | { Label } [ Operation ] ] newline .
//	Declared  = "memory" number [ "," number ]
//	          | "data" number "," string
//	          | "global" ( [ "i" ] number | ( "f" | "f32" ) float )
//	          | "counters" number
//	          | "host" FuncName Signature
//	          | "table" Entry { "," Entry } .
//	Entry     = FuncName | "[" "]" .
//	Head      = "func" FuncName Signature [ "slots" number ] .
//	Signature = Types [ Types ] [ "inslots" ] .
//	Types     = "(" [ Type { "," Type } ] ")" .
//	Type      = "i" | "f" | "f32" .
//	Label     = name ":" .
//	Operation = mnemonic [ Operand { "," Operand } ] .
//	Operand   = Register | Slot | number | float | name | FuncName | Signature
//	          | ( Register | Slot ) "+" number .
//	Register  = "a" | "x" | "y" | "o" | "fa" | "fx" | "fy" | "fo" .
//	Slot      = "[" number "]" | "[" "out" "+" number "]" .
//	FuncName  = name | string .
//
//	name      = start { start | digit | "-" } .
//	start     = "A" … "Z" | "a" … "z" | "_" | "." .
//	number    = [ "-" ] ( decimal | hex | octal | binary ) .
//	float     = [ "-" ] ( decimalfloat | hexfloat | "inf" | "nan" | "nan:" hex ) .
//
// The first line begins with the first byte. A comment reaches from a semicolon
// to the end of its line. Numbers are written as in Go, except that a decimal
// one does not begin with 0 and octal is 0o; an immediate is from
// −9223372036854775808 to 18446744073709551615. A string is an interpreted
// string literal of Go; data are in one, and a function whose name is not a name in
// the sense of the grammar needs one. Where the table says fvalue a number is a
// float: 1 is 1.0, not a bit pattern. What a decimal one says is rounded to the
// nearest; hexadecimal ones say it exactly, and nan:0x1 gives the bits of a NaN's
// fraction.
//
// What is declared stands before the first function. Globals are numbered from 0 in
// the order in which they stand there, as are the places of the table, which may
// take several lines.
//
// Types lists the parameters, then the results; the results may be left out if
// there are none and the slots if they are 0. The operations of a function are
// those between its Head and the next. A label belongs to its function, stands
// before the operation that follows and may be named before it is bound. Calls
// may name functions that come later. Register names, mnemonics and keywords are
// not reserved: a label may be called a, or add.
//
// The operands of an operation are those in the first column of the table, in
// that order. The code of a trap may be left out if it is 0, and where d, l and r
// are all called for l may be, if it is d: add a, x is short for add a, a, x. An
// address's offset may be left out if it is 0. The last label of a switch is its
// default.
//
// [Program.String] prints the canonical text: operations in full and indented by
// a tab, labels named L0, L1 … in order of position, immediates as signed decimal
// numbers, no comments. Parsing it gives the same program.
package ops
