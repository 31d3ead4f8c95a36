package bv

// A Subst replaces terms by others, everywhere in a term.
type Subst struct {
	pool *Pool
	to   map[*Term]*Term // what is replaced, and results
}

// NewSubst returns a substitution that replaces nothing yet.
func (p *Pool) NewSubst() *Subst { return &Subst{p, make(map[*Term]*Term)} }

// Replace adds a rule; it must come before the first use.
func (s *Subst) Replace(from, to *Term) { s.to[from] = to }

// Assume adds what follows from a bit being 1: that terms in it are constants.
func (s *Subst) Assume(bit *Term) {
	if bit.IsConst() {
		return
	}
	s.Replace(bit, s.pool.Bool(true))
	s.Replace(bit.Not(), s.pool.Bool(false))
	switch bit.Op {
	case And:
		for _, a := range bit.Args {
			s.Assume(a)
		}
	case Not:
		if in := bit.Args[0]; in.Op == Or { // none of them
			for _, a := range in.Args {
				s.Assume(a.Not())
			}
		}
	case Eq:
		if l, r := bit.Args[0], bit.Args[1]; r.IsConst() && l.Op != Sum {
			s.Replace(l, r)
		} else if l.IsConst() && r.Op != Sum {
			s.Replace(r, l)
		}
	}
}

// Apply returns the term with everything replaced.
func (s *Subst) Apply(t *Term) *Term {
	if v, ok := s.to[t]; ok {
		return v
	}
	if len(t.Args) == 0 {
		return t
	}
	args := make([]*Term, len(t.Args))
	same := true
	for i, a := range t.Args {
		args[i] = s.Apply(a)
		same = same && args[i] == a
	}
	v := t
	if !same {
		v = t.with(args)
		if w, ok := s.to[v]; ok {
			v = w
		}
	}
	s.to[t] = v
	return v
}

// with returns the same operation on other arguments.
func (t *Term) with(a []*Term) *Term {
	switch t.Op {
	case Sum:
		l := linear{value: t.Value}
		for i, x := range a {
			l.add(t.Coefs[i], x)
		}
		return l.term(t.pool, t.Width)
	case Mul:
		return a[0].Mul(a[1])
	case MulHU:
		return a[0].MulHU(a[1])
	case MulHS:
		return a[0].MulHS(a[1])
	case UDiv:
		return a[0].UDiv(a[1])
	case SDiv:
		return a[0].SDiv(a[1])
	case And, Or, Xor:
		v := a[0]
		for _, x := range a[1:] {
			v = v.bitwise(t.Op, x)
		}
		return v
	case Not:
		return a[0].Not()
	case Shl:
		return a[0].Shl(a[1])
	case Shr:
		return a[0].Shr(a[1])
	case Sar:
		return a[0].Sar(a[1])
	case Rotl:
		return a[0].Rotl(a[1])
	case Concat:
		return a[0].Concat(a[1])
	case Extract:
		return a[0].Extract(uint8(t.Value), t.Width)
	case Zext:
		return a[0].Zext(t.Width)
	case Sext:
		return a[0].Sext(t.Width)
	case Ite:
		return a[0].Ite(a[1], a[2])
	case Eq:
		return a[0].Eq(a[1])
	case Ult:
		return a[0].Ult(a[1])
	case Slt:
		return a[0].Slt(a[1])
	case Clz:
		return a[0].Clz()
	case Ctz:
		return a[0].Ctz()
	case Popcnt:
		return a[0].Popcnt()
	case Apply:
		return t.pool.Apply(t.Name, t.Width, a...)
	case Store:
		return a[0].Store(a[1], a[2])
	case Load:
		return a[0].Load(a[1], t.Width)
	}
	panic("bv: " + t.Op.String() + " has no arguments")
}
