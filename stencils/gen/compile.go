package gen

import (
	"fmt"

	"github.com/copyjit/copyjit/stencils"
)

// Compile makes a set of the templates in some files, whatever forms they are of, and
// returns it. It is for tests of what examines sets: they want templates that are
// wrong.
func Compile(o Options, files []string) (*stencils.Set, error) {
	t, err := LookupTarget(o.Target)
	if err != nil {
		return nil, err
	}
	forms, err := forms(o.Rows)
	if err != nil {
		return nil, err
	}
	clang, err := findClang(o.Clang, t)
	if err != nil {
		return nil, err
	}
	variants, err := compileAll(clang, files)
	if err != nil {
		return nil, err
	}
	operations := len(forms)
	for _, name := range specials {
		forms = append(forms, &form{row: name})
	}
	var all []*stencil
	for n, f := range forms {
		if variants[0].templates[f.name()] == nil {
			continue
		}
		s, err := bestStencil(f.name(), f, variants, t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		if n >= operations {
			s.form = nil
		}
		all = append(all, s)
	}
	tab, err := newTable(t, len(o.Rows), all, variants[0].facts)
	if err != nil {
		return nil, err
	}
	return &tab.set, nil
}
