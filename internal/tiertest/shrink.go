package tiertest

import (
	"strings"

	"github.com/copyjit/copyjit/ops"
)

// Shrink returns a smaller program that still fails: it leaves out lines of its
// text, many at first, for as long as what remains is a program and fails. It
// returns p itself if p does not fail.
func Shrink(p Program, fails func(Program) bool) Program {
	if !fails(p) {
		return p
	}
	lines := strings.Split(strings.TrimSuffix(p.Program.String(), "\n"), "\n")
	// Again and again: what a line names, such as a function, can go when it has gone.
	for before := len(lines) + 1; len(lines) < before; {
		before = len(lines)
		for size := len(lines) / 2; size > 0; size /= 2 {
			for at := 1; at+size <= len(lines); {
				rest := append(append([]string(nil), lines[:at]...), lines[at+size:]...)
				if q, ok := p.reread(rest); ok && fails(q) {
					lines, p = rest, q
				} else {
					at += size
				}
			}
		}
	}
	return p
}

// reread returns the program of other lines, with those cases whose function it
// has still with the same signature.
func (p *Program) reread(lines []string) (q Program, ok bool) {
	parsed, err := ops.Parse(p.Name, []byte(strings.Join(lines, "\n")+"\n"))
	if err != nil {
		return q, false
	}
	q = Program{Name: p.Name, Program: parsed}
	for _, c := range p.Cases {
		if id, ok := parsed.Lookup(c.Func); ok && parsed.Func(id).Sig == c.Sig {
			c.ID = id
			q.Cases = append(q.Cases, c)
		}
	}
	return q, len(q.Cases) > 0
}
