package linker

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/generated/amd64"
)

// testCall is the Key of calls.
const testCall = uint16(ops.Call) << ops.FormBits

// testOp is an operation for a Pass and what a Plan has instead.
type testOp struct {
	key    uint
	source Source
	item   Item
	back   bool
	wide   bool
}

// testNumber returns a number of an operand of a kind, as ops.Form has it, and what an
// item has for it.
func testNumber(rng *rand.Rand, kinds ops.Kinds, kind int) (number, value uint16) {
	switch {
	case kinds == ops.None || kind > ops.FormSlot:
		return 0, 0
	case kind == ops.FormSlot:
		n := uint16(rng.IntN(3000))
		return ops.FirstSlot + n, ops.HeaderWords + n
	}
	n := uint16(rng.IntN(4))
	return ops.FirstReg + n, 4 + n
}

// testOps returns an operation for each key of the set, at random places: registers or
// slots as the key says, branches to anywhere.
func testOps(set *stencils.Set, rng *rand.Rand) (list []testOp) {
	var keys []uint
	for key, n := range set.Index {
		if n != 0 && !usesTable(set, n-1) {
			keys = append(keys, uint(key))
		}
	}
	rng.Shuffle(len(keys), func(i, j int) { keys[i], keys[j] = keys[j], keys[i] })
next:
	for _, key := range keys {
		pc := len(list)
		form := ops.Form(key >> stencils.CoincidenceBits)
		row := form.Code().Info()
		kindD, kindL, kindR := form.Kinds()
		o := testOp{key: key, item: Item{Stencil: set.Index[key] - 1, PC: uint32(pc), Site: 7 << 12}}
		o.source.Key = uint16(form)
		s, it := &o.source, &o.item
		tries := 0
		for coincide := uint(8); coincide != key&7; tries++ { // by chance, and as the key says
			if tries > 100 {
				continue next // no operation has that key
			}
			s.D, it.D = testNumber(rng, row.D, kindD)
			s.L, it.L = testNumber(rng, row.L, kindL)
			s.R, it.R = testNumber(rng, row.R, kindR)
			if key&stencils.SameDL != 0 && kindD == kindL && s.D != 0 && s.L != 0 {
				s.L, it.L = s.D, it.D
			}
			if key&stencils.SameDR != 0 && kindD == kindR && s.D != 0 && s.R != 0 {
				s.R, it.R = s.D, it.D
			}
			if key&stencils.SameLR != 0 && kindL == kindR && s.L != 0 && s.R != 0 {
				s.R, it.R = s.L, it.L
			}
			coincide = stencils.SameDL*equal(s.D, s.L) + stencils.SameDR*equal(s.D, s.R) + stencils.SameLR*equal(s.L, s.R)
		}
		imm := rng.Uint64()
		o.wide = form.Wide()
		if s.Imm = int32(imm); !o.wide {
			imm = uint64(int64(s.Imm))
		}
		it.Imm = imm
		switch {
		case s.Key == testCall: // of the function itself
		case slices.ContainsFunc(set.FieldsOf(&set.Stencils[it.Stencil].Hot), func(f stencils.Field) bool { return f.S != 0 }):
			s.Target, it.Target = 1, 4
		default:
			s.Target = rng.Uint32N(1 << 20)
			it.Target = s.Target
		}
		list = append(list, o)
	}
	for pc := range list {
		if o := &list[pc]; o.branches(set) {
			o.source.Target = uint32(rng.IntN(len(list)))
			o.item.Target, o.back = o.source.Target, int(o.source.Target) <= pc
		}
	}
	return list
}

// branches reports whether the operation goes to a label.
func (o *testOp) branches(set *stencils.Set) bool {
	return o.source.Key != testCall && takes(set, o.item.Stencil, func(h stencils.Hole) bool { return h.Value == stencils.ValTarget })
}

func takes(set *stencils.Set, stencil uint16, is func(stencils.Hole) bool) bool {
	return slices.ContainsFunc(set.HolesOf(&set.Stencils[stencil].Hot), is)
}

func usesTable(set *stencils.Set, stencil uint16) bool {
	return takes(set, stencil, func(h stencils.Hole) bool { return h.Value == stencils.ValTable })
}

// passOver makes the code of a function by a Pass, and reports how many operations
// Run took.
func passOver(t *testing.T, p *Pass, book *Book, list []testOp) (code []byte, ran int) {
	t.Helper()
	sources := make([]Source, len(list))
	for i := range list {
		sources[i] = list[i].source
	}
	p.Start(book, 1, len(list))
	p.Begin(sources, 64, 7<<12)
	ran = len(list)
	for pc := p.Run(); pc < len(list); pc = p.Run() {
		o := &list[pc]
		it := o.item
		p.Op(o.key, &it, o.back, !o.wide)
		ran--
	}
	p.End()
	code, err := p.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(code), ran
}

// TestPass: one pass makes the code that a Plan makes, with every stencil of the set:
// while it learns recipes, when it knows them, in assembly and in Go.
func TestPass(t *testing.T) {
	set := &amd64.Set
	book := NewBook(set, testCall)
	if book == nil {
		t.Skip("recipes are for little-endian machines")
	}
	list := testOps(set, rand.New(rand.NewPCG(5, 6)))
	items := []Item{{Stencil: set.Entry, Imm: 64, Site: 7 << 12}}
	first := make([]uint32, len(list))
	for i := range list {
		first[i] = uint32(len(items))
		if list[i].back {
			items = append(items, Item{Stencil: set.Poll, PC: uint32(i), Site: 7 << 12})
		}
		items = append(items, list[i].item)
	}
	for i := range list {
		if list[i].branches(set) {
			it := &items[first[i]]
			if list[i].back {
				it = &items[first[i]+1]
			}
			it.Target = first[it.Target]
		}
	}
	plan, want := link(t, set, items)
	if err := plan.Validate(want); err != nil {
		for i := range list {
			if first[i] >= 2 && first[i] <= 3 {
				t.Logf("%#x %s %+v", list[i].key, ops.Form(list[i].key>>3).Code(), list[i])
			}
		}
		t.Fatal(err)
	}
	var p Pass
	for _, way := range []struct {
		name string
		slow bool
		ran  int // at least
	}{{"learning", false, 0}, {"assembly", false, len(list) * 2 / 3}, {"Go", true, len(list) * 2 / 3}} {
		p.slow = way.slow
		got, ran := passOver(t, &p, book, list)
		if !bytes.Equal(got, want) {
			n := 0
			for n < min(len(got), len(want)) && got[n] == want[n] {
				n++
			}
			t.Errorf("%s: the code differs from offset %#x on (sizes %d and %d)", way.name, n, len(got), len(want))
		}
		if ran < way.ran {
			t.Errorf("%s: Run took only %d of %d operations", way.name, ran, len(list))
		}
	}
	if book.n < maxRecipes/2 {
		t.Errorf("only %d stencils have recipes", book.n)
	}
}

// TestPassOutOfRange: a pass refuses what does not fit, whoever notices.
func TestPassOutOfRange(t *testing.T) {
	set := &amd64.Set
	withRun, withOp := NewBook(set, testCall), NewBook(set, testCall)
	if withRun == nil {
		t.Skip("recipes are for little-endian machines")
	}
	tested := 0
	for _, o := range testOps(set, rand.New(rand.NewPCG(7, 8))) {
		if o.branches(set) {
			o.source.Target = 2 // the end
		}
		for _, h := range set.HolesOf(&set.Stencils[o.item.Stencil].Hot) {
			bad, book := o, withRun
			switch {
			case h.Value == stencils.ValImm && h.Kind == stencils.X86Abs32S:
				bad.item.Imm, book = 1<<31, withOp // Run knows no such immediate
			case h.Value == stencils.ValExtra && h.Kind == stencils.X86Abs32S:
				bad.source.Target = 1 << 31
			case h.Value == stencils.ValExtra8 && h.Kind == stencils.X86Abs32S:
				bad.source.Target = 1 << 28
			default:
				continue
			}
			tested++
			bad.item.Target = bad.source.Target
			good := o
			good.item.PC, bad.item.PC = 0, 1
			for _, learned := range []bool{false, true} {
				var p Pass
				p.Start(book, 1, 2)
				p.Begin([]Source{good.source, bad.source}, 64, 0)
				for pc := p.Run(); pc < 2; pc = p.Run() {
					it := good.item
					if pc == 1 {
						it = bad.item
					}
					p.Op(o.key, &it, false, book == withRun)
				}
				p.End()
				if _, err := p.Finish(); err == nil {
					t.Errorf("key %#x, hole %+v, learned %v: no error", o.key, h, learned)
				}
			}
			plan, err := Layout(set, []Item{bad.item})
			if err != nil {
				t.Fatal(err)
			}
			var hole *HoleError
			if err := plan.Emit(make([]byte, plan.Size+stencils.Slack)); !errors.As(err, &hole) {
				t.Errorf("key %#x, hole %+v: a plan says %v", o.key, h, err)
			}
		}
	}
	if tested < 100 {
		t.Errorf("only %d holes are tested", tested)
	}
}

// TestPassTargets: there is room for as many branches as a function can have, those
// that have two holes for their target included.
func TestPassTargets(t *testing.T) {
	set := &amd64.Set
	book := NewBook(set, testCall)
	if book == nil {
		t.Skip("recipes are for little-endian machines")
	}
	if book.targets < 2 {
		t.Fatalf("no stencil has two holes for its target, but %d", book.targets)
	}
	for _, o := range testOps(set, rand.New(rand.NewPCG(9, 10))) {
		n := 0
		takes(set, o.item.Stencil, func(h stencils.Hole) bool {
			if h.Value == stencils.ValTarget {
				n++
			}
			return false
		})
		if n < book.targets {
			continue
		}
		const branches = 1000 // more than a Pass makes room for at least
		list := slices.Repeat([]testOp{o}, branches)
		items := []Item{{Stencil: set.Entry, Imm: 64, Site: 7 << 12}}
		for i := range list {
			list[i].source.Target, list[i].item.Target = branches-1, branches-1
			list[i].back, list[i].item.PC = i == branches-1, uint32(i)
			if list[i].back {
				items = append(items, Item{Stencil: set.Poll, PC: uint32(i), Site: 7 << 12})
			}
			items = append(items, list[i].item)
			items[len(items)-1].Target = branches // its poll
		}
		_, want := link(t, set, items)
		var p Pass
		if got, _ := passOver(t, &p, book, list); !bytes.Equal(got, want) {
			t.Errorf("key %#x: the code is not that of a plan", o.key)
		}
		if n := p.numFixes(); n != 0 || len(p.fixes) < branches*book.targets {
			t.Errorf("key %#x: room for %d of %d fixes", o.key, len(p.fixes), branches*book.targets)
		}
		return
	}
	t.Fatal("no operation has as many targets")
}
