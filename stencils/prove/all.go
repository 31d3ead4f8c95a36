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
	Progress func(done, all int) // called now and then
	Cache    *Cache              // of what has been proved before, or nil
	Only     func(r Result) bool // which forms, by Form and Op, or nil for all
}

// DefaultTimeout is how long the solver may think about one question.
const DefaultTimeout = 60 * time.Second

// Prove proves the stencils of a set, each in all forms that it is used for, and
// returns a result for each form in the order of their keys. The error is of what
// stood in the way of proving at all.
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
	all = slices.DeleteFunc(all, func(f *form) bool {
		return o.Op != "" && f.op() != o.Op || o.Only != nil && !o.Only(f.result())
	})
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	results := make([]Result, len(all))
	var (
		mu     sync.Mutex
		next   int
		failed error
		wg     sync.WaitGroup
	)
	take := func() (n int, ok bool) {
		mu.Lock()
		defer mu.Unlock()
		if next == len(all) || failed != nil {
			return 0, false
		}
		if o.Progress != nil && next%256 == 0 {
			o.Progress(next, len(all))
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
				results[n] = p.cached(all[n], o.Cache, solver)
			}
		})
	}
	wg.Wait()
	if failed != nil {
		return nil, failed
	}
	return results, nil
}

// cached proves a form unless that has been done, or is not to be done.
func (p *prover) cached(f *form, c *Cache, solver string) Result {
	d := f.digest(p.set, solver)
	if c.get(d) {
		res := f.result()
		res.Cached = true
		res.Verdict, res.Err = p.known(f)
		return res
	}
	res := p.prove(f)
	if res.Verdict == Proved || res.Verdict == TestedOnly {
		c.put(d)
	}
	return res
}

// known returns the verdict on a form of which everything is proved that is to be, and
// why that is not all.
func (p *prover) known(f *form) (Verdict, error) {
	if reason := testedOnly[p.set.Target][f.op()]; reason != "" {
		return TestedOnly, errors.New(reason)
	}
	return Proved, nil
}

// op returns the name of the form's operation.
func (f *form) op() string {
	if f.code == 0 {
		return f.name
	}
	return f.code.String()
}

// result returns what is known of a form before it is proved.
func (f *form) result() Result {
	return Result{Form: f.title(), Op: f.op(), Family: family(f.code), Stencil: f.stencil}
}
