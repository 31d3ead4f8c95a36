package prove

import (
	"errors"
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"sync"

	"github.com/copyjit/copyjit/stencils"
)

// A mutation is a bit of a proved stencil flipped, and proved all the same.
type mutation struct {
	form     string
	at       string // the part, the byte and the bit
	from, to string // the instruction that the bit is in, and what it becomes
	why      string // that this is right, "" if nothing says so
}

// A mutationReport counts the mutations of one target.
type mutationReport struct {
	stencils  int
	families  map[string]int // how many stencils of each
	passed    int            // stencils whose own proof takes the solver too long
	bits      int
	written   int // bits that the linker writes: Set.Check finds them
	rejected  int // no longer decoded, or not modelled
	undecided int // by so little effort: see mutantEffort
	refuted   int
	survivors []mutation
}

func (r *mutationReport) add(o *mutationReport) {
	r.bits += o.bits
	r.written += o.written
	r.rejected += o.rejected
	r.undecided += o.undecided
	r.refuted += o.refuted
	r.survivors = append(r.survivors, o.survivors...)
}

// mutantEffort is what the solver may spend on a question about a mutant, as z3 counts
// (rlimit): a limit of time would give another report on another machine.
//
// A mutant that is not decided with that counts as caught. What becomes of a stencil
// that is not proved is that it does not ship, and it is no different for one that is
// wrong. But it may be one that a patient solver would prove, which would have to be
// explained: so the report says how many there are, and make mutate is more patient.
const mutantEffort = 300_000

// A mutator flips bits in a set of its own.
type mutator struct {
	prover
	patient *Solver      // for why mutants are right, which are few
	check   stencils.Set // the stencil alone, to be checked
	code    []byte       // of both sets
}

// uses are the forms that use one stencil.
type uses []*form

func (u uses) stencil() int { return u[0].stencil }

// mutate flips every bit of stencils, one at a time, and proves again. It takes so many
// stencils of each family at random, or all if the number is 0.
func mutate(set *stencils.Set, perFamily int, seed uint64, effort int) (*mutationReport, error) {
	t, err := lookup(set.Target)
	if err != nil {
		return nil, err
	}
	families, err := usesByFamily(set, perFamily, seed)
	if err != nil {
		return nil, err
	}
	report := &mutationReport{families: make(map[string]int)}
	var mu sync.Mutex
	each := func(n int, do func(m *mutator, k int) error) error {
		var (
			next   int
			failed error
			wg     sync.WaitGroup
		)
		take := func() (k int, ok bool) {
			mu.Lock()
			defer mu.Unlock()
			next++
			return next - 1, next <= n && failed == nil
		}
		for range runtime.GOMAXPROCS(0) {
			wg.Go(func() {
				solver, err := startSolver(fmt.Sprintf("rlimit=%d", effort))
				if err != nil {
					mu.Lock()
					defer mu.Unlock()
					failed = err
					return
				}
				defer solver.Close()
				patient, err := startSolver(fmt.Sprintf("rlimit=%d", 30*effort))
				if err == nil {
					defer patient.Close()
				}
				m := &mutator{prover: prover{target: t, set: set, solver: solver}, patient: patient}
				for k, ok := take(); ok && err == nil; k, ok = take() {
					err = do(m, k)
				}
				mu.Lock()
				defer mu.Unlock()
				failed = errors.Join(failed, err)
			})
		}
		wg.Wait()
		return failed
	}
	// Those whose own proof is done with so much effort: of the mutants of others
	// nothing could be said.
	err = each(len(families), func(m *mutator, k int) error {
		var chosen []uses
		passed := 0
		for _, u := range families[k] {
			if m.verdict(u) == Proved {
				chosen = append(chosen, u)
			} else {
				passed++
			}
			if len(chosen) == perFamily && perFamily > 0 {
				break
			}
		}
		families[k] = chosen
		mu.Lock()
		defer mu.Unlock()
		report.passed += passed
		report.stencils += len(chosen)
		return nil
	})
	if err != nil {
		return nil, err
	}
	var all []uses
	for _, list := range families {
		for _, u := range list {
			report.families[family(u[0].code)]++
			all = append(all, u)
		}
	}
	return report, each(len(all), func(m *mutator, k int) error {
		one, err := m.stencil(set, all[k])
		mu.Lock()
		defer mu.Unlock()
		report.add(&one)
		return err
	})
}

// usesByFamily returns the stencils of each family that have a proof, in an order at
// random if not all are wanted.
func usesByFamily(set *stencils.Set, perFamily int, seed uint64) ([][]uses, error) {
	all, err := forms(set)
	if err != nil {
		return nil, err
	}
	of := make(map[int]int) // stencil → its place in list
	var list []uses
	for _, f := range all {
		if testedOnly[set.Target][f.op()] != "" {
			continue
		}
		n, ok := of[f.stencil]
		if !ok {
			n = len(list)
			of[f.stencil] = n
			list = append(list, nil)
		}
		list[n] = append(list[n], f)
	}
	if perFamily > 0 {
		random := rand.New(rand.NewPCG(seed, 1))
		random.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	}
	byName := make(map[string]int)
	var families [][]uses
	for _, u := range list {
		name := family(u[0].code)
		n, ok := byName[name]
		if !ok {
			n = len(families)
			byName[name] = n
			families = append(families, nil)
		}
		families[n] = append(families[n], u)
	}
	return families, nil
}

// verdict proves all forms that use a stencil, up to the first that is not proved. What
// is quick comes first: most mutants are wrong for most inputs.
func (m *mutator) verdict(u uses) Verdict {
	for _, m.guessing = range []bool{true, false} {
		for _, f := range u {
			if v := m.prove(f).Verdict; v != Proved {
				return v
			}
		}
	}
	return Proved
}

// use makes the mutator's sets ones in which the bytes of a stencil are its own: in
// the tables it may share them.
func (m *mutator) use(set *stencils.Set, u uses) {
	s := set.Stencils[u.stencil()]
	m.code = nil
	for _, p := range []*stencils.Part{&s.Hot, &s.Cold} {
		code := set.Code[p.Code:][:int(p.Size)+stencils.Slack]
		p.Code = uint32(len(m.code))
		m.code = append(m.code, code...)
	}
	mine := *set
	mine.Stencils = make([]stencils.Stencil, len(set.Stencils))
	mine.Stencils[u.stencil()] = s
	m.set = &mine
	m.check = stencils.Set{Target: set.Target, RegBits: set.RegBits, Fields: set.Fields, Holes: set.Holes, Layouts: set.Layouts,
		Stencils: []stencils.Stencil{s}}
	m.renew()
}

func (m *mutator) renew() {
	m.set.Code = string(m.code)
	m.check.Code = m.set.Code
}

// flip flips a bit of a part.
func (m *mutator) flip(p *stencils.Part, bit int) {
	m.code[int(p.Code)+bit/8] ^= 1 << (bit % 8)
	m.renew()
}

// stencil flips every bit of a stencil, given all forms that use it.
func (m *mutator) stencil(set *stencils.Set, u uses) (mutationReport, error) {
	var report mutationReport
	m.use(set, u)
	if err := m.check.Check(); err != nil {
		return report, err
	}
	s := &m.set.Stencils[u.stencil()]
	for n, p := range []*stencils.Part{&s.Hot, &s.Cold} {
		written := writtenBits(m.set, p)
		for bit := range 8 * int(p.Size) {
			report.bits++
			m.flip(p, bit)
			if written[bit] {
				if m.check.Check() == nil {
					return report, fmt.Errorf("%s: bit %d of %s is the linker's, and Check does not mind that it is set", set.Target, bit, u[0].title())
				}
				report.written++
				m.flip(p, bit)
				continue
			}
			verdict := m.verdict(u)
			m.flip(p, bit)
			switch verdict {
			case Refuted:
				report.refuted++
			case Undecided:
				report.undecided++
			case Rejected:
				report.rejected++
			case Proved:
				report.survivors = append(report.survivors, m.survivor(u, p, n == 1, bit))
			default:
				return report, fmt.Errorf("%s: a mutant of %s is %v", set.Target, u[0].title(), verdict)
			}
		}
	}
	return report, nil
}

// writtenBits returns which bits of a part the linker writes.
func writtenBits(set *stencils.Set, p *stencils.Part) []bool {
	written := make([]bool, 8*int(p.Size)+64)
	for _, f := range set.FieldsOf(p) {
		for mask := f.D | f.L | f.R | f.S; mask != 0; mask &= mask - 1 {
			at := 8*int(f.Offset) + bits.TrailingZeros64(mask)
			for k := range int(set.RegBits) {
				written[at+k] = true
			}
		}
	}
	for _, h := range set.HolesOf(p) {
		for mask := h.Kind.Bits(); mask != 0; mask &= mask - 1 {
			written[8*int(h.Offset)+bits.TrailingZeros64(mask)] = true
		}
	}
	return written
}
