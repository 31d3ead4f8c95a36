package prove

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/copyjit/copyjit/stencils"
)

// A Report counts results by target and family.
type Report struct {
	rows []*reportRow
}

type reportRow struct {
	target, family                               string
	forms, cached, plain, solved, tested, failed int
	slowest                                      time.Duration
	slow                                         string
}

// Add adds the results for a target.
func (r *Report) Add(target string, results []Result) {
	for _, res := range results {
		n := slices.IndexFunc(r.rows, func(x *reportRow) bool { return x.target == target && x.family == res.Family })
		if n < 0 {
			n = len(r.rows)
			r.rows = append(r.rows, &reportRow{target: target, family: res.Family})
		}
		row := r.rows[n]
		row.forms++
		switch {
		case res.Verdict == TestedOnly:
			row.tested++ // whatever it took
		case res.Verdict != Proved:
			row.failed++
		case res.Cached:
			row.cached++
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

// Write writes the table.
func (r *Report) Write(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "target\tfamily\tforms\twithout solver\tby solver\tbefore\ttested only\tfailed\tslowest\t")
	for _, x := range r.rows {
		fmt.Fprintf(t, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\t\n", x.target, x.family, x.forms, x.plain, x.solved, x.cached, x.tested, x.failed, x.slowText())
	}
	return t.Flush()
}

func (x *reportRow) slowText() string {
	if x.slow == "" {
		return ""
	}
	return fmt.Sprintf("%s, %v", x.slow, x.slowest.Round(time.Millisecond))
}

// Listing writes the instructions of a stencil, for a counterexample to stand beside.
func Listing(w io.Writer, set *stencils.Set, stencil int) error {
	t, err := lookup(set.Target)
	if err != nil {
		return err
	}
	s := &set.Stencils[stencil]
	for _, part := range []struct {
		name string
		*stencils.Part
	}{{"hot", &s.Hot}, {"cold", &s.Cold}} {
		code := set.Code[part.Code:][:part.Size]
		holes := set.HolesOf(part.Part)
		for at := 0; at < len(code); {
			n, err := t.length([]byte(code[at:]))
			if err != nil {
				return err
			}
			text := t.text([]byte(code[at:]))
			for _, h := range holes {
				if int(h.Offset) >= at && int(h.Offset) < at+n {
					text += fmt.Sprintf("  ; %s %s%+d", h.Kind, h.Value, h.Addend)
				}
			}
			if _, err := fmt.Fprintf(w, "%s+%#04x  %s\n", part.name, at, text); err != nil {
				return err
			}
			at += n
		}
	}
	return nil
}
