package prove

import (
	"math/rand/v2"

	"github.com/copyjit/copyjit/ops/meaning/bv"
)

// Before a solver is asked, so many inputs are tried that are interesting, and so many
// that are anything. Most of what is wrong is so for many inputs; products and quotients
// of floats, of which the solver knows nothing, for most.
const (
	guesses = 24
	random  = 12
)

// guess looks for values of the unknowns under which all of the bits are 1.
func guess(bits []term) map[term]uint64 {
	pool := bits[0].Pool()
	var vars []term
	seen := make(map[term]bool)
	var walk func(t term)
	walk = func(t term) {
		if seen[t] {
			return
		}
		seen[t] = true
		if t.Op == bv.Var {
			vars = append(vars, t)
		}
		for _, a := range t.Args {
			walk(a)
		}
	}
	for _, b := range bits {
		walk(b)
	}
	source := rand.New(rand.NewPCG(1, uint64(len(vars))))
	for n := range guesses + random {
		f := pool.NewSubst()
		model := make(map[term]uint64)
		for _, v := range vars {
			x := source.Uint64()
			if n < guesses {
				x = Interesting(source)
			}
			model[v] = x & bv.Mask(v.Width)
			f.Replace(v, v.Const(model[v]))
		}
		all := true
		for _, b := range bits {
			if all = f.Apply(b).True(); !all {
				break
			}
		}
		if all {
			return model
		}
	}
	return nil
}

// Interesting returns a number that operations may treat differently from its
// neighbours, or any.
func Interesting(random *rand.Rand) uint64 {
	switch random.IntN(8) {
	case 0:
		return uint64(random.IntN(4)) - 1 // −1 to 2
	case 1:
		return 1 << random.IntN(64)
	case 2:
		return 1<<random.IntN(64) - 1
	case 3:
		return ^uint64(0) << random.IntN(64)
	case 4:
		return uint64(random.IntN(256)) - 128
	case 5:
		return uint64(int64(int32(random.Uint32())))
	case 6:
		return floatBits[random.IntN(len(floatBits))] ^ uint64(random.IntN(2))<<63
	}
	return random.Uint64()
}

// floatBits are floats at whose places something changes: of 64 bits, and of 32 in
// the lower half.
var floatBits = []uint64{
	0, 1, 0x3ff0000000000000, 0x43e0000000000000, 0x43dfffffffffffff, 0x41e0000000000000, 0x41dfffffffc00000, 0x7ff0000000000000,
	0x7ff8000000000000, 0x7ff0000000000001, 0x7fefffffffffffff, 0x0010000000000000, 0x000fffffffffffff, 0x3fe0000000000000,
	0x3f800000, 0x5f000000, 0x4f000000, 0x7f800000, 0x7fc00000, 0x7f800001, 0x7f7fffff, 0x00800000, 0x3f000000,
}
