package prove

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/copyjit/copyjit/stencils"
)

// A Mutation is one bit of a proved stencil flipped.
type Mutation struct {
	Form    string
	At      string // the part, the byte and the bit
	From    string // the instruction that the bit is in
	To      string // what it becomes
	Verdict Verdict
	Why     string // of one that is proved all the same: why that is right, "" if it is not known
}

// A MutationReport counts the mutations of one target.
type MutationReport struct {
	Stencils  int
	Bits      int
	Relocated int // bits of holes and register fields: the linker writes them
	Rejected  int // no longer decoded or modelled, or not to be decided
	Refuted   int
	Survivors []Mutation
}

// Mutate flips every bit of stencils, one at a time, and proves again. It takes a
// number of forms of each family at random, or all if the number is 0.
func Mutate(set *stencils.Set, perFamily int, seed uint64) (*MutationReport, error) {
	t, err := lookup(set.Target)
	if err != nil {
		return nil, err
	}
	all, err := forms(set)
	if err != nil {
		return nil, err
	}
	uses := make(map[int][]*form) // by stencil
	for _, f := range all {
		uses[f.stencil] = append(uses[f.stencil], f)
	}
	chosen := choose(all, set.Target, perFamily, seed)
	report := &MutationReport{Stencils: len(chosen)}
	var (
		mu     sync.Mutex
		failed error
		wg     sync.WaitGroup
		work   = make(chan *form)
	)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			solver, err := NewSolver(2 * time.Second)
			if err == nil {
				defer solver.Close()
			}
			mine := *set
			m := &mutator{prover{target: t, set: &mine, solver: solver}, []byte(set.Code)}
			for f := range work {
				if err != nil {
					continue
				}
				var one MutationReport
				err = m.all(uses[f.stencil], &one)
				mu.Lock()
				report.add(&one)
				mu.Unlock()
			}
			if err != nil {
				mu.Lock()
				failed = err
				mu.Unlock()
			}
		})
	}
	for _, f := range chosen {
		work <- f
	}
	close(work)
	wg.Wait()
	return report, failed
}

func (r *MutationReport) add(o *MutationReport) {
	r.Bits += o.Bits
	r.Relocated += o.Relocated
	r.Rejected += o.Rejected
	r.Refuted += o.Refuted
	r.Survivors = append(r.Survivors, o.Survivors...)
}

// choose takes forms of different stencils, as many of each family.
func choose(all []*form, target string, perFamily int, seed uint64) []*form {
	rnd := rand.New(rand.NewPCG(seed, 1))
	all = slices.Clone(all)
	if perFamily > 0 {
		rnd.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	}
	count := make(map[string]int)
	done := make(map[int]bool)
	var list []*form
	for _, f := range all {
		name := family(f.code)
		if done[f.stencil] || testedOnly[target][f.op()] != "" || perFamily > 0 && count[name] >= perFamily {
			continue
		}
		done[f.stencil] = true
		count[name]++
		list = append(list, f)
	}
	return list
}

// A mutator flips bits in a set of its own.
type mutator struct {
	prover
	code []byte // the set's, but for one bit
}

// flip flips a bit.
func (m *mutator) flip(at, bit int) {
	m.code[at] ^= 1 << bit
	m.set.Code = string(m.code)
}

// all flips every bit of a stencil, given all forms that use it.
func (m *mutator) all(uses []*form, report *MutationReport) error {
	s := &m.set.Stencils[uses[0].stencil]
	for n, p := range []*stencils.Part{&s.Hot, &s.Cold} {
		written := writtenBits(m.set, p)
		for bit := range 8 * int(p.Size) {
			report.Bits++
			if written[bit] {
				report.Relocated++
				continue
			}
			at := int(p.Code) + bit/8
			m.flip(at, bit%8)
			verdict := Proved
			for _, f := range uses {
				if verdict = m.prove(f).Verdict; verdict != Proved {
					break
				}
			}
			m.flip(at, bit%8)
			switch verdict {
			case Refuted:
				report.Refuted++
			case Proved:
				where := place{n == 1, bit / 8}
				report.Survivors = append(report.Survivors, m.survivor(uses[0], p, where, bit%8))
			default:
				report.Rejected++
			}
		}
	}
	return nil
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

// survivor describes a mutation that is proved.
func (m *mutator) survivor(f *form, p *stencils.Part, at place, bit int) Mutation {
	code := fill(m.set, p, f)
	from := 0
	for {
		n, err := m.target.length(code.bytes[from:])
		if err != nil || from+n > at.offset {
			break
		}
		from += n
	}
	mutation := Mutation{Form: f.name, At: fmt.Sprintf("%v bit %d", at, bit), From: m.target.text(code.bytes[from:])}
	code.bytes[at.offset] ^= 1 << bit
	mutation.To = m.target.text(code.bytes[from:])
	mutation.Why = m.target.explain(mutation.From, mutation.To)
	return mutation
}
