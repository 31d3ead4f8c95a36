package tooltest

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/copyjit/copyjit/jit"
)

// need skips the test unless there are these tools, and code that they can look at.
func need(t *testing.T, tools ...string) {
	t.Helper()
	for _, tool := range append(tools, "go") {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip(err)
		}
	}
	e, err := jit.NewEngine(jit.Config{Tier: jit.TierNative})
	if err != nil {
		t.Skip(err)
	}
	e.Close()
	if testing.Short() {
		t.Skip("takes seconds")
	}
}

// build builds a command of the module.
func build(t *testing.T, pkg string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), filepath.Base(pkg))
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", file, pkg).CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	return file
}

// run runs a command in a directory and returns what it prints on both streams.
func run(t *testing.T, dir string, env []string, name string, args ...string) (string, error) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stuck := time.AfterFunc(2*time.Minute, func() { cmd.Process.Kill() })
	defer stuck.Stop()
	err := cmd.Wait()
	return out.String(), err
}

// match fails unless the regular expression, in which ^ and $ are those of a line,
// matches what a tool says; it returns the groups.
func match(t *testing.T, what, text, expr string) []string {
	t.Helper()
	m := regexp.MustCompile("(?m)" + expr).FindStringSubmatch(text)
	if m == nil {
		t.Errorf("%s: no %s in\n%s", what, expr, text)
	}
	return m
}

// without fails if a text is in what a tool says.
func without(t *testing.T, what, text, not string) {
	t.Helper()
	if strings.Contains(text, not) {
		t.Errorf("%s: %s in\n%s", what, not, text)
	}
}

const (
	command = "../../cmd/copyjit"
	reuse   = "./testdata/reuse"
	deep    = "./testdata/deep"
)
