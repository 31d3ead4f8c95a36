package main

import (
	"os"
	"path/filepath"
	"testing"

	pprof "github.com/google/pprof/profile"
)

// TestCPUProfile: -cpuprofile writes a profile of what ran, also of what trapped.
// What go tool pprof makes of one is tested in package jitprof.
func TestCPUProfile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "cpu.pprof")
	src := write(t, "spin.cj", "copyjit 1\nfunc spin (i) ()\nnext:\n\tsub a, 1\n\tbne a, 0, next\n\ttrap 3\n")
	for _, tier := range tiers() {
		turns := "100000000" // some tenths of a second
		if tier == "interp" || !native() {
			turns = "10000000"
		}
		fails(t, 1, []string{"trap 3"}, "run", src, turns, "-tier", tier, "-cpuprofile", file)
		f, err := os.Open(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := pprof.Parse(f)
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		if len(p.Sample) == 0 {
			t.Fatalf("%s: no samples", tier)
		}
		for _, s := range p.Sample {
			if line := s.Location[0].Line[0]; line.Function.Name != "spin" || line.Function.Filename != src || line.Line != 5 && line.Line != 4 {
				t.Errorf("a sample at %s:%d, in %s", line.Function.Name, line.Line, line.Function.Filename)
			}
		}
	}
}

// TestSeeMistakes: what is said of a profile that cannot be written and of tools that
// there are not.
func TestSeeMistakes(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "none", "cpu.pprof")
	fails(t, 1, []string{"-cpuprofile", "no such file"}, "run", programs+"fib.cj", "1", "-cpuprofile", missing)
	fails(t, 2, []string{`there is no tool "perf", want perfmap, jitdump, gdb`}, "run", programs+"fib.cj", "1", "-tools", "perf")
}
