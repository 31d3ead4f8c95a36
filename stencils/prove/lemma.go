package prove

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"time"

	"github.com/copyjit/copyjit/ops/meaning/bv"
	"github.com/copyjit/copyjit/stencils"
)

// A lemma is something that the solver proves once, of unknown arguments, so that it can
// be told in the proofs of many stencils where it takes long to find out.
//
// A proof that is told a lemma about a function, of which it otherwise knows nothing,
// gets it for each application of the function in the question: an instance of what has
// been proved for all arguments. The function that a proof knows nothing of may be any;
// the one of the lemma is what IEEE 754 says (floatBody). So what follows holds where the
// processor's is that one, which is assumed anyhow: see "Assumed" in RATIONALE.md. The
// lemmas of a target are part of its results, and fail like forms.
type lemma struct {
	name string // the function and what it says of it; no two are of one name

	// of returns the application of the function to unknowns.
	of func(p *bv.Pool) term
	// says returns the bit that is 1 for any application of the function, nil of an
	// application that the lemma is not about.
	says func(t term) term
	// exact says that it takes what floats are to prove it.
	exact bool
}

// lemmaTimeout is how long the solver may think about a lemma: some take it a minute on
// a busy machine, and there are few.
const lemmaTimeout = 10 * time.Minute

// familyLemmas is what reports count lemmas as.
const familyLemmas = "lemmas"

// question returns the bit that the solver must find impossible.
func (l *lemma) question() term { return l.says(l.of(bv.NewPool())).Not() }

// proved proves the lemma, with a solver that has time.
func (l *lemma) proved(by *prover) Result {
	start := time.Now()
	res := l.result()
	res.Asked = 1
	res.Verdict, res.Err = l.ask()
	res.Time = time.Since(start)
	return res
}

func (l *lemma) ask() (Verdict, error) {
	solver, err := NewSolver(lemmaTimeout)
	if err != nil {
		return Undecided, err
	}
	defer solver.Close()
	q, err := newScript(l.exact, nil, []term{l.question()}, nil)
	if err != nil {
		return Rejected, err
	}
	switch a, _, err := solver.ask(q); {
	case err != nil:
		return Undecided, err
	case a == impossible:
		return Proved, nil
	case a == possible:
		return Refuted, errRefuted
	}
	return Undecided, errUndecided
}

func (l *lemma) known(string) (Verdict, error) { return Proved, nil }
func (l *lemma) op() string                    { return l.name }

// result returns what is known of a lemma before it is proved.
func (l *lemma) result() Result {
	return Result{Form: l.name, Op: l.op(), Family: familyLemmas, Stencil: -1}
}

// digest returns that of proving a lemma.
func (l *lemma) digest(_ *stencils.Set, solver string) (d digest) {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%s\n%s\n", Version(), solver, l.name))
	copy(d[:], sum[:])
	return d
}

// lemmasOf returns the lemmas that the proofs of an operation are told on a target, by
// its name.
func lemmasOf(target, op string) []*lemma {
	var list []*lemma
	for _, use := range lemmaUses[target] {
		if use.op == op {
			list = append(list, use.lemma)
		}
	}
	return list
}

// A lemmaUse says that an operation's proofs are told a lemma.
type lemmaUse struct {
	op    string
	lemma *lemma
}

// lemmaUses are the uses of lemmas by target.
var lemmaUses = map[string][]lemmaUse{
	"amd64":   slices.Concat(roundingUses(oneStep), conversionUses(trapping), conversionUses(saturating), popcountUses),
	"arm64":   slices.Concat(conversionUses(trapping), popcountUses),
	"riscv64": slices.Concat(roundingUses(roundsBefore), conversionUses(trapping), popcountUses),
}

// instances returns what lemmas say of an application.
func instances(lemmas []*lemma, t term) []term {
	var list []term
	for _, l := range lemmas {
		if of := l.of(t.Pool()); of.Op != bv.Apply || of.Name != t.Name {
			continue
		}
		if bit := l.says(t); bit != nil {
			list = append(list, bit)
		}
	}
	return list
}

// popcountUses: the meanings of popcnt and popcnt32 become what code does, see
// expect.go.
var popcountUses = []lemmaUse{{"popcnt", &parallelCount}, {"popcnt32", &parallelCount}}

// parallelCount: counting ones in parallel is counting ones.
var parallelCount = lemma{
	name: "popcnt-parallel",
	of:   func(p *bv.Pool) term { return p.Var("x", 64).Popcnt() },
	says: func(t term) term { return t.Eq(parallelPopcnt(t.Args[0])) },
}

// parallelPopcnt returns the number of ones in 64 bits as code without an instruction
// for it counts them: of each two bits, four, eight, then of all bytes. A solver takes
// long to see that this is the number of ones: parallelCount has it seen once, so that
// proofs can start from it.
func parallelPopcnt(x term) term {
	p := x.Pool()
	k := func(v uint64) term { return p.Const(v, 64) }
	v := x.Sub(x.Shr(k(1)).And(k(0x5555555555555555)))
	v = v.And(k(0x3333333333333333)).Add(v.Shr(k(2)).And(k(0x3333333333333333)))
	v = v.Add(v.Shr(k(4))).And(k(0x0f0f0f0f0f0f0f0f))
	return v.Mul(k(0x0101010101010101)).Shr(k(56))
}
