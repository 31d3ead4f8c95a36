package gdbjit

import (
	"bytes"
	"debug/dwarf"
	"debug/elf"
	"io"
	"testing"

	"github.com/copyjit/copyjit/internal/symbols"
)

// TestImage: Go's readers of ELF and DWARF find in an image what was said of the code.
// What debuggers do is tested where they are (internal/tooltest).
func TestImage(t *testing.T) {
	if symbols.Machine == 0 {
		t.Skip("there is no compiled code here")
	}
	b := &symbols.Block{Addr: 0x7f00_1000, Code: make([]byte, 0x300), File: "program.cj", Symbols: []symbols.Symbol{
		{Name: "copyjit.f", Offset: 0, Size: 0x180, Lines: []symbols.Line{{Offset: 0, Line: 10}, {Offset: 0x90, Line: 300}, {Offset: 0xa0, Line: 11}}},
		{Name: "copyjit.f.cold", Offset: 0x200, Size: 0x100, Lines: []symbols.Line{{Offset: 0x200, Line: 11}}},
	}}
	f, err := elf.NewFile(bytes.NewReader(image(b)))
	if err != nil {
		t.Fatal(err)
	}
	list, err := f.Symbols()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range b.Symbols {
		if got := list[i]; got.Name != s.Name || got.Value != uint64(b.Addr)+uint64(s.Offset) || got.Size != uint64(s.Size) {
			t.Errorf("symbol %d is %v, want %v", i, got, s)
		}
	}
	if text := f.Section(".text"); text.Addr != uint64(b.Addr) || text.Size != uint64(len(b.Code)) {
		t.Errorf(".text is %+v", text.SectionHeader)
	}
	d, err := f.DWARF()
	if err != nil {
		t.Fatal(err)
	}
	unit, err := d.Reader().Next()
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.LineReader(unit)
	if err != nil {
		t.Fatal(err)
	}
	type row struct {
		offset uint64
		line   int
		end    bool
	}
	want := []row{{0, 10, false}, {0x90, 300, false}, {0xa0, 11, false}, {0x180, 11, true}, {0x200, 11, false}, {0x300, 11, true}}
	for i := 0; ; i++ {
		var e dwarf.LineEntry
		if err := r.Next(&e); err == io.EOF {
			if i != len(want) {
				t.Errorf("%d rows, want %d", i, len(want))
			}
			break
		} else if err != nil {
			t.Fatal(err)
		}
		if got := (row{e.Address - uint64(b.Addr), e.Line, e.EndSequence}); i >= len(want) || got != want[i] || e.File.Name != b.File {
			t.Errorf("row %d is %v of %s", i, got, e.File.Name)
		}
	}
}

// TestList: entries come to the front of the list and go from wherever they are.
func TestList(t *testing.T) {
	addrs := func() (got []uint64) {
		last := (*entry)(nil)
		for e := list.first; e != nil; last, e = e, e.next {
			if e.prev != last {
				t.Error("an entry's prev is not the one before it")
			}
			got = append(got, e.size)
		}
		return got
	}
	if len(addrs()) != 0 {
		t.Fatal("the list is not empty")
	}
	for i := range uintptr(3) {
		if err := Load(&symbols.Block{Addr: 0x1000 + i, Code: make([]byte, 8)}); err != nil {
			t.Fatal(err)
		}
	}
	for i, addr := range []uintptr{0x1001, 0x1001, 0x1002, 0x1000, 0x1000} {
		Unload(addr)
		if got, want := len(addrs()), []int{2, 2, 1, 0, 0}[i]; got != want {
			t.Errorf("%d entries, want %d", got, want)
		}
	}
}
