package prove

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// A Counterexample is inputs for which a stencil does something else than its
// operation.
type Counterexample struct {
	Inputs []string // what registers, slots and holes hold: "r12 = 0x1"
	Wrong  []string // what is wrong then: "r12: expected 0x0, got 0x1"
}

// String returns it in lines.
func (c *Counterexample) String() string {
	return "with " + strings.Join(c.Inputs, ", ") + "\n" + strings.Join(c.Wrong, "\n")
}

// counterexample makes one of a solver's model.
func (r *run) counterexample(model map[term]uint64, left []difference) *Counterexample {
	f := r.env.pool.NewSubst()
	var vars []term
	for v, x := range model {
		f.Replace(v, v.Const(x))
		vars = append(vars, v)
	}
	slices.SortFunc(vars, func(a, b term) int { return cmp.Compare(a.ID(), b.ID()) })
	c := new(Counterexample)
	for _, v := range vars {
		c.Inputs = append(c.Inputs, fmt.Sprintf("%s = %#x", v.Name, model[v]))
	}
	for _, d := range left {
		if d.got == nil || d.got.IsConst() && d.want.IsConst() && d.got.Width == 1 {
			c.Wrong = append(c.Wrong, d.what)
			continue
		}
		got, want := f.Apply(d.got), f.Apply(d.want)
		if got != want {
			c.Wrong = append(c.Wrong, fmt.Sprintf("%s: expected %v, got %v", d.what, want, got))
		}
	}
	return c
}
