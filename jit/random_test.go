package jit

import (
	"flag"
	"math/rand/v2"
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
)

const defaultRandom = 3000 // programs

var (
	randomCount = flag.Int("random", defaultRandom, "how many random programs TestRandom runs")
	randomSeed  = flag.Uint64("seed", 1, "the seed of the first of them; the others have the following ones")
)

// TestRandom runs random programs on both tiers, with every safepoint exiting,
// and compares registers and frame at each of them, and how the calls end.
func TestRandom(t *testing.T) {
	interp, jit := tierConfigs[1].engine(t), tierConfigs[3].engine(t)
	programs, cases, safepoints := *randomCount, 0, 0
	if testing.Short() && programs == defaultRandom {
		programs /= 10
	}
	for i := range programs {
		seed := *randomSeed + uint64(i)
		n, failure := compareRandom(t, interp, jit, seed)
		if failure != "" {
			reportRandom(t, interp, jit, seed, failure)
		}
		cases++
		safepoints += n
	}
	t.Logf("%d random programs from seed %d, %d safepoints compared, no difference", cases, *randomSeed, safepoints)
}

// compareRandom runs one program on both engines and returns how many
// safepoints it compared, and the first difference.
func compareRandom(t *testing.T, interp, jit *Engine, seed uint64) (safepoints int, failure string) {
	return compareProgram(t, interp, jit, tiertest.Random(rand.New(rand.NewPCG(seed, 0))))
}

func compareProgram(t *testing.T, interp, jit *Engine, p tiertest.Program) (safepoints int, failure string) {
	a, b := mustCompile(t, interp, p.Program), mustCompile(t, jit, p.Program)
	defer a.Close()
	defer b.Close()
	for _, c := range p.Cases {
		n, diff := compareCase(t, a, b, &c)
		if safepoints += n; diff != "" {
			return safepoints, c.String() + ": " + diff
		}
	}
	return safepoints, ""
}

// reportRandom ends the test with the smallest program found that fails too.
func reportRandom(t *testing.T, interp, jit *Engine, seed uint64, failure string) {
	p := tiertest.Shrink(tiertest.Random(rand.New(rand.NewPCG(seed, 0))), func(p tiertest.Program) bool {
		_, failure := compareProgram(t, interp, jit, p)
		return failure != ""
	})
	_, smaller := compareProgram(t, interp, jit, p)
	t.Fatalf("seed %d: %s\nshrunk to\n%s%s", seed, failure, p.Program, smaller)
}

// FuzzTiers is TestRandom with the seeds that the fuzzer likes.
func FuzzTiers(f *testing.F) {
	f.Add(uint64(1))
	f.Fuzz(func(t *testing.T, seed uint64) {
		interp, jit := tierConfigs[1].engine(t), tierConfigs[3].engine(t)
		if _, failure := compareRandom(t, interp, jit, seed); failure != "" {
			reportRandom(t, interp, jit, seed, failure)
		}
	})
}
