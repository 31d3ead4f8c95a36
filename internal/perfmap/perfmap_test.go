package perfmap

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/internal/symbols"
)

func block(addr uintptr, size int, names ...string) *symbols.Block {
	b := &symbols.Block{Addr: addr, Code: make([]byte, size)}
	n := size / len(names)
	for i, name := range names {
		b.Symbols = append(b.Symbols, symbols.Symbol{Name: name, Offset: uint32(i * n), Size: uint32(n)})
	}
	return b
}

// lines returns the lines of the file that perf would not ignore.
func lines(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return strings.FieldsFunc(string(text), func(r rune) bool { return r == '\n' })
}

// TestMap: what comes to a place takes the names away that were there, all and only
// those.
func TestMap(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perf.map")
	m, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		load *symbols.Block
		want string
	}{
		{block(0x1000, 64, "a"), "1000 40 a"},
		{block(0x1080, 128, "b", "c"), "1000 40 a,1080 40 b,10c0 40 c"},
		{block(0x1040, 64, "between\nthem"), "1000 40 a,1080 40 b,10c0 40 c,1040 40 between?them"},
		{block(0x1090, 16, "in b"), "1000 40 a,10c0 40 c,1040 40 between?them,1090 10 in b"},
		{block(0x1000, 0x80, "twice"), "10c0 40 c,1090 10 in b,1000 80 twice"},
		{block(0x0f00, 0x1000, "all"), "f00 1000 all"},
	} {
		if err := m.Load(tc.load); err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(lines(t, path), ","); got != tc.want {
			t.Errorf("the map is %q, want %q", got, tc.want)
		}
	}
}

// TestBounded: the file does not grow while code comes and goes.
func TestBounded(t *testing.T) {
	path := filepath.Join(t.TempDir(), "perf.map")
	m, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50_000 {
		if err := m.Load(block(0x1000+64*uintptr(i%10), 64, fmt.Sprintf("function%d", i))); err != nil {
			t.Fatal(err)
		}
	}
	if got := lines(t, path); len(got) != 10 || !strings.HasSuffix(got[9], " function49999") {
		t.Errorf("the map is %q", got)
	}
	if info, err := os.Stat(path); err != nil || info.Size() > 2*minCompact {
		t.Errorf("the file has %d bytes, %v", info.Size(), err)
	}
}

// TestCreate: a file that is there already is replaced, and a link is not followed.
func TestCreate(t *testing.T) {
	dir := t.TempDir()
	other := filepath.Join(dir, "other")
	if err := os.WriteFile(other, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "perf.map")
	if err := os.Symlink(other, path); err != nil {
		t.Skip(err)
	}
	m, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Load(block(0x1000, 64, "a")); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(other); string(text) != "precious" || err != nil {
		t.Errorf("the file that a link named is %q, %v", text, err)
	}
}
