package prove

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Exactly these tables have been proved, by the prover as it is. This needs no solver.
func TestProved(t *testing.T) {
	for _, target := range Targets() {
		t.Run(target, func(t *testing.T) {
			file := filepath.Join("..", "..", filepath.FromSlash(ResultFile(target)))
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatalf("%v: run make prove", err)
			}
			committed, err := ReadCommitted(data)
			if err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			list, err := committed.Uncovered(sets[target])
			if err != nil {
				t.Errorf("%s: %v", file, err)
			} else if len(list) > 0 {
				t.Errorf("%s: %d operations are not proved as they are now, %s among them: run make prove", target, len(list), list[0])
			}
		})
	}
}

// Some operations of each kind can be proved here and now.
func TestProve(t *testing.T) {
	needSolver(t)
	for _, target := range Targets() {
		for _, op := range []string{"add", "rotl32", "div", "bltu", "sellt", "load16s", "store32_a32", "fmin", "fsetlt", "calli", "switch", "entry"} {
			results, err := Prove(sets[target], Options{Op: op, Timeout: 5 * time.Minute})
			if errors.Is(err, ErrNoSolver) {
				t.Skip(err)
			} else if err != nil {
				t.Fatal(err)
			}
			if len(results) == 0 {
				t.Errorf("%s: no forms of %s", target, op)
			}
			for _, r := range results {
				if r.Verdict != Proved {
					t.Errorf("%s: %s: %v: %v\n%v", target, r.Form, r.Verdict, r.Err, r.Counter)
				}
			}
		}
	}
}
