package prove

import (
	"slices"
	"strings"
)

// explain says why it may be right that a flipped bit makes no difference, given the
// instruction that it is in before and after; "" if there is no reason to think so.
// That it makes none is what the prover has shown; this is the check on the prover.
func (t *target) explain(from, to string) string {
	if from == to {
		return "another encoding of the same instruction"
	}
	op, args := t.split(from)
	op2, args2 := t.split(to)
	switch {
	case op == op2 && slices.Equal(args, args2):
		return "a width that makes no difference"
	case op == op2 && sameSet(args, args2):
		return "operands in another order"
	case op == op2 && len(args) == len(args2) && differences(args, args2) == 1:
		return "a register that holds the same, or that nothing reads"
	case alike(op, op2):
		return "an operation with the same effect here: " + op + ", " + op2
	}
	return ""
}

// split returns an instruction's mnemonic and its operands without their widths.
func (t *target) split(text string) (op string, args []string) {
	op, rest, _ := strings.Cut(text, " ")
	for _, a := range strings.Split(rest, ",") {
		if t.canonical != nil {
			a = t.canonical(a)
		}
		args = append(args, strings.TrimSpace(a))
	}
	return op, args
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

func differences(a, b []string) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// likes are mnemonics that can stand for each other where half of what they do
// is not asked for: a comparison that also writes what is written again, conditions
// that differ in a flag that is known.
var likes = [][]string{
	{"cmp", "sub", "xor", "add"}, {"test", "and"}, {"mov", "or"},
	{"movzx", "movsx"}, {"rol", "ror"},
	{"jz", "jbe"}, {"jnz", "jnbe"}, {"setz", "setbe"}, {"setnz", "setnbe"}, {"js", "jl"}, {"jns", "jnl"},
}

func alike(a, b string) bool {
	return slices.ContainsFunc(likes, func(l []string) bool { return slices.Contains(l, a) && slices.Contains(l, b) })
}
