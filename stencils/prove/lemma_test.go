package prove

import (
	"errors"
	"math/rand/v2"
	"testing"

	"github.com/copyjit/copyjit/ops/meaning"
	"github.com/copyjit/copyjit/ops/meaning/bv"
)

// allLemmas returns the lemmas of all targets, by their names.
func allLemmas(t *testing.T) map[string]*lemma {
	all := make(map[string]*lemma)
	for target := range targets {
		for _, use := range lemmaUses[target] {
			l := use.lemma
			p := bv.NewPool()
			if old := all[l.name]; old != nil && old.says(old.of(p)) != l.says(l.of(p)) {
				t.Errorf("two lemmas are called %s", l.name)
			}
			all[l.name] = l
		}
	}
	if len(all) < 10 {
		t.Fatalf("only %d lemmas", len(all))
	}
	return all
}

// What lemmas say is true of numbers, as Go computes. This needs no solver.
func TestLemmas(t *testing.T) {
	for name, l := range allLemmas(t) {
		p := bv.NewPool()
		app := l.of(p)
		bit := l.says(app)
		random := rand.New(rand.NewPCG(1, uint64(len(name))))
		for range 5000 {
			f := p.NewSubst()
			x := Interesting(random)
			f.Replace(p.Var("x", app.Args[0].Width), p.Const(x, app.Args[0].Width))
			if got := f.Apply(bit); !got.True() {
				t.Fatalf("%s: %v of %#x", name, got, x)
			}
		}
	}
}

// Where a lemma applies it says something.
func TestInstances(t *testing.T) {
	for name, l := range allLemmas(t) {
		p := bv.NewPool()
		app := l.of(p)
		if app.Op != bv.Apply {
			continue // proofs begin with what it says
		}
		if got := instances([]*lemma{l}, app); len(got) != 1 || got[0] != l.says(app) {
			t.Errorf("%s: %v of %v", name, got, app)
		}
		x := app.Args[0]
		for _, other := range []term{meaning.FSqrt(x), meaning.FAdd(p.Var("y", x.Width), p.Var("z", x.Width))} {
			if got := instances([]*lemma{l}, other); len(got) != 0 {
				t.Errorf("%s: %v of %v, which it is not about", name, got, other)
			}
		}
	}
}

// What is not true is no lemma.
func TestNoLemma(t *testing.T) {
	if testing.Short() {
		t.Skip("asks the solver")
	}
	wrong := []*lemma{
		roundings[0].about(32, "itself", func(x, y term) term { return x.Eq(y) }),
		roundings[3].about(32, "towards-0", func(x, y term) term { return y.Eq(meaning.FTrunc(x)) }),
		oneStep(rounding{"ffloor", meaning.FCeil}, 32),
		{
			name: "popcnt-even",
			of:   func(p *bv.Pool) term { return p.Var("x", 64).Popcnt() },
			says: func(t term) term { return t.Extract(0, 1).Not() },
		},
	}
	for _, l := range wrong {
		if v, err := l.ask(); errors.Is(err, ErrNoSolver) {
			t.Skip(err)
		} else if v != Refuted {
			t.Errorf("%s: %v, %v", l.name, v, err)
		}
	}
}
