package tiertest

import (
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// TestCorpus checks that every program has cases, and that together they end in
// every way in which a call can.
func TestCorpus(t *testing.T) {
	ends := map[ops.Reason]int{}
	programs := Corpus(t)
	if len(programs) < 15 {
		t.Errorf("only %d programs", len(programs))
	}
	for _, p := range programs {
		if len(p.Cases) == 0 {
			t.Errorf("%s has no cases", p.Name)
		}
		for _, c := range p.Cases {
			ends[c.Trap]++
		}
	}
	for r := ops.Reason(0); r <= ops.ReasonIntegerOverflow; r++ {
		if ends[r] == 0 {
			t.Errorf("no case ends with %s", r)
		}
	}
}

// TestForms checks that generated programs see both ways of each branch.
func TestForms(t *testing.T) {
	for _, p := range Forms(t) {
		var taken [2]int
		for _, c := range p.Cases {
			if len(c.Want) == len(places)+1 {
				taken[c.Want[len(places)]]++
			}
		}
		if taken != [2]int{} && (taken[0] < 20 || taken[1] < 20) {
			t.Errorf("%s: %d times not taken, %d times taken", p.Name, taken[0], taken[1])
		}
	}
}

// TestDiff checks that an outcome that differs in anything is noticed.
func TestDiff(t *testing.T) {
	p, err := Read("f", []byte("copyjit 1\n; call f 5 -> 5\n; call g -> trap 3 in g\nfunc f (i) (i)\n return\nfunc g ()\n trap 3\n"))
	if err != nil {
		t.Fatal(err)
	}
	f, g := &p.Cases[0], &p.Cases[1]
	right := []Outcome{f.Interpret(p.Program), g.Interpret(p.Program)}
	if d := f.Diff(p.Program, right[0]); d != "" {
		t.Error(d)
	}
	if d := g.Diff(p.Program, right[1]); d != "" {
		t.Error(d)
	}
	for _, o := range []Outcome{right[1], {}, {Results: []uint64{6}}, {Results: []uint64{5, 5}}} {
		if f.Diff(p.Program, o) == "" || o.Equal(right[0]) {
			t.Errorf("%+v passes for %s", o, f)
		}
	}
	inF := right[1]
	inF.At.Func = f.ID
	for _, o := range []Outcome{right[0], {}, {Trap: ops.ReasonStackOverflow, At: right[1].At}, inF} {
		if g.Diff(p.Program, o) == "" || o.Equal(right[1]) {
			t.Errorf("%+v passes for %s", o, g)
		}
	}
}
