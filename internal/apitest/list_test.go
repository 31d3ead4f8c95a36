package apitest

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/copyjit/copyjit"

// A listed package is what go list says about one.
type listed struct {
	ImportPath string
	Name       string
	Standard   bool
	Export     string // file with what the compiler knows of its exports
	Imports    []string
	Deps       []string
	Error      *struct{ Err string }
	DepsErrors []*struct{ Err string }
}

// inModule reports whether a package belongs to this module.
func inModule(path string) bool { return path == module || strings.HasPrefix(path, module+"/") }

// private are the packages whose exports are promised to nobody, each with all
// below it.
var private = []string{"internal", "cmd", "stencils/gen", "stencils/generated", "stencils/prove", "ops/meaning", "bench"}

// public reports whether what a package exports is a promise.
func public(p listed) bool {
	if !inModule(p.ImportPath) || p.Name == "main" {
		return false
	}
	path := p.ImportPath[len(module):] + "/"
	for _, dir := range private {
		if strings.HasPrefix(path, "/"+dir+"/") {
			return false
		}
	}
	return !strings.Contains(path, "/internal/")
}

// list lists all packages of the module and what they depend on. It does so for
// one platform, so that the result is the same on all. A package that does not
// compile is listed without export data.
func list(t *testing.T, flags ...string) map[string]listed {
	t.Helper()
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("needs the go command:", err)
	}
	remember(t)
	args := append([]string{"list", "-e", "-deps", "-json=ImportPath,Name,Standard,Export,Imports,Deps,DepsErrors,Error"}, flags...)
	cmd := exec.Command(tool, append(args, module+"/...")...)
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, &stderr)
	}
	packages := map[string]listed{}
	for d := json.NewDecoder(&stdout); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages[p.ImportPath] = p
	}
}

// remember reads all directories of the module. The go command takes the result
// of a test from its cache unless something has changed that the test has opened
// itself, which what go list reads is not.
func remember(t *testing.T) {
	t.Helper()
	err := filepath.WalkDir("../..", func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && d.Name() == ".git" {
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
