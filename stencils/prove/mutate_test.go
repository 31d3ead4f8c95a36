package prove_test

import (
	"errors"
	"flag"
	"testing"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/generated/amd64"
	"github.com/copyjit/copyjit/stencils/generated/arm64"
	"github.com/copyjit/copyjit/stencils/generated/riscv64"
	"github.com/copyjit/copyjit/stencils/prove"
)

var sets = map[string]*stencils.Set{"amd64": &amd64.Set, "arm64": &arm64.Set, "riscv64": &riscv64.Set}

var (
	perFamily = flag.Int("mutate", 1, "stencils of each family whose bits are flipped, 0 for all of them")
	seed      = flag.Uint64("seed", 1, "which ones")
	solver    = flag.Bool("solver", false, "ask the solver, which takes minutes")
)

// needSolver skips a test that takes minutes unless it is asked for.
func needSolver(t *testing.T) {
	if !*solver {
		t.Skip("takes minutes: with -solver; stencilgen prove -check proves what is not proved yet")
	}
}

// A bit of a stencil that is flipped makes it wrong, or there is a reason why it does
// not.
func TestMutate(t *testing.T) {
	needSolver(t)
	for _, target := range prove.Targets() {
		t.Run(target, func(t *testing.T) {
			r, err := prove.Mutate(sets[target], *perFamily, *seed)
			if errors.Is(err, prove.ErrNoSolver) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			reasons := make(map[string]int)
			for _, m := range r.Survivors {
				reasons[m.Why]++
				if m.Why == "" {
					t.Errorf("%s, %s: %s becomes %s, and is proved", m.Form, m.At, m.From, m.To)
				}
			}
			t.Logf("%d stencils, %d bits: %d relocated, %d rejected, %d refuted, %d survive: %v",
				r.Stencils, r.Bits, r.Relocated, r.Rejected, r.Refuted, len(r.Survivors), reasons)
		})
	}
}
