package prove

import (
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/copyjit/copyjit/stencils"
)

// Options say what to prove and how.
type Options struct {
	Op       string              // the only operation, "" for all
	Workers  int                 // how many at a time; 0 for as many as there are processors
	Timeout  time.Duration       // for a question to the solver; 0 for DefaultTimeout
	Progress func(done, all int) // called before each form, by one goroutine at a time
	Cache    *Cache              // of what has been proved before, or nil
	Only     func(r Result) bool // which forms, by Form and Op, or nil for all
}

// DefaultTimeout is how long the solver may think about one question.
const DefaultTimeout = 60 * time.Second

// Prove proves the stencils of a set, each in all forms that it is used for, and the
// lemmas that their proofs are told. It returns a result for each lemma, then for each
// form in the order of their keys. The error is of what stood in the way of proving at
// all.
func Prove(set *stencils.Set, o Options) ([]Result, error) {
	t, err := lookup(set.Target)
	if err != nil {
		return nil, err
	}
	all, err := forms(set)
	if err != nil {
		return nil, err
	}
	solver, err := SolverVersion()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(f *form) bool { return o.Op != "" && f.op() != o.Op })
	work := tasks(set.Target, all)
	if o.Only != nil {
		work = slices.DeleteFunc(work, func(t task) bool { return !o.Only(t.result()) })
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	results := make([]Result, len(work))
	var (
		mu     sync.Mutex
		next   int
		failed error
		wg     sync.WaitGroup
	)
	take := func() (n int, ok bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(work) || failed != nil {
			return 0, false
		}
		if o.Progress != nil {
			o.Progress(next, len(work))
		}
		next++
		return next - 1, true
	}
	for range o.Workers {
		wg.Go(func() {
			z3, err := NewSolver(o.Timeout)
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = err
				return
			}
			defer z3.Close()
			p := &prover{target: t, set: set, solver: z3}
			for n, ok := take(); ok; n, ok = take() {
				results[n] = p.cached(work[n], o.Cache, solver)
			}
		})
	}
	wg.Wait()
	if failed != nil {
		return nil, failed
	}
	return results, nil
}

// A task is something to prove: a lemma or a form.
type task interface {
	op() string
	result() Result // what is known before
	digest(set *stencils.Set, solver string) digest
	proved(by *prover) Result
	known(target string) (Verdict, error)
}

// tasks returns the lemmas that the proofs of forms are told, which take longest, then
// the forms.
func tasks(target string, forms []*form) []task {
	var list, all []task
	ops, told := make(map[string]bool), make(map[string]bool)
	for _, f := range forms {
		all = append(all, f)
		if ops[f.op()] {
			continue
		}
		ops[f.op()] = true
		for _, l := range lemmasOf(target, f.op()) {
			if !told[l.name] {
				told[l.name] = true
				list = append(list, l)
			}
		}
	}
	return append(list, all...)
}

// cached proves what has not been proved before.
func (p *prover) cached(t task, c *Cache, solver string) Result {
	d := t.digest(p.set, solver)
	if e, ok := c.get(d); ok {
		res := t.result()
		res.Cached = true
		res.Asked, res.Time = int(e.asked), time.Duration(e.micros)*time.Microsecond
		res.Verdict, res.Err = t.known(p.set.Target)
		return res
	}
	res := t.proved(p)
	if res.Verdict == Proved || res.Verdict == TestedOnly {
		c.put(d, &res)
	}
	return res
}

// known returns the verdict on a form of which everything is proved that is to be, and
// why that is not all.
func (f *form) known(target string) (Verdict, error) {
	if reason := testedOnly[target][f.op()]; reason != "" {
		return TestedOnly, errors.New(reason)
	}
	return Proved, nil
}

func (f *form) proved(by *prover) Result { return by.prove(f) }

// op returns the name of the form's operation.
func (f *form) op() string {
	if f.code == 0 {
		return f.name
	}
	return f.code.String()
}

// result returns what is known of a form before it is proved.
func (f *form) result() Result {
	return Result{Form: f.title(), Op: f.op(), Family: family(f.code), Stencil: f.stencil, form: f}
}
