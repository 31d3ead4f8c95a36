package gen

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/copyjit/copyjit/stencils"
)

// Options say what to generate.
type Options struct {
	Root   string // the module's directory
	Target string
	Clang  string // "" for the environment's CLANG, or clang-19
	Rows   []Row  // the operation table
	Log    func(format string, args ...any)
}

// Generate makes the files of a target's package, by name.
func Generate(o Options) (map[string][]byte, error) {
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
	sources, err := sources(o.Root)
	if err != nil {
		return nil, err
	}
	variants, err := compileAll(clang, sources)
	if err != nil {
		return nil, err
	}
	if err := coverage(forms, variants[0].templates); err != nil {
		return nil, err
	}
	var all []*stencil
	for _, f := range forms {
		s, err := bestStencil(f.name(), f, variants, t)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	for _, name := range specials {
		s, err := bestStencil(name, &form{row: name}, variants, t)
		if err != nil {
			return nil, err
		}
		s.form = nil
		all = append(all, s)
	}
	tab, err := newTable(t, len(o.Rows), all, variants[0].facts)
	if err != nil {
		return nil, err
	}
	digest, err := Digest(o.Root, t.Name, clang.version, o.Rows)
	if err != nil {
		return nil, err
	}
	if o.Log != nil {
		o.Log("%s: %d forms, %d stencils, %d bytes of code, %d holes, %d fields",
			t.Name, len(forms), len(tab.set.Stencils), len(tab.set.Code), len(tab.set.Holes), len(tab.set.Fields))
	}
	return tab.files(header{digest: digest, clang: clang.version, flags: t.flags()})
}

// sources returns the template files in the order of their names.
func sources(root string) ([]string, error) {
	files, err := filepath.Glob(filepath.Join(root, "stencils", "c", "*.c"))
	if err == nil && len(files) == 0 {
		err = fmt.Errorf("no templates in %s: is this the module's directory?", filepath.Join(root, "stencils", "c"))
	}
	slices.Sort(files)
	return files, err
}

// FindRoot returns the directory of this module, which dir is in.
func FindRoot(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	for d := dir; ; d = filepath.Dir(d) {
		mod, err := os.ReadFile(filepath.Join(d, "go.mod"))
		if line, _, _ := strings.Cut(string(mod), "\n"); err == nil && strings.TrimSpace(line) == "module github.com/copyjit/copyjit" {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", errors.New("not within the module github.com/copyjit/copyjit")
		}
	}
}

// A variant is all templates as compiled under one assignment.
type variant struct {
	assignment assignment
	templates  map[string]*template
	facts      []stencils.Fact
}

// A template is the functions that become one stencil, in order.
type template struct {
	funcs []*function
}

// Templates of stencils that belong to no operation.
const (
	nameEntry    = "entry"
	namePoll     = "poll"
	nameLinked   = "call_linked"
	nameUnlinked = "unlinked"
)

var specials = []string{nameEntry, namePoll, nameLinked, nameUnlinked}

// Names of the functions of a template.
const (
	opPrefix    = "op_"
	afterPrefix = "after_"
)

// compileAll compiles the files under all assignments.
func compileAll(clang *compiler, files []string) ([]*variant, error) {
	assignments := clang.target.Assignments
	objects := make([]*object, len(assignments)*len(files))
	errs := make([]error, len(objects))
	var wg sync.WaitGroup
	limit := make(chan struct{}, runtime.GOMAXPROCS(0))
	for n := range objects {
		wg.Go(func() {
			limit <- struct{}{}
			defer func() { <-limit }()
			file := files[n%len(files)]
			raw, err := clang.compile(file, assignments[n/len(files)])
			if err == nil {
				objects[n], err = readObject(filepath.Base(file), raw, clang.target)
			}
			errs[n] = err
		})
	}
	wg.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	var variants []*variant
	for n, a := range assignments {
		v := &variant{assignment: a, templates: make(map[string]*template)}
		for _, obj := range objects[n*len(files) : (n+1)*len(files)] {
			v.facts = append(v.facts, obj.facts...)
			if err := v.add(obj); err != nil {
				return nil, err
			}
		}
		variants = append(variants, v)
	}
	return variants, nil
}

// add makes templates of an object's functions.
func (v *variant) add(obj *object) error {
	for _, fn := range obj.funcs {
		if name, ok := strings.CutPrefix(fn.name, opPrefix); ok {
			if v.templates[name] != nil {
				return fn.errorf(-1, "a second template of this name; the first is in %s", v.templates[name].funcs[0].file)
			}
			v.templates[name] = &template{funcs: []*function{fn}}
		}
	}
	for _, fn := range obj.funcs {
		name, ok := strings.CutPrefix(fn.name, afterPrefix)
		switch {
		case strings.HasPrefix(fn.name, opPrefix):
		case !ok:
			return fn.errorf(-1, "neither %sNAME nor %sNAME: it is no template", opPrefix, afterPrefix)
		case v.templates[name] == nil:
			return fn.errorf(-1, "there is no %s%s in this file that it could stand behind", opPrefix, name)
		default:
			v.templates[name].funcs = append(v.templates[name].funcs, fn)
		}
	}
	return nil
}

// coverage makes sure that there is a template of every form and a form of every
// template.
func coverage(forms []*form, templates map[string]*template) error {
	need := make(map[string]bool)
	for _, name := range specials {
		need[name] = true
	}
	for _, f := range forms {
		need[f.name()] = true
	}
	var errs []error
	for _, name := range sorted(need) {
		if templates[name] == nil {
			errs = append(errs, fmt.Errorf("no template %s%s: the operation table asks for this form", opPrefix, name))
		}
	}
	for _, name := range sorted(templates) {
		if !need[name] {
			errs = append(errs, templates[name].funcs[0].errorf(-1, "the operation table has no such form"))
		}
	}
	return errors.Join(errs...)
}

func sorted[T any](m map[string]T) []string {
	var keys []string
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// bestStencil makes the form's stencil under each assignment and returns the
// first of the shortest whose registers can be renamed.
func bestStencil(name string, f *form, variants []*variant, t *Target) (*stencil, error) {
	var best *stencil
	var errs []error
	for _, v := range variants {
		tmpl := v.templates[name]
		if tmpl == nil {
			return nil, fmt.Errorf("no template %s%s under the assignment %v", opPrefix, name, v.assignment.options())
		}
		s, err := twins(name, f, tmpl, v.assignment, t)
		if renaming := (renamingError{}); errors.As(err, &renaming) {
			errs = append(errs, fmt.Errorf("under %s: %w", strings.Join(v.assignment.options(), " "), err))
			continue
		}
		if err != nil {
			return nil, err
		}
		if best == nil || len(s.hot.code) < len(best.hot.code) {
			best = s
		}
	}
	if best == nil {
		return nil, fmt.Errorf("%s: no assignment gives code in which the registers can be renamed:\n%w", name, errors.Join(errs...))
	}
	return best, nil
}

// newStencil makes a stencil of a template, whose jumps have a reach and whose holes
// are made narrow if that is not nil.
func newStencil(name string, f *form, tmpl *template, a assignment, out reach, narrow func([]*inst, *Target) []*inst, t *Target) (*stencil, error) {
	s := &stencil{form: f, names: []string{name}, file: tmpl.funcs[0].file, assignment: a}
	var funcs [][]*inst
	for _, fn := range tmpl.funcs {
		insts, err := lift(fn, t)
		if err != nil {
			return nil, err
		}
		if narrow != nil {
			insts = narrow(insts, t)
		}
		if err := check(name, f, a, insts, t); err != nil {
			return nil, err
		}
		funcs = append(funcs, insts)
	}
	var err error
	if s.hot, s.cold, err = rewrite(funcs, out, t); err != nil {
		return nil, err
	}
	for _, p := range []*part{&s.hot, &s.cold} {
		if err := findFields(p, f, a, t); err != nil {
			return nil, err
		}
	}
	return s, nil
}
