package linker

import (
	"fmt"
	"testing"

	"github.com/copyjit/copyjit/stencils"
)

// twinSet is a made-up target with an entry, paddings of 4 and of 32,768 bytes, one
// with a cold part, and a jump to a value, near with a hole of the kind, far with one
// that always reaches.
func twinSet(kind stencils.Kind, to stencils.Value) *stencils.Set {
	set := &stencils.Set{
		Target: "twins", Code: string(make([]byte, 1<<15+stencils.Slack)), RegBits: 5,
		Holes: []stencils.Hole{
			{Kind: kind, Value: to},
			{Offset: 4, Kind: stencils.RVCall, Value: to},
		},
		Layouts: []stencils.Layout{{}, {NumHoles: 1}, {Holes: 1, NumHoles: 1}},
		Stencils: []stencils.Stencil{
			{Hot: stencils.Part{Size: 4}},
			{Hot: stencils.Part{Size: 4}},
			{Hot: stencils.Part{Size: 1 << 15}},
			{Hot: stencils.Part{Size: 4, Layout: 1}},
			{Hot: stencils.Part{Size: 12, Layout: 2}},
		},
		Twins: []stencils.Twin{3: {Far: 4}, 4: {}},
	}
	if to == stencils.ValCold {
		set.Stencils[3].Cold.Size, set.Stencils[4].Cold.Size = 4, 4
	}
	return set
}

// padding is items of so many bytes in all, which must be a multiple of four.
func padding(n int) (items []Item) {
	for ; n >= 1<<15; n -= 1 << 15 {
		items = append(items, Item{Stencil: 2})
	}
	for ; n > 0; n -= 4 {
		items = append(items, Item{Stencil: 1})
	}
	return items
}

// limits are how far each kind of short jump reaches, forwards.
var limits = []struct {
	name  string
	kind  stencils.Kind
	reach int
}{
	{"riscv64 branch ±4 KB", stencils.RVBranch12, 1 << 12},
	{"arm64 test ±32 KB", stencils.A64Test14, 1 << 15},
	{"riscv64 jal ±1 MB", stencils.RVJal20, 1 << 20},
	{"arm64 branch ±1 MB", stencils.A64Cond19, 1 << 20},
}

// TestLimits: a jump is short if it just reaches, and long if it just does not, in
// both directions and into the cold area; both are as the validator wants them.
func TestLimits(t *testing.T) {
	for _, limit := range limits {
		for over := range 2 {
			entry, jump := []Item{{}}, []Item{{Stencil: 3}}
			// Forwards: the distance is the jump's own four bytes and the padding.
			forwards := append(append(entry, jump...), padding(limit.reach-8+4*over)...)
			forwards = append(forwards, Item{Stencil: 1})
			forwards[1].Target = uint32(len(forwards) - 1)
			checkLimit(t, fmt.Sprint(limit.name, " forwards, over by ", 4*over), twinSet(limit.kind, stencils.ValTarget), forwards, 1, over == 1)

			backwards := append(append(entry, padding(limit.reach+4*over)...), jump...)
			backwards[len(backwards)-1].Target = 1
			checkLimit(t, fmt.Sprint(limit.name, " backwards, over by ", 4*over), twinSet(limit.kind, stencils.ValTarget), backwards, len(backwards)-1, over == 1)

			cold := append(append(entry, jump...), padding(limit.reach-8-coldGap+4*over)...)
			checkLimit(t, fmt.Sprint(limit.name, " to the cold part, over by ", 4*over), twinSet(limit.kind, stencils.ValCold), cold, 1, over == 1)
		}
	}
}

func checkLimit(t *testing.T, name string, set *stencils.Set, items []Item, jump int, far bool) {
	t.Helper()
	if err := set.Check(); err != nil {
		t.Fatal(err)
	}
	link(t, set, items)
	if got := items[jump].Stencil == 4; got != far {
		t.Errorf("%s: far: %v", name, got)
	}
}

// TestSizeLimit: code is at most as large as arm64's b reaches, ±128 MB, which
// therefore needs no long form.
func TestSizeLimit(t *testing.T) {
	set := twinSet(stencils.A64Jump26, stencils.ValTarget)
	items := append([]Item{{}, {Stencil: 3}}, padding(MaxSize-coldGap-8)...)
	items[1].Target = uint32(len(items) - 1)
	if _, err := Layout(set, items); err != nil {
		t.Error(err)
	}
	if items[1].Stencil != 3 {
		t.Error("b is taken not to reach the last item")
	}
	if _, err := Layout(set, append(items, Item{Stencil: 1})); err == nil {
		t.Error("more than MaxSize is accepted")
	}
}

// TestGrowth: where each jump that grows makes another one too short, which is the
// worst there can be, the rounds are bounded, and what comes out is valid.
func TestGrowth(t *testing.T) {
	set := twinSet(stencils.RVBranch12, stencils.ValTarget)
	const jumps = 20_000
	items := []Item{{}}
	for range jumps {
		items = append(items, Item{Stencil: 3, Target: uint32(len(items) + 1024)})
	}
	items = append(items, padding(4*1026)...)
	items[jumps].Target++ // the last one does not reach, and so on
	plan, code := link(t, set, items)
	if err := plan.Validate(code); err != nil {
		t.Error(err)
	}
}

// TestWide: a value that does not fit takes the wide twin, and one that does the
// narrow one, wherever the limit is.
func TestWide(t *testing.T) {
	for _, test := range []struct {
		kind   stencils.Kind
		lo, hi int64
	}{
		{stencils.RVImm12I, -1 << 11, 1<<11 - 1},
		{stencils.RVImm12S, -1 << 11, 1<<11 - 1},
		{stencils.A64Imm12, 0, 1<<12 - 1},
		{stencils.A64Add12, -(1<<12 - 1), 1<<12 - 1},
		{stencils.A64Sub12, -(1<<12 - 1), 1<<12 - 1},
		{stencils.A64Movz16, -1 << 16, 1<<16 - 1},
	} {
		set := twinSet(test.kind, stencils.ValImm)
		set.Holes[1].Kind = stencils.RVHi20
		set.Twins[3] = stencils.Twin{Wide: 4}
		for v, wide := range map[int64]bool{test.lo - 1: true, test.lo: false, 0: false, test.hi: false, test.hi + 1: true} {
			items := []Item{{}, {Stencil: 3, Imm: uint64(v)}}
			link(t, set, items)
			if got := items[1].Stencil == 4; got != wide {
				t.Errorf("%s, %d: wide: %v", test.kind, v, got)
			}
		}
	}
}
