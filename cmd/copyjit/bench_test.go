package main

import (
	"bytes"
	"context"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/jit"
)

// TestBench runs bench with little work.
func TestBench(t *testing.T) {
	little := map[string]map[jit.Tier]workload{
		"loop": {jit.TierNative: {10, 1, 1001}, jit.TierInterp: {10, 2, 1000}},
		"fib":  {jit.TierNative: {2100, 1, 2}, jit.TierInterp: {10, 1, 15}},
	}
	var out bytes.Buffer
	if err := benchTable(context.Background(), &out, little); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	rows := []string{`loop +interp +\d+ ns +– +1000 `, `fib +interp +\d+ ns +– +15 `}
	if native() {
		rows = append(rows, `loop +jit +\d+ ns +\d+ B +1001 `, `fib +jit +\d+ ns +\d+ B +2 `)
	} else {
		rows = append(rows, "no tier jit: no compiled code on ")
	}
	for _, row := range rows {
		if len(regexp.MustCompile(row).FindAllString(text, -1)) != 1 {
			t.Errorf("no row %s in\n%s", row, text)
		}
	}
	if n := strings.Count(text, "interp"); n != 3 {
		t.Errorf("%d times interp, want two rows and a note:\n%s", n, text)
	}

	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := benchTable(ctx, &out, little); err != context.Canceled {
		t.Errorf("interrupted: %v", err)
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
	if compiled := slices.Contains(compiledPlatforms, here); native() && !compiled {
		t.Errorf("there is compiled code on %s, of which compiledPlatforms does not know", here)
	}
	// A target whose tables are there and that nobody lists was forgotten.
	entries, err := os.ReadDir("../../stencils/generated")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		listed := slices.ContainsFunc(compiledPlatforms, func(p string) bool { return strings.HasSuffix(p, "/"+e.Name()) })
		if e.IsDir() && !listed {
			t.Errorf("there are stencils for %s, of which compiledPlatforms does not know", e.Name())
		}
	}
}
