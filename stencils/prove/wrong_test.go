package prove

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/copyjit/copyjit/stencils/gen"
	"github.com/copyjit/copyjit/stencils/gen/rows"
)

// wrongFiles are templates that are wrong, in lists of files that make one set: an
// operation has as many wrong templates as sets.
var wrongFiles = [][]string{
	{"integer.c", "control.c", "memory.c", "float.c", "float32.c"},
	{"safepoint.c"},
	{"half.c"},
}

// A wrongTemplate says where a template is wrong, and what is to be said of it there.
type wrongTemplate struct {
	verdict Verdict
	targets []string
	right   map[string]string // the others, and why it is right there
}

var wrongMacro = regexp.MustCompile(`(?m)^(WRONG|REJECTED|RIGHT)\((\w+),\s*([a-z0-9 ]*),(?:\s*"([^"]+)"\))?`)

// readWrong reads what the files say of their templates.
func readWrong(t *testing.T, files []string) map[string]*wrongTemplate {
	list := make(map[string]*wrongTemplate)
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range wrongMacro.FindAllStringSubmatch(string(text), -1) {
			macro, form, names, reason := m[1], m[2], strings.Fields(m[3]), m[4]
			w := list[form]
			switch {
			case macro == "RIGHT" && (w == nil || reason == ""):
				t.Fatalf("%s: RIGHT(%s) is of no template, or has no reason", file, form)
			case macro == "RIGHT":
				for _, name := range names {
					w.right[name] = reason
				}
			case w != nil:
				t.Fatalf("%s: %s is there twice", file, form)
			default:
				w = &wrongTemplate{verdict: Refuted, targets: names, right: make(map[string]string)}
				if macro == "REJECTED" {
					w.verdict = Rejected
				}
				list[form] = w
			}
		}
	}
	return list
}

// want returns what is to be said of the template on a target.
func (w *wrongTemplate) want(target string) (v Verdict, ok bool) {
	if slices.Contains(w.targets, target) {
		return w.verdict, w.right[target] == ""
	}
	return Proved, w.right[target] != ""
}

// Templates that are wrong are refuted on each target where they are, and proved on
// each where the processor makes them right.
func TestWrong(t *testing.T) {
	needSolver(t)
	for _, target := range Targets() {
		t.Run(target, func(t *testing.T) {
			count := make(map[Verdict]int)
			covered := make(map[string]bool)
			for _, files := range wrongFiles {
				testWrong(t, target, files, count, covered)
			}
			for _, f := range families {
				if !covered[f.name] {
					t.Errorf("no template of the family %q is wrong", f.name)
				}
			}
			t.Logf("%d wrong templates refuted, %d rejected, %d right here", count[Refuted], count[Rejected], count[Proved])
		})
	}
}

func testWrong(t *testing.T, target string, names []string, count map[Verdict]int, covered map[string]bool) {
	var files []string
	for _, name := range names {
		files = append(files, filepath.Join("testdata", "wrong", name))
	}
	wrong := readWrong(t, files)
	set, err := gen.Compile(gen.Options{Target: target, Rows: rows.All()}, append(files, filepath.FromSlash("../c/facts.c")))
	if errors.Is(err, gen.ErrNoClang) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	results, err := Prove(set, Options{Timeout: 10 * time.Second, Only: func(r Result) bool {
		form, _, _ := strings.Cut(r.Form, ",")
		return wrong[form] != nil // not where two operands are one place
	}})
	if errors.Is(err, ErrNoSolver) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	// Of stencils that may replace each other, one that takes less may be right.
	seen := make(map[string][]Result)
	for _, r := range results {
		form, _, _ := strings.Cut(r.Form, ",")
		if wrong[form] != nil {
			seen[form] = append(seen[form], r)
		}
	}
	for form, twins := range seen {
		w := wrong[form]
		want, ok := w.want(target)
		if !ok {
			t.Errorf("%s is wrong on %v and right on %v: and on %s?", form, w.targets, w.right, target)
			continue
		}
		count[want]++
		covered[twins[0].Family] = covered[twins[0].Family] || want != Proved
		found := false
		for _, r := range twins {
			found = found || r.Verdict == want
			if r.Verdict != want && (r.Verdict != Proved || len(twins) == 1) {
				t.Errorf("%s: %v, want %v: %v", r.Form, r.Verdict, want, r.Err)
			}
			if r.Verdict == Refuted && len(r.Counter.Wrong) == 0 {
				t.Errorf("%s: the counterexample does not say what is wrong: %v", r.Form, r.Counter)
			}
		}
		if !found {
			t.Errorf("%s: %v of all of its stencils, want %v", form, twins[0].Verdict, want)
		}
	}
	for form := range wrong {
		if seen[form] == nil {
			t.Errorf("%s has no result", form)
		}
	}
}
