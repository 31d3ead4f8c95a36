package ops

import "math"

// The interpreter's floats. Values are bits: what only moves them must not touch
// a NaN, and Go gives no guarantee about one that passes through a variable of a
// float type. Each operation is a function of its own that ends in a conversion to
// bits, so that Go fuses no multiplication with an addition.

// float executes what gives a float, or an integer of floats, and cannot be done
// by moving bits alone. It returns the value of d or why the operation traps.
func float(code Code, l, r uint64) (v uint64, reason Reason) {
	switch {
	case code >= FMov && code <= FNearest:
		return float64s(code, l, r), 0
	case code >= FMov32 && code <= FNearest32:
		return float32s(code-FMov32+FMov, uint32(l), uint32(r)), 0
	case code >= FSetEq && code <= FSetNge32:
		return truth(floatHolds(int(code-FSetEq), l, r)), 0
	case code >= TruncI64 && code <= SatU32F32:
		return toInteger(code, l)
	}
	switch code {
	case FloatI64:
		return math.Float64bits(float64(int64(l))), 0
	case FloatU64:
		return math.Float64bits(float64(l)), 0
	case FloatI32:
		return math.Float64bits(float64(int32(l))), 0
	case FloatU32:
		return math.Float64bits(float64(uint32(l))), 0
	case FloatI64F32:
		if int64(l) < 0 {
			return 1<<31 | uint64(math.Float32bits(nearest32(-l))), 0
		}
		return uint64(math.Float32bits(nearest32(l))), 0
	case FloatU64F32:
		return uint64(math.Float32bits(nearest32(l))), 0
	case FloatI32F32:
		return uint64(math.Float32bits(float32(float64(int32(l))))), 0
	case FloatU32F32:
		return uint64(math.Float32bits(float32(float64(uint32(l))))), 0
	case FPromote:
		return quiet64(math.Float64bits(float64(math.Float32frombits(uint32(l))))), 0
	case FDemote:
		return quiet32(math.Float32bits(float32(math.Float64frombits(l)))), 0
	case FBits, FFromBits:
		return l, 0
	case FBits32, FFromBits32:
		return uint64(uint32(l)), 0
	}
	panic("ops: the interpreter does not know " + code.String())
}

// nearest32 returns the float32 nearest to x, the even one of two. On the way
// through float64 a second rounding would be wrong now and then, so what does not
// fit there exactly becomes shorter first: by bits that decide nothing but
// whether x is above the middle of two.
func nearest32(x uint64) float32 {
	if x < 1<<53 {
		return float32(float64(x))
	}
	const cut = 12
	short := x>>cut | truth(x&(1<<cut-1) != 0)
	return float32(float64(short)) * (1 << cut)
}

const (
	sign64  = 1 << 63
	sign32  = 1 << 31
	quietly = 1 << 51 // the bit of a float64 that makes a NaN a quiet one
)

// quiet64 returns bits of a float64, with a quiet NaN in place of another.
func quiet64(b uint64) uint64 {
	if b&^sign64 > math.Float64bits(math.Inf(1)) {
		return b | quietly
	}
	return b
}

// quiet32 returns bits of a float32, likewise.
func quiet32(b uint32) uint64 {
	if b&^sign32 > 0xff<<23 {
		b |= 1 << 22
	}
	return uint64(b)
}

func float64s(code Code, l, r uint64) uint64 {
	switch code {
	case FMov:
		return l
	case FAbs:
		return l &^ sign64
	case FNeg:
		return l ^ sign64
	case FCopysign:
		return l&^sign64 | r&sign64
	}
	return quiet64(math.Float64bits(computed(code, math.Float64frombits(l), math.Float64frombits(r))))
}

// float32s does the same with float32, given the code for float64.
func float32s(code Code, l, r uint32) uint64 {
	switch code {
	case FMov:
		return uint64(l)
	case FAbs:
		return uint64(l &^ sign32)
	case FNeg:
		return uint64(l ^ sign32)
	case FCopysign:
		return uint64(l&^sign32 | r&sign32)
	}
	return quiet32(math.Float32bits(computed(code, math.Float32frombits(l), math.Float32frombits(r))))
}

// computed returns what arithmetic of either width makes of x and y, given the code
// for float64.
func computed[F float32 | float64](code Code, x, y F) F {
	switch code {
	case FAdd:
		return x + y
	case FSub:
		return x - y
	case FMul:
		return x * y
	case FDiv:
		return x / y
	case FMin:
		return min(x, y)
	case FMax:
		return max(x, y)
	}
	// Of float32 exact, or, as a square root, with so many more bits that rounding
	// twice is rounding once (Figueroa, When is double rounding innocuous?, 1995).
	return F(rounded(code, float64(x)))
}

func rounded(code Code, x float64) float64 {
	switch code {
	case FSqrt:
		return math.Sqrt(x)
	case FFloor:
		return math.Floor(x)
	case FCeil:
		return math.Ceil(x)
	case FTrunc:
		return math.Trunc(x)
	case FNearest:
		return math.RoundToEven(x)
	}
	panic("ops: the interpreter does not know " + code.String())
}

// floatHolds reports whether a condition holds: those of float64, then those of
// float32, in the order of the codes.
func floatHolds(condition int, l, r uint64) bool {
	const conditions = int(FSetEq32 - FSetEq)
	x, y := math.Float64frombits(l), math.Float64frombits(r)
	if condition >= conditions {
		condition -= conditions
		x, y = float64(math.Float32frombits(uint32(l))), float64(math.Float32frombits(uint32(r)))
	}
	switch condition {
	case 0:
		return x == y
	case 1:
		return x != y
	case 2:
		return x < y
	case 3:
		return x <= y
	case 4:
		return x > y
	case 5:
		return x >= y
	case 6:
		return !(x < y)
	case 7:
		return !(x <= y)
	case 8:
		return !(x > y)
	}
	return !(x >= y)
}

// toInteger converts a float to an integer, rounding towards 0, and traps or
// saturates.
func toInteger(code Code, l uint64) (v uint64, reason Reason) {
	saturate := code >= SatI64
	if saturate {
		code -= SatI64 - TruncI64
	}
	x := math.Float64frombits(l)
	if code >= TruncI64F32 {
		code -= TruncI64F32 - TruncI64
		x = float64(math.Float32frombits(uint32(l)))
	}
	// The range is from low on, below high.
	var low, high float64
	var lowest, highest uint64
	switch code {
	case TruncI64:
		low, high, lowest, highest = -1<<63, 1<<63, 1<<63, 1<<63-1
	case TruncU64:
		low, high, lowest, highest = 0, 1<<64, 0, 1<<64-1
	case TruncI32:
		low, high, lowest, highest = -1<<31, 1<<31, 1<<31, 1<<31-1
	case TruncU32:
		low, high, lowest, highest = 0, 1<<32, 0, 1<<32-1
	}
	t := math.Trunc(x)
	switch {
	case x != x:
		v, reason = 0, ReasonInvalidConversion
	case t < low:
		v, reason = lowest, ReasonIntegerOverflow
	case t >= high:
		v, reason = highest, ReasonIntegerOverflow
	case t >= 1<<63: // in Go not defined to be converted at once
		v = uint64(int64(t-1<<63)) + 1<<63
	default:
		v = uint64(int64(t))
		if code == TruncI32 {
			v = uint64(uint32(v))
		}
	}
	if saturate {
		reason = 0
	}
	return v, reason
}
