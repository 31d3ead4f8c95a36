package prove

import (
	"errors"
	"fmt"
	"time"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/ops/meaning"
	"github.com/copyjit/copyjit/stencils"
)

// A Verdict is how a proof ended.
type Verdict uint8

// The verdicts.
const (
	Proved     Verdict = iota // equal to the meaning, for all inputs
	Refuted                   // not equal, and there are inputs that show it
	Undecided                 // the solver gave up
	Rejected                  // something that is not modelled
	TestedOnly                // not to be proved
)

var verdictNames = [...]string{"proved", "refuted", "undecided", "rejected", "tested only"}

// String names the verdict.
func (v Verdict) String() string { return verdictNames[v] }

// A Result says how the proof of one form, or lemma, ended.
type Result struct {
	Form    string // as templates are named, or a lemma's name
	Op      string
	Family  string // of operations that are counted together
	Stencil int    // −1 of a lemma
	Cached  bool   // proved before
	Verdict Verdict
	Asked   int // questions put to the solver
	Time    time.Duration
	Err     error           // of a form that is not proved
	Counter *Counterexample // of one that is refuted

	form *form // nil of a lemma
}

// A prover proves forms of one set, one after the other.
type prover struct {
	target *target
	set    *stencils.Set
	solver *Solver

	// guessing asks the solver nothing: what no guess refutes passes. One path may be
	// wrong, and others a long question each.
	guessing bool
}

// prove proves a form.
func (p *prover) prove(f *form) Result {
	start := time.Now()
	res := p.attempt(f)
	if res.Verdict == Undecided && !p.guessing {
		// It may be wrong elsewhere, and easily so.
		guess := *p
		guess.guessing = true
		if again := guess.attempt(f); again.Verdict == Refuted {
			res = again
		}
	}
	res.Time = time.Since(start)
	return res
}

// attempt proves a form, up to the first question that is not answered as it should be.
func (p *prover) attempt(f *form) Result {
	res := f.result()
	r, err := p.run(f)
	if err == nil {
		err = p.check(r, &res)
	} else {
		res.Verdict = Rejected
	}
	if err == nil {
		res.Verdict, err = f.known(p.set.Target)
	}
	res.Err = err
	return res
}

// run executes a form's stencil.
func (p *prover) run(f *form) (*run, error) {
	e, err := newEnv(p.set, f)
	if err != nil {
		return nil, err
	}
	r := &run{target: p.target, form: f, env: e, anyResult: testedOnly[p.set.Target][f.op()] != ""}
	r.lemmas = lemmasOf(p.set.Target, f.op())
	r.set = p.set
	s := &p.set.Stencils[f.stencil]
	r.parts = [2]code{fill(p.set, &s.Hot, f), fill(p.set, &s.Cold, f)}
	return r, nil
}

var (
	errRefuted   = errors.New("it does not do what it should")
	errUndecided = errors.New("the solver gave up")
)

// check executes the stencil and compares all that may happen with all that should.
func (p *prover) check(r *run, res *Result) error {
	first := r.start()
	if r.form.code == ops.CallI {
		// No Signature has the number that says that there is none.
		first.assume(r.env.extra.Ne(r.env.extra.Const(meaning.NoSignature)))
		r.env.tableIndex = r.operandValue(&r.form.l, first)
		r.env.tableEntry(p.set, r.env.tableIndex)
	}
	if err := p.explore(r, res, place{}, first, func() ([]outcome, error) { return r.expect(p.set, first) }); err != nil {
		return err
	}
	if !r.form.comesBack() {
		for _, at := range r.taken {
			if r.env.near[r.env.codeAddress(at)] == nil {
				res.Verdict = Rejected
				return fmt.Errorf("it takes the address of %v", at)
			}
		}
		return nil
	}
	behind := r.taken[0]
	r.exits, r.requires = nil, nil
	return p.explore(r, res, behind, first, func() ([]outcome, error) { return r.behind(first), nil })
}

// explore executes from a place on and compares all that may happen with all that
// should.
func (p *prover) explore(r *run, res *Result, from place, first *state, expect func() ([]outcome, error)) error {
	if err := r.from(from, first.clone()); err != nil {
		res.Verdict = Rejected
		return err
	}
	outcomes, err := expect()
	if err != nil {
		res.Verdict = Rejected
		return err
	}
	for _, q := range r.requires {
		if err := p.impossible(r, res, append(q.path, q.must.Not()), []difference{{what: q.what + " at " + q.at.String()}}, nil); err != nil {
			return err
		}
	}
	for n := range r.exits {
		for m := range outcomes {
			if err := p.agree(r, res, first, &r.exits[n], &outcomes[m]); err != nil {
				return fmt.Errorf("%v: %w", r.exits[n].at, err)
			}
		}
	}
	return nil
}

// agree shows that a path and an outcome that come together are the same.
func (p *prover) agree(r *run, res *Result, first *state, x *exit, o *outcome) error {
	when := x.state.know(o.when)
	if when.False() {
		return nil
	}
	bits := append(append([]term(nil), x.state.path...), when)
	f := r.env.pool.NewSubst()
	for _, b := range bits {
		f.Assume(b)
	}
	var left []difference
	differ := r.env.pool.Bool(false)
	for _, d := range r.compare(p.set, first, x, o) {
		got, want := f.Apply(d.got), f.Apply(d.want)
		if got == want {
			continue
		}
		left = append(left, difference{d.what, got, want})
		differ = differ.Or(got.Ne(want))
	}
	if differ.False() {
		return nil
	}
	return p.impossible(r, res, append(bits, differ), left, x)
}

// impossible shows that not all of the bits can be 1. If they can, left is what is wrong
// at the end x of a path, which is nil on the way.
func (p *prover) impossible(r *run, res *Result, bits []term, left []difference, x *exit) error {
	f := r.env.pool.NewSubst()
	for n, b := range bits {
		if b = f.Apply(b); b.False() {
			return nil
		}
		bits[n] = b
		f = r.env.pool.NewSubst()
		for _, b := range bits[:n+1] {
			f.Assume(b)
		}
	}
	if model := guess(bits); model != nil {
		res.Verdict, res.Counter = Refuted, r.counterexample(model, left, x)
		return errRefuted
	}
	if p.guessing {
		return nil
	}
	exact := false
	var facts []fact
	for range maxQuestions {
		res.Asked++
		q, err := newScript(exact, r.lemmas, bits, facts)
		if err != nil {
			res.Verdict = Rejected
			return err
		}
		a, model, err := p.solver.ask(q)
		switch {
		case err != nil:
			res.Verdict = Undecided
			return err
		case a == impossible:
			return nil
		case a == unknown:
			res.Verdict = Undecided
			return errUndecided
		case !exact:
			exact = true // products and quotients are not just any functions
			continue
		}
		values := r.env.pool.NewSubst()
		for v, x := range model {
			values.Replace(v, v.Const(x))
		}
		real := true
		for _, b := range bits {
			real = real && !values.Apply(b).False()
		}
		if real {
			res.Verdict, res.Counter = Refuted, r.counterexample(model, left, x)
			return errRefuted
		}
		// Only of functions that are not what they are: tell the solver what they are there.
		facts = append(facts, q.factsAt(values)...)
	}
	res.Verdict = Undecided
	return errUndecided
}

// maxQuestions is how often the solver may be wrong about a function before it is
// believed that it does not find out.
const maxQuestions = 12
