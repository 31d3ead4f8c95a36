package tiertest

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestShrink: of a large program that fails because it has a multiplication into
// y little more than that is left.
func TestShrink(t *testing.T) {
	fails := func(p Program) bool { return strings.Contains(p.Program.String(), "mul y, ") }
	for seed := range uint64(1000) {
		p := Random(rand.New(rand.NewPCG(seed, 1)))
		if p.Len() < 100 || !fails(p) {
			continue
		}
		q := Shrink(p, fails)
		if !fails(q) || q.Len() > 15 {
			t.Errorf("seed %d: of %d operations %d are left:\n%s", seed, p.Len(), q.Len(), q.Program)
		}
		return
	}
	t.Error("no program to shrink")
}
