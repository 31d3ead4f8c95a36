package linker

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/stencils"
)

// toySet is a made-up target with registers of three bits: an entry of 3 bytes;
// a 9-byte stencil with two register fields, a 32-bit hole and a branch in its
// cold part; a jump; a 20-byte stencil with a 64-bit hole.
func toySet() *stencils.Set {
	code := []byte{
		1, 2, 3, // entry
		0x10, 0x20, 0x40, 4, 0, 0, 0, 0, 5, // fields at bits 16 and 19, hole at 4
		6, 0, 0, 0, 0, 7, // its cold part, hole at 1
		8, 0, 0, 0, 0, // jump, hole at 1
		9, 10, 0, 0, 0, 0, 0, 0, 0, 0, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, // hole at 2
	}
	code = append(code, make([]byte, stencils.Slack)...)
	set := &stencils.Set{
		Target: "toy", Code: string(code), RegBits: 3, Trap: 0xcc,
		Fields: []stencils.Field{{Offset: 1, D: 1 << 8, L: 1 << 11}},
		Holes: []stencils.Hole{
			{Offset: 4, Kind: stencils.X86Abs32S, Value: stencils.ValImm, Addend: 3},
			{Offset: 1, Kind: stencils.X86PC32, Value: stencils.ValHot, Addend: -4},
			{Offset: 1, Kind: stencils.X86PC32, Value: stencils.ValTarget, Addend: -4},
			{Offset: 2, Kind: stencils.X86Abs64, Value: stencils.ValImm},
		},
		Layouts: []stencils.Layout{
			{},
			{NumHoles: 1, Holes: 2},
			{NumHoles: 1, Holes: 3},
			{NumFields: 1, NumHoles: 1},
			{NumHoles: 1, Holes: 1},
		},
		Stencils: []stencils.Stencil{
			{Hot: stencils.Part{Code: 0, Size: 3}},
			{Hot: stencils.Part{Code: 3, Size: 9, Layout: 3}, Cold: stencils.Part{Code: 12, Size: 6, Layout: 4}},
			{Hot: stencils.Part{Code: 18, Size: 5, Layout: 1}},
			{Hot: stencils.Part{Code: 23, Size: 20, Layout: 2}},
		},
		Entry: 0, Poll: 2,
	}
	return set
}

func toyItems() []Item {
	return []Item{
		{Stencil: 0},
		{Stencil: 1, D: 5, L: 2, Imm: 1000},
		{Stencil: 2, Target: 1},
		{Stencil: 0},
		{Stencil: 3, Imm: 0x1122334455667788},
		{Stencil: 1, D: 7, L: 7, Imm: 1<<64 - 1},
		{Stencil: 2, Target: 3},
	}
}

func link(t *testing.T, set *stencils.Set, items []Item) (Plan, []byte) {
	t.Helper()
	plan, err := Layout(set, items)
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, plan.Size+stencils.Slack)
	if err := plan.Emit(buf); err != nil {
		t.Fatal(err)
	}
	return plan, buf[:plan.Size]
}

func TestLink(t *testing.T) {
	set := toySet()
	if err := set.Check(); err != nil {
		t.Fatal(err)
	}
	plan, code := link(t, set, toyItems())
	want := []byte{
		1, 2, 3,
		0x10, 0x20, 0x40 | 5 | 2<<3, 4, 0xeb, 3, 0, 0, 5,
		8, 0xf2, 0xff, 0xff, 0xff, // to 3, from the end of the hole at 17
	}
	for len(want) < 32 {
		want = append(want, 0xcc)
	}
	if string(code[:32]) != string(want) {
		t.Errorf("got  % x\nwant % x", code[:32], want)
	}
	for i, offset := range []int{0, 3, 12, 32, 35, 55, 64} {
		if plan.Offset(i) != offset {
			t.Errorf("item %d is at %d, want %d", i, plan.Offset(i), offset)
		}
	}
	if plan.ColdOffset(1) != 69+stencils.Slack || plan.ColdOffset(5) != 75+stencils.Slack || len(code) != 81+stencils.Slack {
		t.Errorf("cold parts at %d and %d of %d", plan.ColdOffset(1), plan.ColdOffset(5), len(code))
	}
	if err := plan.Validate(code); err != nil {
		t.Error(err)
	}
}

// TestFlips: whatever bit of finished code changes, the validator says so.
func TestFlips(t *testing.T) {
	plan, code := link(t, toySet(), toyItems())
	for bit := range 8 * len(code) {
		code[bit/8] ^= 1 << (bit % 8)
		var bad *CodeError
		if err := plan.Validate(code); !errors.As(err, &bad) {
			t.Errorf("bit %d of byte %d: %v", bit%8, bit/8, err)
		}
		code[bit/8] ^= 1 << (bit % 8)
	}
	for _, cut := range [][]byte{code[:len(code)-1], append(code[:len(code):len(code)], 0), nil} {
		if plan.Validate(cut) == nil {
			t.Errorf("%d of %d bytes are accepted", len(cut), len(code))
		}
	}
}

// TestValidateItems: code that belongs to another list is not accepted.
func TestValidateItems(t *testing.T) {
	for name, change := range map[string]func([]Item){
		"register":  func(items []Item) { items[1].D = 4 },
		"immediate": func(items []Item) { items[1].Imm++ },
		"wide":      func(items []Item) { items[4].Imm ^= 1 << 63 },
		"target":    func(items []Item) { items[2].Target = 0 },
		"no target": func(items []Item) { items[2].Target = 99 },
		"stencil":   func(items []Item) { items[4].Stencil = 1 },
	} {
		plan, code := link(t, toySet(), toyItems())
		change(plan.Items)
		var bad *CodeError
		if err := plan.Validate(code); !errors.As(err, &bad) {
			t.Errorf("another %s: %v", name, err)
		} else if bad.Error() == "" {
			t.Errorf("another %s: no message", name)
		}
	}
}

// TestRange: a value that does not fit in its hole is an error that names the
// hole, on both sides of both limits.
func TestRange(t *testing.T) {
	set := toySet()
	for _, c := range []struct {
		imm int64
		ok  bool
	}{
		{math.MaxInt32 - 3, true}, {math.MaxInt32 - 2, false},
		{math.MinInt32 - 3, true}, {math.MinInt32 - 4, false},
		{0, true}, {math.MaxInt64, false}, {math.MinInt64, false},
	} {
		items := []Item{{Stencil: 0}, {Stencil: 1, Imm: uint64(c.imm)}}
		plan, err := Layout(set, items)
		if err != nil {
			t.Fatal(err)
		}
		err = plan.Emit(make([]byte, plan.Size+stencils.Slack))
		var hole *HoleError
		if c.ok != (err == nil) || err != nil && !errors.As(err, &hole) {
			t.Errorf("%d: %v", c.imm, err)
		}
		if hole != nil && !strings.Contains(hole.Error(), "item 1, stencil 1, hot part, hole at 4 (X86Abs32S imm)") {
			t.Errorf("%d: %v", c.imm, hole)
		}
	}
}

// TestRelocations: each kind on both sides of its limits.
func TestRelocations(t *testing.T) {
	for _, c := range []struct {
		name  string
		patch func(*[8]byte, int64) bool
		lo    int64
		hi    int64
	}{
		{"x86Abs32S", x86Abs32S, math.MinInt32, math.MaxInt32},
		{"x86Abs32", x86Abs32, 0, math.MaxUint32},
		{"x86PC32", x86PC32, math.MinInt32, math.MaxInt32},
	} {
		for _, v := range []int64{c.lo, c.hi, c.lo + 1, c.hi - 1} {
			code := [8]byte{0xaa, 0xaa, 0xaa, 0xaa, 0xaa}
			if !c.patch(&code, v) || uint32(v) != uint32(code[0])|uint32(code[1])<<8|uint32(code[2])<<16|uint32(code[3])<<24 || code[4] != 0xaa {
				t.Errorf("%s: %d gives % x", c.name, v, code)
			}
		}
		for _, v := range []int64{c.lo - 1, c.hi + 1, math.MinInt64, math.MaxInt64} {
			code := [8]byte{0xaa, 0xaa, 0xaa, 0xaa}
			if c.patch(&code, v) || code != [8]byte{0xaa, 0xaa, 0xaa, 0xaa} {
				t.Errorf("%s: %d is accepted: % x", c.name, v, code)
			}
		}
	}
	var code [8]byte
	if !x86Abs64(&code, math.MinInt64+1) || code != [8]byte{1, 7: 0x80} {
		t.Errorf("x86Abs64: % x", code)
	}
}

// TestBadLists: lists that cannot be linked.
func TestBadLists(t *testing.T) {
	set := toySet()
	if _, err := Layout(set, []Item{{Stencil: 4}}); err == nil || !strings.Contains(err.Error(), "item 0: stencil 4: the toy set has 4") {
		t.Errorf("a stencil that is not there: %v", err)
	}
	plan, err := Layout(set, []Item{{Stencil: 2, Target: 7}})
	if err != nil {
		t.Fatal(err)
	}
	buf := make([]byte, plan.Size+stencils.Slack+8)
	var hole *HoleError
	if err := plan.Emit(buf); !errors.As(err, &hole) {
		t.Errorf("a target that is not there: %v", err)
	}
	plan.Items[0].Target = 0
	if err := plan.Emit(buf[:plan.Size+stencils.Slack-1]); err == nil || !strings.Contains(err.Error(), "slack") {
		t.Errorf("a buffer without slack: %v", err)
	}
	for _, change := range []func(*Plan){
		func(p *Plan) { p.Size++ },
		func(p *Plan) { p.Size-- },
		func(p *Plan) { p.Cold++ },
		func(p *Plan) { p.Cold-- },
		func(p *Plan) { p.Items[1].Stencil = 2 },
		func(p *Plan) { p.Items[0].Stencil = 1 << 15 },
		func(p *Plan) { p.Items[1].Stencil = 3 },
		func(p *Plan) { p.Items[5].Stencil = 3 },
		func(p *Plan) { p.Items = p.Items[:6] },
		func(p *Plan) { p.Items[2].hot += 40 },
		func(p *Plan) { p.colds[1].At++ },
	} {
		plan, code := link(t, set, toyItems())
		change(&plan)
		// Nothing may be written behind the buffer, and if nothing is said the code
		// must be what it was.
		got := bytes.Repeat([]byte{0xaa}, len(code)+100)
		err := plan.Emit(got[:len(code)+stencils.Slack+1])
		if err == nil && !bytes.Equal(got[:len(code)], code) {
			t.Errorf("a plan changed behind Layout makes other code and no error")
		}
		for _, c := range got[len(code)+stencils.Slack+1:] {
			if c != 0xaa {
				t.Fatalf("a plan changed behind Layout writes behind the buffer")
			}
		}
	}
	many := make([]Item, MaxSize/20+1)
	for i := range many {
		many[i].Stencil = 3
	}
	if _, err := Layout(set, many); err == nil {
		t.Error("more than MaxSize bytes are accepted")
	}
}

// TestCheck: a corrupted table is found before anything is linked with it.
func TestCheck(t *testing.T) {
	for name, corrupt := range map[string]func(*stencils.Set){
		"RegBits":          func(s *stencils.Set) { s.RegBits = 0 },
		"code outside":     func(s *stencils.Set) { s.Stencils[3].Hot.Code += 1 },
		"fields outside":   func(s *stencils.Set) { s.Layouts[3].NumFields = 2 },
		"holes outside":    func(s *stencils.Set) { s.Layouts[2].NumHoles = 2 },
		"hole sticks out":  func(s *stencils.Set) { s.Holes[0].Offset = 6 },
		"field sticks out": func(s *stencils.Set) { s.Fields[0].L = 1 << 62 },
		"field over field": func(s *stencils.Set) { s.Fields[0].L = 1 << 9 },
		"fields in disorder": func(s *stencils.Set) {
			s.Fields = []stencils.Field{{Offset: 1, D: 1 << 8}, {Offset: 1, L: 1 << 11}}
			s.Layouts[3].NumFields = 2
		},
		"hole not zero":      func(s *stencils.Set) { s.Code = s.Code[:8] + "\x01" + s.Code[9:] },
		"field not zero":     func(s *stencils.Set) { s.Code = s.Code[:5] + "\x41" + s.Code[6:] },
		"no such kind":       func(s *stencils.Set) { s.Holes[2].Kind = stencils.NumKinds },
		"no such value":      func(s *stencils.Set) { s.Holes[2].Value = stencils.NumValues },
		"no such layout":     func(s *stencils.Set) { s.Stencils[2].Hot.Layout = 5 },
		"entry outside":      func(s *stencils.Set) { s.Entry = 4 },
		"index out of range": func(s *stencils.Set) { s.Index = []uint16{5} },
	} {
		set := toySet()
		sum := set.Sum()
		corrupt(set)
		if err := set.Check(); err == nil {
			t.Errorf("%s: not found", name)
		}
		if set.Sum() == sum {
			t.Errorf("%s: the sum is the same", name)
		}
	}
}
