package apitest

import (
	"flag"
	"fmt"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the files in api/")

// goldens is where the exported API is written down.
const goldens = "../../api"

// TestAPI compares what each public package exports with its file in api/.
func TestAPI(t *testing.T) {
	packages := list(t, "-export")
	imp := importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
		if packages[path].Export == "" {
			return nil, fmt.Errorf("%s has no export data", path)
		}
		return os.Open(packages[path].Export)
	})

	want := map[string]bool{}
	for path, p := range packages {
		if !public(p) {
			continue
		}
		for _, e := range append(p.DepsErrors, p.Error) {
			if e != nil {
				t.Errorf("%s: %s", path, e.Err)
			}
		}
		name := strings.ReplaceAll(strings.Trim(strings.TrimPrefix(path, module), "/"), "/", "-")
		if name == "" {
			name = p.Name // the module's root
		}
		name += ".txt"
		want[name] = true
		pkg, err := imp.Import(path)
		if err != nil {
			t.Error(err)
			continue
		}
		compare(t, filepath.Join(goldens, name), strings.Join(describe(pkg), "\n")+"\n")
	}

	// A file without its package is a promise not kept.
	files, err := filepath.Glob(filepath.Join(goldens, "*.txt"))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if want[filepath.Base(file)] {
			continue
		}
		if !*update {
			t.Errorf("%s belongs to no public package; to remove it: go test ./internal/apitest -update", file)
		} else if err := os.Remove(file); err != nil {
			t.Error(err)
		}
	}
}

// compare compares got with a file's contents, or writes the file.
func compare(t *testing.T, file, got string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	old, err := os.ReadFile(file)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if string(old) == got {
		return
	}
	before, after := strings.Split(string(old), "\n"), strings.Split(got, "\n")
	var diff strings.Builder
	for _, line := range before {
		if !slices.Contains(after, line) {
			fmt.Fprintf(&diff, "\t- %s\n", line)
		}
	}
	for _, line := range after {
		if !slices.Contains(before, line) {
			fmt.Fprintf(&diff, "\t+ %s\n", line)
		}
	}
	t.Errorf("%s differs from the exported API; if that is meant: go test ./internal/apitest -update\n%s", file, &diff)
}

// describe returns a line for each exported declaration, field and method,
// sorted. Values of constants are left out: programs that name a constant don't
// depend on its value.
func describe(pkg *types.Package) (lines []string) {
	qualify := func(p *types.Package) string {
		if p == pkg {
			return ""
		}
		return strings.TrimPrefix(p.Path(), module+"/")
	}
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	typeString := func(t types.Type) string { return oneLine(types.TypeString(t, qualify)) }

	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		if !obj.Exported() {
			continue
		}
		switch obj := obj.(type) {
		case *types.Const:
			add("const %s %s", name, typeString(obj.Type()))
		case *types.Var:
			add("var %s %s", name, typeString(obj.Type()))
		case *types.Func:
			add("%s", oneLine(types.ObjectString(obj, qualify)))
		case *types.TypeName:
			describeType(obj, add, qualify)
		}
	}
	slices.Sort(lines)
	return lines
}

// describeType adds the lines of a type.
func describeType(obj *types.TypeName, add func(string, ...any), qualify types.Qualifier) {
	typeString := func(t types.Type) string { return oneLine(types.TypeString(t, qualify)) }
	name := obj.Name()
	if obj.IsAlias() {
		add("type %s = %s", name, typeString(types.Unalias(obj.Type())))
		return
	}
	named := obj.Type().(*types.Named)
	head := name
	if named.TypeParams().Len() > 0 {
		head = typeString(named) // with its type parameters
	}

	switch u := named.Underlying().(type) {
	case *types.Struct:
		add("type %s struct", head)
		hidden := 0
		for f := range u.Fields() {
			switch {
			case !f.Exported():
				hidden++
			case f.Embedded():
				add("type %s struct, embedded %s", head, typeString(f.Type()))
			default:
				add("type %s struct, %s %s", head, f.Name(), typeString(f.Type()))
			}
		}
		if hidden == 0 && u.NumFields() > 0 {
			// Such a struct can be written and converted without field names.
			add("type %s struct, no unexported fields", head)
		}
	case *types.Interface:
		add("type %s interface", head)
		for m := range u.Methods() {
			if m.Exported() {
				add("type %s interface, %s%s", head, m.Name(), strings.TrimPrefix(typeString(m.Type()), "func"))
			} else {
				add("type %s interface, unexported methods", head)
			}
		}
		for e := range u.EmbeddedTypes() {
			if _, ok := e.Underlying().(*types.Interface); !ok {
				add("type %s interface, %s", head, typeString(e))
			}
		}
		return
	default:
		add("type %s %s", head, typeString(u))
	}

	// Promoted methods too, because the embedded type may not be exported.
	onValue := types.NewMethodSet(named)
	for sel := range types.NewMethodSet(types.NewPointer(named)).Methods() {
		m := sel.Obj()
		if !m.Exported() {
			continue
		}
		receiver := head
		if onValue.Lookup(m.Pkg(), m.Name()) == nil {
			receiver = "*" + head
		}
		add("method (%s) %s%s", receiver, m.Name(), strings.TrimPrefix(typeString(m.Type()), "func"))
	}
}

// oneLine keeps a type, which may be a struct with tags, on its line.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
