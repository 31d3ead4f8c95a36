package bpf_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestNetTests runs x/net/bpf's own tests of its VM, with the one import changed to
// this package, in a module of their own. They compare with the kernel's VM too.
func TestNetTests(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles a module")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("needs the go command:", err)
	}
	output := func(args ...string) string {
		out, err := exec.Command(tool, args...).Output()
		if err != nil {
			t.Fatalf("go %s: %v", strings.Join(args, " "), err)
		}
		return strings.TrimSpace(string(out))
	}
	root := output("list", "-m", "-f", "{{.Dir}}", "github.com/copyjit/copyjit")
	source := output("list", "-m", "-f", "{{.Dir}}", "golang.org/x/net")
	files, err := filepath.Glob(filepath.Join(source, "bpf", "vm_*test.go"))
	if err != nil || len(files) < 8 {
		t.Fatalf("%d tests of x/net's VM (%v), want at least 8 files", len(files), err)
	}

	dir := t.TempDir()
	write := func(name string, content []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	read := func(name string) []byte {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	const from, to = `"golang.org/x/net/bpf"`, `"github.com/copyjit/copyjit/bpf"`
	for _, file := range files {
		content := read(file)
		if n := bytes.Count(content, []byte(from)); n != 1 {
			t.Fatalf("%s has the import %d times, want once", file, n)
		}
		write(filepath.Base(file), bytes.Replace(content, []byte(from), []byte(to), 1))
	}
	// What the module needs, this one needs.
	mod := read(filepath.Join(root, "go.mod"))
	mod = bytes.Replace(mod, []byte("module github.com/copyjit/copyjit"), []byte("module xnettests"), 1)
	mod = append(mod, "\nrequire github.com/copyjit/copyjit v0.0.0\nreplace github.com/copyjit/copyjit => "+root+"\n"...)
	write("go.mod", mod)
	write("go.sum", read(filepath.Join(root, "go.sum")))

	cmd := exec.Command(tool, "test", "-mod=mod", "-count=1", "-v", ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOFLAGS=-buildvcs=false", "GOWORK=off")
	out, err := cmd.CombinedOutput()
	passed := bytes.Count(out, []byte("\n--- PASS:"))
	if err != nil || passed < 50 {
		t.Fatalf("%d tests passed, want at least 50; %v\n%s", passed, err, out)
	}
	t.Logf("%d tests of %s passed", passed, filepath.Base(source))
}
