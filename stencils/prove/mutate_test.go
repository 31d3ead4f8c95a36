package prove

import (
	"errors"
	"flag"
	"slices"
	"testing"
	"time"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/generated/amd64"
	"github.com/copyjit/copyjit/stencils/generated/arm64"
	"github.com/copyjit/copyjit/stencils/generated/riscv64"
)

var sets = map[string]*stencils.Set{"amd64": &amd64.Set, "arm64": &arm64.Set, "riscv64": &riscv64.Set}

var (
	perFamily = flag.Int("mutate", 6, "stencils of each family whose bits are flipped, 0 for all of them")
	spend     = flag.Int("effort", mutantEffort, "what the solver may spend on a question about a mutant")
	seed      = flag.Uint64("seed", 1, "which stencils")
	solver    = flag.Bool("solver", false, "ask the solver, which takes minutes")
)

// needSolver skips a test that takes minutes unless it is asked for.
func needSolver(t *testing.T) {
	if !*solver {
		t.Skip("takes minutes: with -solver; stencilgen prove -check proves what is not proved yet")
	}
}

// maxBothRight says that at most one in so many survivors may be right in another way.
const maxBothRight = 50

// A bit of a stencil that is flipped makes it wrong, or there is a reason why it does
// not.
func TestMutate(t *testing.T) {
	needSolver(t)
	for _, target := range Targets() {
		t.Run(target, func(t *testing.T) {
			start := time.Now()
			r, err := mutate(sets[target], *perFamily, *seed, *spend)
			if errors.Is(err, ErrNoSolver) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			for _, f := range families {
				if r.families[f.name] == 0 {
					t.Errorf("no stencil of the family %q has been changed", f.name)
				}
			}
			if *perFamily >= 6 && r.stencils < 100 {
				t.Errorf("%d stencils, at least 100 are wanted", r.stencils)
			}
			reasons := make(map[string]int)
			for _, m := range r.survivors {
				reasons[m.why]++
				if m.why == "" {
					t.Errorf("%s, %s: %s becomes %s, and is proved", m.form, m.at, m.from, m.to)
				} else if m.why == bothRight {
					t.Logf("%s, %s: %s becomes %s, and both are right", m.form, m.at, m.from, m.to)
				}
			}
			if n := reasons[bothRight]; n > len(r.survivors)/maxBothRight {
				t.Errorf("%d of %d survivors for the reason %q", n, len(r.survivors), bothRight)
			}
			t.Logf("%s, seed %d, in %v: %d stencils (%d passed over, whose own proof takes long), %d bits",
				target, *seed, time.Since(start).Round(time.Second), r.stencils, r.passed, r.bits)
			t.Logf("%d of the linker's, %d rejected, %d refuted, %d not decided, %d survive:",
				r.written, r.rejected, r.refuted, r.undecided, len(r.survivors))
			for _, why := range sortedKeys(reasons) {
				t.Logf("%6d  %s", reasons[why], why)
			}
		})
	}
}

func sortedKeys[V any](m map[string]V) (list []string) {
	for k := range m {
		list = append(list, k)
	}
	slices.Sort(list)
	return list
}
