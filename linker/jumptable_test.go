package linker

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/stencils"
)

// switchSet is the toy set with a stencil, 4, that jumps through a table.
func switchSet() *stencils.Set {
	set := toySet()
	at := uint32(len(set.Code) - stencils.Slack)
	set.Code = set.Code[:at] + "\x15\x00\x00\x00\x00\x16" + set.Code[at:]
	set.Holes = append(set.Holes, stencils.Hole{Offset: 1, Kind: stencils.X86PC32, Value: stencils.ValTable, Addend: -4})
	set.Layouts = append(set.Layouts, stencils.Layout{NumHoles: 1, Holes: 4})
	set.Stencils = append(set.Stencils, stencils.Stencil{Hot: stencils.Part{Code: at, Size: 6, Layout: 5}})
	return set
}

// switchItems are two functions, each with a jump through a table, and the labels of
// both tables: of two labels and a default, and of a default alone.
func switchItems() (items []Item, labels []uint32) {
	first := Item{Stencil: 4, Imm: 2}
	second := Item{Stencil: 4, Target: 3}
	return []Item{{Stencil: 0}, first, {Stencil: 1}, {Stencil: 2, Target: 1}, {Stencil: 0}, second, {Stencil: 2, Target: 5}},
		[]uint32{3, 2, 1, 6}
}

func linkTables(t *testing.T, set *stencils.Set, items []Item, labels []uint32) (Plan, []byte) {
	t.Helper()
	plan, err := Layout(set, items)
	if err != nil {
		t.Fatal(err)
	}
	if err := plan.PlaceTables(labels); err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, plan.Size+stencils.Slack)
	if err := plan.Emit(buf); err != nil {
		t.Fatal(err)
	}
	return plan, buf[:plan.Size]
}

// TestJumpTables: tables lie at multiples of four behind the cold parts, items find
// theirs, and labels lead to the starts of items.
func TestJumpTables(t *testing.T) {
	set := switchSet()
	if err := set.Check(); err != nil {
		t.Fatal(err)
	}
	items, labels := switchItems()
	plan, code := linkTables(t, set, items, labels)
	tables := len(code) - 4*len(labels)
	if tables%4 != 0 || tables < plan.ColdOffset(2)+6 || tables >= plan.ColdOffset(2)+6+4 {
		t.Errorf("the tables start at %d; the cold part of item 2 is at %d", tables, plan.ColdOffset(2))
	}
	word := func(at int) int { return at + int(int32(binary.LittleEndian.Uint32(code[at:]))) }
	for k, item := range labels {
		if got, want := word(tables+4*k), plan.Offset(int(item)); got != want {
			t.Errorf("label %d leads to %d, item %d is at %d", k, got, item, want)
		}
	}
	for item, table := range map[int]int{1: tables, 5: tables + 12} {
		if got := word(plan.Offset(item)+1) + 4; got != table {
			t.Errorf("item %d has its table at %d, want %d", item, got, table)
		}
	}
	if err := plan.Validate(code); err != nil {
		t.Error(err)
	}
	for bit := range 8 * len(code) {
		code[bit/8] ^= 1 << (bit % 8)
		var bad *CodeError
		if err := plan.Validate(code); !errors.As(err, &bad) {
			t.Errorf("bit %d of byte %d: %v", bit%8, bit/8, err)
		}
		code[bit/8] ^= 1 << (bit % 8)
	}
}

// TestBadTables: tables that are not those of the items are found, in linking and
// in reading back.
func TestBadTables(t *testing.T) {
	for name, c := range map[string]struct {
		change func([]Item, []uint32)
		emit   string // what Emit says, "" if it cannot know
		code   string // what Validate says of the code before the change
	}{
		"no such item":  {func(_ []Item, l []uint32) { l[1] = 7 }, "a label of a jump table is item 7 of 7", "label 1 of the jump tables is item 7 of 7"},
		"another label": {func(_ []Item, l []uint32) { l[1] = 3 }, "", "label 1 of the jump tables leads to"},
		"an entry":      {func(_ []Item, l []uint32) { l[1] = 4 }, "", "label 1 of the jump tables leads to"},
		"too long":      {func(it []Item, _ []uint32) { it[1].Imm = 4 }, "the item has no such value", "its jump table has the labels from 0 on, 4 and a default, of 4"},
		"endless":       {func(it []Item, _ []uint32) { it[5].Imm = math.MaxUint64 }, "the item has no such value", "its jump table has the labels from 3 on"},
		"behind all":    {func(it []Item, _ []uint32) { it[5].Target = 4 }, "the item has no such value", "its jump table has the labels from 4 on"},
		"another table": {func(it []Item, _ []uint32) { it[5].Target = 2 }, "", "the hole for table holds the bits"},
	} {
		items, labels := switchItems()
		plan, code := linkTables(t, switchSet(), items, labels)
		c.change(items, labels)
		if err := plan.Validate(code); err == nil || !strings.Contains(err.Error(), c.code) {
			t.Errorf("%s: the validator says %v", name, err)
		}
		err := plan.Emit(make([]byte, plan.Size+stencils.Slack))
		if c.emit == "" && err != nil || c.emit != "" && (err == nil || !strings.Contains(err.Error(), c.emit)) {
			t.Errorf("%s: linking it says %v", name, err)
		}
	}
	// A label may not lead past the check of a function's frame, nor to it.
	items, labels := switchItems()
	labels[3] = 4
	plan, code := linkTables(t, switchSet(), items, labels)
	if err := plan.Validate(code); err == nil || !strings.Contains(err.Error(), "label 3 of the jump tables leads to the entry of a function") {
		t.Errorf("a label that is an entry: %v", err)
	}
	var large Plan
	large.Size = MaxSize - 2
	if err := large.PlaceTables([]uint32{0}); err == nil || !strings.Contains(err.Error(), "134217732 bytes of code and jump tables, at most 134217728 are possible") {
		t.Errorf("tables that are too large: %v", err)
	}
}
