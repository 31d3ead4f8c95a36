package tiertest

import (
	"math"
	"slices"
	"strings"
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
	for r := ops.Reason(0); !strings.HasPrefix(r.String(), "Reason("); r++ {
		if ends[r] == 0 && r != ops.ReasonOutOfFuel { // which is not the program's affair
			t.Errorf("no case ends with %s", r)
		}
	}
}

// TestReadFloats checks that floats of cases are the bits that they should be, and
// that one at the wrong width is an error.
func TestReadFloats(t *testing.T) {
	const text = "copyjit 1\nfunc f (f, f32, f, i) (f, f32)\n\treturn\n"
	p, err := Read("f", []byte(text+"; call f f:0x1p-1074, s:-1.5, 0x7ff0000000000001, -1 -> f:nan, 0x7f800001\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := &p.Cases[0]
	if want := []uint64{1, 0xbfc00000, 0x7ff0000000000001, math.MaxUint64}; !slices.Equal(c.Args, want) {
		t.Errorf("arguments %#x, want %#x", c.Args, want)
	}
	// Of NaNs one stands for all.
	if want := []uint64{0x7ff8000000000000, 0x7fc00000}; !slices.Equal(c.Want, want) {
		t.Errorf("results %#x, want %#x", c.Want, want)
	}
	for _, c := range []struct{ args, want string }{
		{"s:1, s:1, f:1, 1", "f:4: arguments of f: s:1 for a number of type f"},
		{"f:1, f:1, f:1, 1", "f:4: arguments of f: f:1 for a number of type f32"},
		{"f:1, s:1, f:1, f:1", "f:4: arguments of f: f:1 for a number of type i"},
		{"f:1, s:1e39, f:1, 1", `f:4: arguments of f: strconv.ParseFloat: parsing "1e39": value out of range`},
		{"f:1, s:1, f:1", "f:4: arguments of f: 3 numbers for a signature that has 4"},
		{"f:1, s:1, f:1, 1, 1", "f:4: arguments of f: 5 numbers for a signature that has 4"},
	} {
		if _, err := Read("f", []byte(text+"; call f "+c.args+" -> f:0, s:0\n")); err == nil || err.Error() != c.want {
			t.Errorf("%s: %v, want %s", c.args, err, c.want)
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
		least := 20
		if p.Ops(0)[1].Code().Info().R == ops.None {
			least = len(places) // each place is 0 once
		}
		if taken != [2]int{} && min(taken[0], taken[1]) < least {
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
