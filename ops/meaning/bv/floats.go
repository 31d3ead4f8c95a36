package bv

import (
	"math"
	"math/big"
)

// Apply returns a function's value. Of a function that package bv can compute, the
// value at constants is one.
//
// The functions of floats take and give bits. Names end in the width of the
// result; what gives NaN gives some NaN, and nothing may depend on which.
func (p *Pool) Apply(name string, w uint8, args ...*Term) *Term {
	if f := p.funcs[name]; f != nil {
		consts := make([]uint64, len(args))
		all := true
		for i, a := range args {
			consts[i] = a.Value
			all = all && a.IsConst()
		}
		if all {
			return p.Const(f(consts), w)
		}
	}
	if commutative[name] {
		a, b := sorted(args[0], args[1])
		args = []*Term{a, b}
	}
	return p.make(Apply, w, 0, name, args, nil)
}

var commutative = map[string]bool{"fadd64": true, "fadd32": true, "fmul64": true, "fmul32": true}

func f64(v uint64) float64      { return math.Float64frombits(v) }
func f32(v uint64) float32      { return math.Float32frombits(uint32(v)) }
func b64(v float64) uint64      { return math.Float64bits(v) }
func b32(v float32) uint64      { return uint64(math.Float32bits(v)) }
func nearest(v float64) float64 { return math.RoundToEven(v) }

// floatFuncs are the functions that are left uninterpreted in proofs.
var floatFuncs = map[string]Func{
	"fadd64":  func(a []uint64) uint64 { return b64(f64(a[0]) + f64(a[1])) },
	"fsub64":  func(a []uint64) uint64 { return b64(f64(a[0]) - f64(a[1])) },
	"fmul64":  func(a []uint64) uint64 { return b64(f64(a[0]) * f64(a[1])) },
	"fdiv64":  func(a []uint64) uint64 { return b64(f64(a[0]) / f64(a[1])) },
	"fsqrt64": func(a []uint64) uint64 { return b64(math.Sqrt(f64(a[0]))) },
	"fadd32":  func(a []uint64) uint64 { return b32(f32(a[0]) + f32(a[1])) },
	"fsub32":  func(a []uint64) uint64 { return b32(f32(a[0]) - f32(a[1])) },
	"fmul32":  func(a []uint64) uint64 { return b32(f32(a[0]) * f32(a[1])) },
	"fdiv32":  func(a []uint64) uint64 { return b32(f32(a[0]) / f32(a[1])) },
	"fsqrt32": func(a []uint64) uint64 { return b32(float32(math.Sqrt(float64(f32(a[0]))))) },

	"ffloor64":   func(a []uint64) uint64 { return b64(math.Floor(f64(a[0]))) },
	"fceil64":    func(a []uint64) uint64 { return b64(math.Ceil(f64(a[0]))) },
	"ftrunc64":   func(a []uint64) uint64 { return b64(math.Trunc(f64(a[0]))) },
	"fnearest64": func(a []uint64) uint64 { return b64(nearest(f64(a[0]))) },
	"ffloor32":   func(a []uint64) uint64 { return b32(float32(math.Floor(float64(f32(a[0]))))) },
	"fceil32":    func(a []uint64) uint64 { return b32(float32(math.Ceil(float64(f32(a[0]))))) },
	"ftrunc32":   func(a []uint64) uint64 { return b32(float32(math.Trunc(float64(f32(a[0]))))) },
	"fnearest32": func(a []uint64) uint64 { return b32(float32(nearest(float64(f32(a[0]))))) },

	// From integers; sNwM is of N bits with a sign to M bits.
	"fromS64w64": func(a []uint64) uint64 { return b64(float64(int64(a[0]))) },
	"fromU64w64": func(a []uint64) uint64 { return b64(float64(a[0])) },
	"fromS32w64": func(a []uint64) uint64 { return b64(float64(int32(a[0]))) },
	"fromU32w64": func(a []uint64) uint64 { return b64(float64(uint32(a[0]))) },
	"fromS64w32": func(a []uint64) uint64 { return nearest32(new(big.Float).SetInt64(int64(a[0]))) },
	"fromU64w32": func(a []uint64) uint64 { return nearest32(new(big.Float).SetUint64(a[0])) },
	"fromS32w32": func(a []uint64) uint64 { return b32(float32(int32(a[0]))) },
	"fromU32w32": func(a []uint64) uint64 { return b32(float32(uint32(a[0]))) },

	// To integers of 64 bits, rounded towards 0, of what is in range.
	"toS64w64": func(a []uint64) uint64 { return uint64(int64(clamp(f64(a[0]), -1<<63, 1<<63))) },
	"toU64w64": func(a []uint64) uint64 { return uint64(clamp(f64(a[0]), 0, 1<<64)) },
	"toS64w32": func(a []uint64) uint64 { return uint64(int64(clamp(float64(f32(a[0])), -1<<63, 1<<63))) },
	"toU64w32": func(a []uint64) uint64 { return uint64(clamp(float64(f32(a[0])), 0, 1<<64)) },

	"promote": func(a []uint64) uint64 { return b64(float64(f32(a[0]))) },
	"demote":  func(a []uint64) uint64 { return b32(float32(f64(a[0]))) },
}

// nearest32 returns the float32 nearest to x, the even one of two. Go's own conversion
// of 64 bits cuts them off on platforms of 32.
func nearest32(x *big.Float) uint64 {
	v, _ := x.Float32()
	return b32(v)
}

// clamp returns 0 of what is not in range, so that conversions in Go, whose results
// would be the processor's, are defined.
func clamp(v, low, end float64) float64 {
	if v >= low && v < end {
		return v
	}
	return 0
}
