package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/jit"
)

// little returns the kernels with little work.
func little() []kernel {
	list := slices.Clone(kernels)
	for i, work := range []map[jit.Tier]workload{
		{jit.TierNative: {10, 1, 1001}, jit.TierInterp: {10, 2, 1000}},
		{jit.TierNative: {2100, 1, 2}, jit.TierInterp: {10, 1, 15}},
		{jit.TierNative: {3, 1, 4000}, jit.TierInterp: {3, 1, 8}},
		{jit.TierNative: {3, 1, 21}, jit.TierInterp: {3, 1, 5}},
	} {
		list[i].work = work
	}
	return list
}

// TestBench runs bench with little work.
func TestBench(t *testing.T) {
	var out bytes.Buffer
	peers := buildPeers(context.Background(), t.TempDir())
	if err := benchTable(context.Background(), &out, little(), peers); err != nil {
		t.Fatal(err)
	}
	beside := ""
	for _, p := range peers {
		switch p.err {
		case nil:
			beside += ` +\d+\.\d\d ns`
		case errNoCompiler:
			beside += ` +not installed`
		default:
			t.Errorf("%s: %v", p.name, p.err)
		}
	}
	text := out.String()
	rows := []string{`loop +interp +\d+ ns +– +1000 `, `fib +interp +\d+ ns +– +15 `, `sieve +interp +\d+ ns +– +8 `,
		`mandelbrot +interp +\d+ ns +– +5 `}
	if native() {
		rows = append(rows, `loop +jit +\d+ ns +\d+ B +1001 `, `fib +jit +\d+ ns +\d+ B +2 `, `sieve +jit +\d+ ns +\d+ B +4000 `,
			`mandelbrot +jit +\d+ ns +\d+ B +21 `)
	} else {
		rows = append(rows, "no tier jit: no compiled code on ")
		beside = ""
	}
	for _, row := range rows {
		if native() {
			row += ` +\d+\.\d ms +\d+\.\d\d ns` + beside + "\n"
		}
		if len(regexp.MustCompile(row).FindAllString(text, -1)) != 1 {
			t.Errorf("no row %s in\n%s", row, text)
		}
	}
	if n := strings.Count(text, "interp"); n != 5 {
		t.Errorf("%d times interp, want four rows and a note:\n%s", n, text)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := benchTable(ctx, &out, little(), nil); err != context.Canceled {
		t.Errorf("interrupted: %v", err)
	}
}

// TestBenchPeers: a compiler that is not there is said to be missing, one that fails
// to fail, and a wrong result is found.
func TestBenchPeers(t *testing.T) {
	ctx := context.Background()
	var out bytes.Buffer
	bad := errors.New("exit status 1: no\nheaders")
	if err := benchTable(ctx, &out, little(), []peer{{name: "cc -O7", err: bad}}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{" cc -O7\n", " failed\n", "\ncc -O7: exit status 1: no; headers\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("no %q in\n%s", want, &out)
		}
	}
	wrong := little()[:1]
	wrong[0].want = func(uint64) uint64 { return 7 }
	if err := benchTable(ctx, &out, wrong, nil); err == nil || !strings.HasSuffix(err.Error(), ", want 7") {
		t.Errorf("a wrong result: %v", err)
	}
	if peers := buildPeers(ctx, t.TempDir()); peers[0].err == nil {
		if err := benchTable(ctx, &out, wrong, peers); err == nil || err.Error() != "loop 1001 compiled by "+peers[0].name+" is 500500, want 7" {
			t.Errorf("a wrong result in C: %v", err)
		}
		if _, _, err := peers[0].run(ctx, "nothing", 1); err == nil || !strings.HasPrefix(err.Error(), "nothing, compiled by ") {
			t.Errorf("a kernel that there is not: %v", err)
		}
	}
	t.Setenv("PATH", t.TempDir())
	out.Reset()
	if err := benchTable(ctx, &out, little()[:1], buildPeers(ctx, t.TempDir())); err != nil || !strings.Contains(out.String(), " not installed   not installed\n") {
		t.Errorf("%v, without a compiler\n%s", err, &out)
	}
}

func TestTargets(t *testing.T) {
	here := runtime.GOOS + "/" + runtime.GOARCH
	got := copyjit("targets")
	want := "here: " + here + ", jit\n"
	if !native() {
		want = "here: " + here + ", interp; "
	}
	if got.status != 0 || got.stderr != "" || !strings.Contains(got.stdout, want) {
		t.Errorf("%+v, want %q", got, want)
	}
	if long := copyjit("targets", "-v"); !strings.HasPrefix(long.stdout, got.stdout) {
		t.Errorf("with -v\n%swithout\n%s", long.stdout, got.stdout)
	}
	if native() && !strings.Contains(got.stdout, "\n"+here+" ") {
		t.Errorf("there is compiled code on %s, of which compiledPlatforms does not know", here)
	}
	// A target whose tables are there and that nobody lists was forgotten.
	entries, err := os.ReadDir("../../stencils/generated")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		listed := strings.Contains(got.stdout, "\nlinux/"+e.Name()+" ")
		if e.IsDir() && !listed {
			t.Errorf("there are stencils for %s, of which compiledPlatforms does not know", e.Name())
		}
	}
}
