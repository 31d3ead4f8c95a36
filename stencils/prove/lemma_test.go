package prove

import (
	"errors"
	"testing"
	"time"

	"github.com/copyjit/copyjit/ops/meaning/bv"
)

// Counting ones in parallel is counting ones.
func TestPopcnt(t *testing.T) {
	solver, err := NewSolver(10 * time.Minute)
	if errors.Is(err, ErrNoSolver) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	defer solver.Close()
	x := bv.NewPool().Var("x", 64)
	q, err := newScript(false, []term{parallelPopcnt(x).Ne(x.Popcnt())}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if a, model, err := solver.ask(q); err != nil || a != impossible {
		t.Errorf("answer %d, %v, %v", a, model, err)
	}
}
