package main

import (
	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// A kernel is a function that bench measures, of one integer.
type kernel struct {
	name  string
	build func(*ops.Builder) ops.FuncID
	want  func(arg uint64) uint64         // its result, computed in Go
	unit  string                          // what steps counts
	steps func(arg, result uint64) uint64 // how much a call does
	work  map[jit.Tier]workload
}

// A workload says what bench does with a kernel on a tier.
type workload struct {
	compiles int    // how often it is compiled
	runs     int    // how often it is run
	arg      uint64 // with which argument
}

// kernels cover branches, calls, memory and floats. Their work takes a second or so
// per row. Tiers differ a hundredfold, so that their arguments do; the time per step
// can be compared.
var kernels = []kernel{
	{
		"loop", sample.Loop, wantLoop, "iterations of loop",
		func(arg, _ uint64) uint64 { return arg },
		map[jit.Tier]workload{jit.TierNative: {200_000, 3, 1e9}, jit.TierInterp: {200_000, 3, 1e7}},
	},
	{
		"fib", sample.Fib, wantFib, "calls of fib",
		// The result counts the leaves, and there are as many calls that are none,
		// less one.
		func(_, result uint64) uint64 { return 2*result - 1 },
		map[jit.Tier]workload{jit.TierNative: {200_000, 3, 40}, jit.TierInterp: {200_000, 3, 28}},
	},
	{
		"sieve", sample.Sieve, wantSieve, "numbers that sieve looks at",
		func(arg, _ uint64) uint64 { return arg },
		map[jit.Tier]workload{jit.TierNative: {50_000, 3, 16e6}, jit.TierInterp: {50_000, 3, 16e5}},
	},
	{
		"mandelbrot", sample.Mandelbrot, wantMandelbrot, "iterations of mandelbrot",
		func(_, result uint64) uint64 { return result },
		map[jit.Tier]workload{jit.TierNative: {50_000, 3, 1000}, jit.TierInterp: {50_000, 3, 100}},
	},
}

func wantLoop(n uint64) uint64 {
	// n or n−1 is even: halve that before the product is cut to 64 bits.
	if n%2 == 0 {
		return n / 2 * (n - 1)
	}
	return n * ((n - 1) / 2)
}

func wantFib(n uint64) uint64 {
	a, b := uint64(1), uint64(1)
	for ; n > 2; n-- {
		a, b = b, a+b
	}
	return b
}

func wantSieve(n uint64) (count uint64) {
	crossed := make([]bool, n)
	for i := uint64(2); i < n; i++ {
		if crossed[i] {
			continue
		}
		count++
		for j := i * i; j < n; j += i {
			crossed[j] = true
		}
	}
	return count
}

func wantMandelbrot(n uint64) (total uint64) {
	step := 3 / float64(n)
	for y := range n {
		// Conversions keep Go from rounding products and sums at once.
		ci := float64(float64(y)*step) - 1.5
		for x := range n {
			cr := float64(float64(x)*step) - 2
			var zr, zi float64
			for range 200 {
				rr, ii, ri := float64(zr*zr), float64(zi*zi), float64(zr*zi)
				if rr+ii > 4 {
					break
				}
				zr, zi = rr-ii+cr, ri+ri+ci
				total++
			}
		}
	}
	return total
}
