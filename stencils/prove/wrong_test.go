package prove

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/stencils/gen"
	"github.com/copyjit/copyjit/stencils/gen/rows"
)

// Templates that are wrong are refuted on each target where they are.
func TestWrong(t *testing.T) {
	needSolver(t)
	const file = "testdata/wrong.c"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	wrong := make(map[string][]string) // form → targets
	for _, m := range regexp.MustCompile(`(?m)^WRONG\((\w+),\s*([a-z0-9 ]+),`).FindAllSubmatch(text, -1) {
		wrong[string(m[1])] = strings.Fields(string(m[2]))
	}
	for _, target := range Targets() {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			set, err := gen.Compile(gen.Options{Target: target, Rows: rows.All()}, []string{file, filepath.FromSlash("../c/facts.c")})
			if errors.Is(err, gen.ErrNoClang) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			results, err := Prove(set, Options{})
			if errors.Is(err, ErrNoSolver) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			seen := make(map[string]bool)
			refuted := 0
			for _, r := range results {
				if strings.HasSuffix(r.Form, "_lr") {
					continue // the same stencil where l and r are one place
				}
				seen[r.Form] = true
				want := Proved
				if slices.Contains(wrong[r.Form], target) {
					want = Refuted
					refuted++
				}
				if r.Verdict != want {
					t.Errorf("%s: %v, want %v: %v", r.Form, r.Verdict, want, r.Err)
				}
				if r.Verdict == Refuted && len(r.Counter.Wrong) == 0 {
					t.Errorf("%s: the counterexample does not say what is wrong: %v", r.Form, r.Counter)
				}
			}
			for form := range wrong {
				if !seen[form] {
					t.Errorf("%s has no result", form)
				}
			}
			t.Logf("%d wrong templates refuted", refuted)
		})
	}
}
