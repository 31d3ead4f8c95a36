//go:build amd64 || arm64 || riscv64

package codemem

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// Memory without a name runs what is written to it, is never writable and executable
// at once, and has the name by which perf knows code that is made at run time.
func TestUnnamed(t *testing.T) {
	m := open(t, 1<<20, Unnamed, Poison)
	testRun(t, m)
	if !m.views.unnamed {
		t.Skip("there is no such memory here, or code is mapped again, which takes a file")
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for line := range strings.Lines(string(maps)) {
		if strings.HasPrefix(line, fmt.Sprintf("%x-", m.base)) {
			found = strings.Contains(line, " r-xs ") && strings.Contains(line, "/dev/zero")
		}
	}
	if !found {
		t.Errorf("no executable mapping of /dev/zero at %#x in\n%s", m.base, maps)
	}
}

// A Memory gives its address space back whatever its views are made of.
func TestUnnamedClose(t *testing.T) {
	m, err := New(1<<20, Unnamed)
	if err != nil {
		t.Fatal(err)
	}
	base := m.base
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(maps)) {
		if strings.HasPrefix(line, fmt.Sprintf("%x-", base)) && strings.Contains(line, "/dev/zero") {
			t.Errorf("still mapped: %s", line)
		}
	}
}

type watched []string

func (w *watched) Freed(addr uintptr) { *w = append(*w, fmt.Sprintf("%#x", addr)) }
func (w *watched) Closed()            { *w = append(*w, "closed") }

// A Watcher hears of every block that is freed, small and large, and of the end.
func TestWatch(t *testing.T) {
	m := open(t, 1<<20)
	var w watched
	m.Watch(&w)
	var want watched
	for _, size := range []int{1, 100, 5000, 200_000} {
		b, err := m.Alloc(size)
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, fmt.Sprintf("%#x", m.Addr(b)))
		m.Free(b)
	}
	if err := m.Close(); err != nil {
		t.Fatal(err)
	}
	if want = append(want, "closed"); !slices.Equal(w, want) {
		t.Errorf("told of %v, want %v", w, want)
	}
}
