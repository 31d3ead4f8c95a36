package prove

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/copyjit/copyjit/stencils"
)

// A Report counts results by target and family.
type Report struct {
	rows []*reportRow
}

type reportRow struct {
	target, family                       string
	stencils                             map[int]bool
	count                                int // of stencils
	forms, plain, solved, tested, failed int
	slowest                              time.Duration
	slow                                 string // the form that took longest
}

// Add adds the results for a target.
func (r *Report) Add(target string, results []Result) {
	for _, res := range results {
		n := slices.IndexFunc(r.rows, func(x *reportRow) bool { return x.target == target && x.family == res.Family })
		if n < 0 {
			n = len(r.rows)
			r.rows = append(r.rows, &reportRow{target: target, family: res.Family, stencils: make(map[int]bool)})
		}
		row := r.rows[n]
		if res.Stencil >= 0 && !row.stencils[res.Stencil] {
			row.stencils[res.Stencil] = true
			row.count++
		}
		row.forms++
		switch {
		case res.Verdict == TestedOnly:
			row.tested++ // whatever it took
		case res.Verdict != Proved:
			row.failed++
		case res.Asked > 0:
			row.solved++
		default:
			row.plain++
		}
		if res.Time > row.slowest {
			row.slowest, row.slow = res.Time, res.Form
		}
	}
}

// AddCommitted adds what committed results say, and reports whether they say anything.
func (r *Report) AddCommitted(c *Committed) bool {
	r.rows = append(r.rows, c.rows...)
	return len(c.rows) > 0
}

// Write writes the table.
func (r *Report) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "target\tfamily\tstencils\tforms\twithout solver\tby solver\ttested only\tfailed\tslowest\t")
	total := reportRow{family: "all"}
	for _, x := range append(slices.Clip(r.rows), &total) {
		slow := ""
		if x.slow != "" {
			slow = fmt.Sprintf("%s: %v", x.slow, x.slowest.Round(time.Millisecond))
		}
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t\n", x.target, x.family, x.count, x.forms, x.plain, x.solved, x.tested, x.failed, slow)
		total.add(x)
	}
	return t.Flush()
}

// add counts another row too.
func (x *reportRow) add(y *reportRow) {
	x.count += y.count
	x.forms += y.forms
	x.plain += y.plain
	x.solved += y.solved
	x.tested += y.tested
	x.failed += y.failed
	if y.slowest > x.slowest {
		x.slowest, x.slow = y.slowest, y.slow
	}
}

// line returns the row as committed results have it: target, stencils, forms, those
// proved without and by a solver, those tested only, how long the slowest took, which it is, family.
func (x *reportRow) line() string {
	return fmt.Sprintf("%s\t%d\t%d\t%d\t%d\t%d\t%v\t%s\t%s", x.target, x.count, x.forms, x.plain, x.solved, x.tested, x.slowest.Round(time.Millisecond), x.slow, x.family)
}

// parseRow reads what line returns.
func parseRow(line string) (*reportRow, error) {
	fields := strings.Split(line, "\t")
	x := new(reportRow)
	if len(fields) != 9 {
		return nil, fmt.Errorf("%q is not what the proofs of a family took", line)
	}
	x.target, x.slow, x.family = fields[0], fields[7], fields[8]
	for n, to := range []*int{&x.count, &x.forms, &x.plain, &x.solved, &x.tested} {
		var err error
		if *to, err = strconv.Atoi(fields[1+n]); err != nil {
			return nil, err
		}
	}
	var err error
	x.slowest, err = time.ParseDuration(fields[6])
	return x, err
}

// Explain writes why a form is not proved: its operation, the counterexample if there is
// one, and the instructions with the registers that the proof takes; those that are
// executed in the counterexample are marked.
func (r *Result) Explain(w io.Writer, set *stencils.Set) error {
	t, err := lookup(set.Target)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%s %s: %s", set.Target, r.Form, r.Verdict)
	if r.Counter == nil {
		fmt.Fprintf(w, ": %v", r.Err)
	}
	fmt.Fprintln(w)
	if r.form == nil {
		return nil // a lemma
	}
	if text := r.form.operation(set); text != r.Form {
		fmt.Fprintf(w, "    %s\n", text)
	}
	var path map[place]bool
	if r.Counter != nil {
		fmt.Fprintf(w, "    %s\n", strings.ReplaceAll(r.Counter.String(), "\n", "\n    "))
		path = r.Counter.path
	}
	s := &set.Stencils[r.Stencil]
	for _, p := range []*stencils.Part{&s.Hot, &s.Cold} {
		code := fill(set, p, r.form)
		for at := (place{cold: p == &s.Cold}); at.offset < len(code.bytes); {
			n, err := t.length(code.bytes[at.offset:])
			if err != nil {
				return err
			}
			text := t.text(code.bytes[at.offset:])
			for _, h := range code.holes {
				if int(h.Offset) >= at.offset && int(h.Offset) < at.offset+n {
					text += fmt.Sprintf("  ; %s: %s", h.Kind, h.Value)
					if h.Addend != 0 {
						text += fmt.Sprintf("%+d", h.Addend)
					}
				}
			}
			mark := " "
			if path[at] {
				mark = ">"
			}
			if _, err := fmt.Fprintf(w, "  %s %-9v  %s\n", mark, at, text); err != nil {
				return err
			}
			at.offset += n
		}
	}
	return nil
}
