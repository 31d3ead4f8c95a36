package apitest

import (
	"slices"
	"strings"
	"testing"
)

// A rule says what one package may depend on, directly or not, besides the
// standard library and the packages below itself.
type rule struct {
	any  bool     // anything: tools
	sys  bool     // golang.org/x/sys
	net  bool     // golang.org/x/net/bpf
	ours []string // packages of this module, each with all below it
}

// rules are the rules by directory; the longest that a package is in counts.
// A package without a rule may depend on anything, but for what only is for.
var rules = map[string]rule{
	"ops":              {},
	"ops/meaning":      {any: true},
	"stencils":         {},
	"stencils/gen":     {any: true},
	"stencils/prove":   {any: true},
	"linker":           {ours: []string{"stencils"}},
	"internal/codemem": {sys: true},
	"jit":              {sys: true, ours: []string{"ops", "stencils", "linker", "internal"}},
	"jit/jitprof":      {any: true},
	"bpf":              {sys: true, net: true, ours: []string{"ops", "stencils", "linker", "internal", "jit"}},
}

// only are the packages that few may depend on.
var only = map[string][]string{
	"stencils/gen":   {"stencils/gen", "stencils/prove", "cmd/stencilgen"},
	"stencils/prove": {"stencils/prove", "cmd/stencilgen"},
	"ops/meaning":    {"ops/meaning", "stencils/prove", "cmd/stencilgen"},
}

// under reports whether path is dir or below it.
func under(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

// underAny reports whether path is one of dirs or below it.
func underAny(path string, dirs []string) bool {
	return slices.ContainsFunc(dirs, func(dir string) bool { return under(path, dir) })
}

// ruleOf returns the rule that counts for path, and its directory.
func ruleOf(path string) (dir string, r rule) {
	r.any = true
	for d := range rules {
		if under(path, d) && len(d) > len(dir) {
			dir, r = d, rules[d]
		}
	}
	return dir, r
}

// TestDependencies holds every package of the module against the rules.
// Programs that embed copyjit compile what its packages depend on.
func TestDependencies(t *testing.T) {
	packages := list(t)
	for path, p := range packages {
		if !inModule(path) {
			continue
		}
		short := strings.TrimPrefix(strings.TrimPrefix(path, module), "/")
		dir, r := ruleOf(short)
		for _, dep := range p.Deps {
			if packages[dep].Standard {
				continue
			}
			ours, isOurs := strings.CutPrefix(dep, module+"/")
			if isOurs {
				for d, users := range only {
					if under(ours, d) && !underAny(short, users) {
						t.Errorf("%s depends on %s, which is for %v only", short, ours, users)
					}
				}
			}
			switch {
			case r.any:
			case isOurs && (under(ours, dir) || underAny(ours, r.ours)):
			case r.sys && under(dep, "golang.org/x/sys"):
			case r.net && dep == "golang.org/x/net/bpf":
			default:
				t.Errorf("%s depends on %s", short, dep)
			}
		}
	}
}

// TestFrontEnds holds the front ends to what other modules can do: they import
// public packages only.
func TestFrontEnds(t *testing.T) {
	packages := list(t)
	for _, path := range []string{module + "/bpf"} {
		p, ok := packages[path]
		if !ok {
			t.Errorf("there is no package %s", path)
		}
		for _, dep := range p.Imports {
			if inModule(dep) && !public(packages[dep]) {
				t.Errorf("%s imports %s, which is not public", path, dep)
			}
		}
	}
}
