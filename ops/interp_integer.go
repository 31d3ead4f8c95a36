package ops

// What the interpreter does with integers and takes more than an expression.

// divide returns what a division or remainder gives, or why it traps.
func divide(code Code, l, r uint64) (v uint64, reason Reason) {
	switch code {
	case Div32, Rem32:
		l, r = uint64(int32(l)), uint64(int32(r))
	case DivU32, RemU32:
		l, r = uint64(uint32(l)), uint64(uint32(r))
	}
	if r == 0 {
		return 0, ReasonDivideByZero
	}
	// In Go the quotient of the least number and −1 wraps around.
	switch code {
	case Div:
		if l == 1<<63 && r == ^uint64(0) {
			return 0, ReasonIntegerOverflow
		}
		v = uint64(int64(l) / int64(r))
	case Div32:
		if v = uint64(int64(l) / int64(r)); v == 1<<31 {
			return 0, ReasonIntegerOverflow
		}
		v = uint64(uint32(v))
	case Rem:
		v = uint64(int64(l) % int64(r))
	case Rem32:
		v = uint64(uint32(int64(l) % int64(r)))
	case DivU, DivU32:
		v = l / r
	case RemU, RemU32:
		v = l % r
	}
	return v, 0
}

// truth returns 1 or 0.
func truth(is bool) uint64 {
	if is {
		return 1
	}
	return 0
}

// selected reports whether the condition of a select holds.
func selected(code Code, l, r uint64) bool {
	c := int(code - SelEq)
	if code >= SelEq32 {
		// With copies of the sign above, halves compare as they do without.
		c, l, r = int(code-SelEq32), uint64(int32(l)), uint64(int32(r))
	}
	switch c { // in the order of the codes
	case 0:
		return l == r
	case 1:
		return l != r
	case 2:
		return int64(l) < int64(r)
	case 3:
		return int64(l) <= int64(r)
	case 4:
		return int64(l) > int64(r)
	case 5:
		return int64(l) >= int64(r)
	case 6:
		return l < r
	case 7:
		return l <= r
	case 8:
		return l > r
	case 9:
		return l >= r
	case 10:
		return l&r != 0
	}
	return l&r == 0
}
