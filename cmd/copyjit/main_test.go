package main

import (
	"bytes"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/copyjit/copyjit/jit"
)

var update = flag.Bool("update", false, "rewrite the goldens in testdata/")

// programs is where the corpus is.
const programs = "../../testdata/programs/"

// A result is what a command line did.
type result struct {
	status         int
	stdout, stderr string
}

// copyjit runs a command line in this process.
func copyjit(args ...string) result {
	var stdout, stderr bytes.Buffer
	status := start(args, &stdout, &stderr)
	return result{status, stdout.String(), stderr.String()}
}

// native reports whether this platform has the tier jit.
var native = sync.OnceValue(func() bool {
	engine, err := jit.NewEngine(jit.Config{Tier: jit.TierNative})
	if err == nil {
		engine.Close()
	}
	return err == nil
})

// tiers returns the values of -tier that this platform allows.
func tiers() []string {
	if native() {
		return []string{"interp", "jit", "auto"}
	}
	return []string{"interp", "auto"}
}

// prints checks that a command line prints that and nothing else.
func prints(t *testing.T, want string, args ...string) {
	t.Helper()
	if got := copyjit(args...); got != (result{stdout: want}) {
		t.Errorf("copyjit %.200q: status %d, stdout %q, stderr %q, want stdout %q", args, got.status, got.stdout, got.stderr, want)
	}
}

// fails checks that a command line ends with the status and one line of printable
// text, of bearable length, that has the parts, and prints no result.
func fails(t *testing.T, status int, parts []string, args ...string) {
	t.Helper()
	got := copyjit(args...)
	line, ended := strings.CutSuffix(got.stderr, "\n")
	if got.status != status || got.stdout != "" || !ended || oneLine(line) != line || len(line) > 600 {
		t.Errorf("copyjit %.200q: status %d, stdout %q, stderr %.2000q, want status %d and one line on stderr",
			args, got.status, got.stdout, got.stderr, status)
	}
	if !strings.HasPrefix(line, "copyjit") || (status == 2) != strings.Contains(line, "(try: copyjit ") {
		t.Errorf("copyjit %.200q: message %q", args, line)
	}
	for _, part := range parts {
		if !strings.Contains(line, part) {
			t.Errorf("copyjit %.200q: message %q, want %q in it", args, line, part)
		}
	}
}

// write makes a file and returns its name.
func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCommandLine(t *testing.T) {
	for _, tc := range []struct {
		args string // separated by blanks
		want string
	}{
		{"foo", `copyjit: unknown command "foo" (try: copyjit help)`},
		{"-v sum 5", `unknown command "-v"`},
		{"--", `unknown command "--"`},
		{"help foo", `unknown command "foo"`},
		{"a\nb\x1b", `unknown command "a\nb\x1b"`},
		{"sum", "copyjit sum: want one number N, got 0 arguments (try: copyjit sum -h)"},
		{"sum 1 2", "want one number N, got 2 arguments"},
		{"sum 5 -x", "there is no flag -x, want -cpuprofile, -stack, -tier, -tools, -v"},
		{"sum 5 -\n", `there is no flag -\n, want`},
		{"sum 5 -=", "there is no flag -, want"},
		{"sum 5 ---x", "there is no flag --x, want"},
		{"sum 5 -func loop", "there is no flag -func"},
		{"sum 5 -tier", "-tier needs a value: -tier TIER"},
		{"sum -stack", "-stack needs a value: -stack BYTES"},
		{"sum 5 -v=3", `invalid boolean value "3" for -v`},
		{"sum 5 -tier foo", `invalid value "foo" for flag -tier: want interp, jit or auto`},
		{"sum 5 -tier=", `invalid value "" for flag -tier: want interp, jit or auto`},
		{"sum 5 -tier -v", `invalid value "-v" for flag -tier`},
		{"run", "copyjit run: want a file"},
		{"run x.cj -func", "-func needs a value: -func NAME"},
		{"dump", "want one file, got 0 arguments"},
		{"dump a b", "want one file, got 2 arguments"},
		{"dump a -v", "there is no flag -v, nor any other"},
		{"bench 1", `want no arguments, got "1"`},
		{"bench -tier jit", "there is no flag -tier, nor any other"},
		{"targets x", `want no arguments, got "x"`},
		{"targets -x", "there is no flag -x, want -v"},
	} {
		fails(t, 2, []string{tc.want}, strings.Split(tc.args, " ")...)
	}
	for _, stack := range []string{"0", "8", "-8", "12", "17", "abc", "1e6", "", "268435464", "1000000000000",
		"9223372036854775800", "99999999999999999999"} {
		fails(t, 2, []string{"for flag -stack: want a multiple of 8 from 16 to 268435456"}, "sum", "5", "-stack", stack)
	}
	fails(t, 2, []string{`there is no flag -xxxxxxxxxx`}, "sum", "-"+strings.Repeat("x", 100_000))
	fails(t, 2, []string{`unknown command "xxxxxxxxxx`}, strings.Repeat("x", 100_000))

	if got := copyjit(); got.status != 2 || got.stdout != "" || !strings.Contains(got.stderr, "copyjit sum N") {
		t.Errorf("without arguments: %+v", got)
	}
}

func TestHelp(t *testing.T) {
	for _, arg := range []string{"help", "-h", "-help", "--help"} {
		got := copyjit(arg)
		if got.status != 0 || got.stderr != "" {
			t.Errorf("copyjit %s: %+v", arg, got)
		}
		for _, c := range commands {
			if !strings.Contains(got.stdout, "copyjit "+c.synopsis()+" ") {
				t.Errorf("copyjit %s does not say copyjit %s", arg, c.synopsis())
			}
		}
	}
	for _, c := range commands {
		want := copyjit(c.name, "-h")
		if want.status != 0 || want.stderr != "" || !strings.HasPrefix(want.stdout, "usage: copyjit "+c.synopsis()) {
			t.Errorf("copyjit %s -h: %+v", c.name, want)
		}
		for _, args := range [][]string{{"help", c.name}, {c.name, "x", "--help"}, {c.name, "-help", "-x"}} {
			if got := copyjit(args...); got != want {
				t.Errorf("copyjit %q: %+v", args, got)
			}
		}
	}
}

// A full is a device without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no room") }

// TestOutputFails: a result that cannot be printed is a failure.
func TestOutputFails(t *testing.T) {
	for _, args := range [][]string{{"sum", "5"}, {"sum", "-h"}, {"run", programs + "fib.cj", "5"}, {"dump", programs + "fib.cj"}, {"targets"}} {
		var stderr bytes.Buffer
		if status := start(args, full{}, &stderr); status != 1 || !strings.HasSuffix(stderr.String(), ": no room\n") {
			t.Errorf("%q with a full stdout: status %d, %q", args, status, stderr.String())
		}
	}
}
