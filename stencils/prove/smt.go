package prove

import (
	"fmt"
	"strings"

	"github.com/copyjit/copyjit/ops/meaning/bv"
)

// A script is a question for a solver in SMT-LIB: can all of these bits be 1?
//
// All terms are bit-vectors. Functions of which nothing is known become unknowns, with what
// follows from their being functions: equal arguments, equal results. Loads from
// memory likewise.
type script struct {
	text strings.Builder
	done map[term]string
	vars []term            // unknowns whose values are asked for
	uses map[string][]term // applications by function
	also []term            // bits that are 1, to be written yet

	// lemmas are what is known of functions.
	lemmas []*lemma

	// exact says that products and quotients are what they are; otherwise they are
	// functions of which nothing is known, which suffices where both sides of a
	// proof have the same ones and is a lot easier.
	exact bool
	err   error
}

// A fact is the value of a function at some arguments, for the solver, which does not
// know the function.
type fact struct {
	of    term // the application
	args  []term
	value term
}

// newScript asks whether all bits can be 1, which it may take lemmas to see.
func newScript(exact bool, lemmas []*lemma, bits []term, facts []fact) (*script, error) {
	s := &script{done: make(map[term]string), uses: make(map[string][]term), exact: exact, lemmas: lemmas}
	logic := "QF_BV"
	if exact {
		logic = "QF_BVFP"
	}
	fmt.Fprintf(&s.text, "(reset)\n(set-option :produce-models true)\n(set-logic %s)\n", logic)
	for _, b := range bits {
		name := s.write(b)
		fmt.Fprintf(&s.text, "(assert (= %s #b1))\n", name)
	}
	for _, f := range facts {
		var at []string
		for n, a := range f.args {
			at = append(at, fmt.Sprintf("(= %s %s)", s.write(f.of.Args[n]), s.write(a)))
		}
		fmt.Fprintf(&s.text, "(assert (=> (and %s) (= %s %s)))\n", strings.Join(at, " "), s.write(f.of), s.write(f.value))
	}
	for len(s.also) > 0 {
		fact := s.also[0]
		s.also = s.also[1:]
		fmt.Fprintf(&s.text, "(assert (= %s #b1))\n", s.write(fact))
	}
	s.text.WriteString("(check-sat)\n")
	return s, s.err
}

// factsAt returns the values of all functions in the script at the arguments that they
// have under a model.
func (s *script) factsAt(f *bv.Subst) []fact {
	var list []fact
	for _, apps := range s.uses {
		for _, t := range apps {
			if t.Op != bv.Apply {
				continue
			}
			one := fact{of: t, value: f.Apply(t)}
			for _, a := range t.Args {
				one.args = append(one.args, f.Apply(a))
			}
			if one.value.IsConst() {
				list = append(list, one)
			}
		}
	}
	return list
}

func literal(v uint64, w uint8) string { return fmt.Sprintf("(_ bv%d %d)", v, w) }

// write writes a term and returns its name.
func (s *script) write(t term) string {
	if name, ok := s.done[t]; ok {
		return name
	}
	if t.Op == bv.Const {
		return literal(t.Value, t.Width)
	}
	args := make([]string, len(t.Args))
	for n, a := range t.Args {
		if a.Width == 0 {
			continue // a memory: see Load
		}
		args[n] = s.write(a)
	}
	name := fmt.Sprintf("t%d", t.ID())
	s.done[t] = name
	define := func(body string) {
		fmt.Fprintf(&s.text, "(define-fun %s () (_ BitVec %d) %s)\n", name, t.Width, body)
	}
	call := func(op string) string { return "(" + op + " " + strings.Join(args, " ") + ")" }
	truth := func(body string) { define("(ite " + body + " #b1 #b0)") }
	switch t.Op {
	case bv.Var:
		s.vars = append(s.vars, t)
		fmt.Fprintf(&s.text, "(declare-const %s (_ BitVec %d))\n", name, t.Width)
	case bv.Sum:
		s.sum(t, args, define)
	case bv.Mul, bv.MulHU, bv.MulHS, bv.UDiv, bv.SDiv:
		if !s.exact {
			s.function(t.Op.String()+fmt.Sprint(t.Width), t, args)
			break
		}
		define(s.product(t, args, call))
	case bv.And:
		define(call("bvand"))
	case bv.Or:
		define(call("bvor"))
	case bv.Xor:
		define(call("bvxor"))
	case bv.Not:
		define(call("bvnot"))
	case bv.Shl:
		define(call("bvshl"))
	case bv.Shr:
		define(call("bvlshr"))
	case bv.Sar:
		define(call("bvashr"))
	case bv.Rotl:
		n := fmt.Sprintf("((_ zero_extend %d) %s)", t.Width-t.Args[1].Width, args[1])
		m := fmt.Sprintf("((_ zero_extend %d) (bvneg %s))", t.Width-t.Args[1].Width, args[1])
		define(fmt.Sprintf("(bvor (bvshl %s %s) (bvlshr %s %s))", args[0], n, args[0], m))
	case bv.Concat:
		define(call("concat"))
	case bv.Extract:
		define(call(fmt.Sprintf("(_ extract %d %d)", t.Value+uint64(t.Width)-1, t.Value)))
	case bv.Zext:
		define(call(fmt.Sprintf("(_ zero_extend %d)", t.Width-t.Args[0].Width)))
	case bv.Sext:
		define(call(fmt.Sprintf("(_ sign_extend %d)", t.Width-t.Args[0].Width)))
	case bv.Ite:
		define(fmt.Sprintf("(ite (= %s #b1) %s %s)", args[0], args[1], args[2]))
	case bv.Eq:
		truth(call("="))
	case bv.Ult:
		truth(call("bvult"))
	case bv.Slt:
		truth(call("bvslt"))
	case bv.Clz, bv.Ctz:
		v := literal(uint64(t.Width), t.Width)
		for n := range int(t.Width) {
			bit, zeros := n, t.Width-1-uint8(n)
			if t.Op == bv.Ctz {
				bit = int(t.Width) - 1 - n
				zeros = uint8(bit)
			}
			v = fmt.Sprintf("(ite (= ((_ extract %d %d) %s) #b1) %s %s)", bit, bit, args[0], literal(uint64(zeros), t.Width), v)
		}
		define(v)
	case bv.Popcnt:
		if t.Width < 8 || t.Width&(t.Width-1) != 0 {
			s.err = fmt.Errorf("no question about ones in %d bits can be asked", t.Width)
			break
		}
		define(fmt.Sprintf("((_ zero_extend %d) %s)", t.Width-8, s.popcnt(args[0], 0, int(t.Width))))
	case bv.Apply:
		if body := floatBody(t, args); s.exact && body != "" {
			define(body)
		} else {
			s.function(t.Name, t, args)
		}
		s.also = append(append(s.also, nanFacts(t)...), instances(s.lemmas, t)...)
	case bv.Load:
		s.load(t, args[1])
	default:
		s.err = fmt.Errorf("no question about %s can be asked", t.Op)
	}
	return name
}

// sum writes Σ coef·arg + value.
func (s *script) sum(t term, args []string, define func(string)) {
	body := literal(t.Value, t.Width)
	for n, a := range args {
		c := t.Coefs[n]
		switch {
		case c == 1:
			body = fmt.Sprintf("(bvadd %s %s)", body, a)
		case c == bv.Mask(t.Width):
			body = fmt.Sprintf("(bvsub %s %s)", body, a)
		default:
			body = fmt.Sprintf("(bvadd %s (bvmul %s %s))", body, a, literal(c, t.Width))
		}
	}
	define(body)
}

// product returns the exact value of a product or quotient.
func (s *script) product(t term, args []string, call func(string) string) string {
	switch t.Op {
	case bv.Mul:
		return call("bvmul")
	case bv.UDiv:
		return call("bvudiv")
	case bv.SDiv:
		// By 0 the solver says 1 or −1.
		return fmt.Sprintf("(ite (= %s %s) (bvnot %s) %s)", args[1], literal(0, t.Width), literal(0, t.Width), call("bvsdiv"))
	}
	extend := "zero"
	if t.Op == bv.MulHS {
		extend = "sign"
	}
	w := t.Width
	return fmt.Sprintf("((_ extract %d %d) (bvmul ((_ %s_extend %d) %s) ((_ %s_extend %d) %s)))", 2*w-1, w, extend, w, args[0], extend, w, args[1])
}

// popcnt returns the number of ones in n bits, a power of two, as a number of n bits or,
// if that is less, eight: as code that counts bits in parallel has it, which helps the
// solver to see that they are the same.
func (s *script) popcnt(x string, from, n int) string {
	if n == 1 {
		return fmt.Sprintf("((_ extract %d %d) %s)", from, from, x)
	}
	low, high := s.popcnt(x, from, n/2), s.popcnt(x, from+n/2, n/2)
	if n <= 8 {
		low, high = fmt.Sprintf("((_ zero_extend %d) %s)", n/2, low), fmt.Sprintf("((_ zero_extend %d) %s)", n/2, high)
	}
	return fmt.Sprintf("(bvadd %s %s)", low, high)
}

// function writes the application of an unknown function.
func (s *script) function(f string, t term, args []string) {
	fmt.Fprintf(&s.text, "(declare-const %s (_ BitVec %d))\n", s.done[t], t.Width)
	for _, u := range s.uses[f] {
		var same []string
		for n, a := range u.Args {
			same = append(same, fmt.Sprintf("(= %s %s)", s.write(a), args[n]))
		}
		fmt.Fprintf(&s.text, "(assert (=> (and %s) (= %s %s)))\n", strings.Join(same, " "), s.done[u], s.done[t])
	}
	s.uses[f] = append(s.uses[f], t)
}

// load writes bytes of the unknown memory.
func (s *script) load(t term, addr string) {
	if t.Args[0].Op != bv.Memory {
		s.err = fmt.Errorf("a load that may or may not be of what was stored")
		return
	}
	name := s.done[t]
	fmt.Fprintf(&s.text, "(declare-const %s (_ BitVec %d))\n", name, t.Width)
	for _, u := range s.uses["load"] {
		other, at := s.done[u], s.write(u.Args[1])
		for i := range int(t.Width) / 8 {
			for j := range int(u.Width) / 8 {
				fmt.Fprintf(&s.text, "(assert (=> (= (bvadd %s %s) (bvadd %s %s)) (= ((_ extract %d %d) %s) ((_ extract %d %d) %s))))\n",
					addr, literal(uint64(i), 64), at, literal(uint64(j), 64), 8*i+7, 8*i, name, 8*j+7, 8*j, other)
			}
		}
	}
	s.uses["load"] = append(s.uses["load"], t)
}
