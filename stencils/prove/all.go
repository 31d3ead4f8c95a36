package prove

import (
	"runtime"
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
	if o.Op != "" {
		var some []*form
		for _, f := range all {
			if f.code != 0 && f.code.String() == o.Op || f.code == 0 && f.name == o.Op {
				some = append(some, f)
			}
		}
		all = some
	}
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
			solver, err := NewSolver(o.Timeout)
			if err != nil {
				mu.Lock()
				defer mu.Unlock()
				failed = err
				return
			}
			defer solver.Close()
			p := &prover{target: t, set: set, solver: solver}
			for n, ok := take(); ok; n, ok = take() {
				results[n] = p.prove(all[n])
			}
		})
	}
	wg.Wait()
	if failed != nil {
		return nil, failed
	}
	return results, nil
}
