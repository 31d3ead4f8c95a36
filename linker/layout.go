package linker

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/copyjit/copyjit/stencils"
)

// An Item is a stencil to be placed, with the values that its fields and holes
// may ask for. Values that they don't ask for are ignored. Two items are a cache
// line: compiling writes and reads a long list of them.
type Item struct {
	Imm uint64 // the immediate

	// Target is the index of the item that this one goes to, or whatever else the
	// operation takes besides: an offset, an index, the number of the register s.
	Target uint32
	PC     uint32 // the operation's
	Site   uint32 // the function and room for an exit's code

	hot uint32 // where its hot part is, from the start of the code

	// The number of a register as the target encodes it, or how many words of eight
	// bytes a slot is from the frame pointer.
	D, L, R uint16

	Stencil uint16 // index in the set
}

// value returns a value that the item has, and whether it is one of those.
func (it *Item) value(v stencils.Value) (n int64, ok bool) {
	switch v {
	case stencils.ValD:
		return 8 * int64(it.D), true
	case stencils.ValL:
		return 8 * int64(it.L), true
	case stencils.ValR:
		return 8 * int64(it.R), true
	case stencils.ValDWord:
		return int64(it.D), true
	case stencils.ValLWord:
		return int64(it.L), true
	case stencils.ValRWord:
		return int64(it.R), true
	case stencils.ValImm:
		return int64(it.Imm), true
	case stencils.ValImmHigh:
		return (int64(it.Imm) - int64(int32(it.Imm))) >> 32, true
	case stencils.ValImmLow:
		return int64(int32(it.Imm)), true
	case stencils.ValExtra:
		return int64(it.Target), true
	case stencils.ValExtra8:
		return 8 * int64(it.Target), true
	case stencils.ValSite:
		return int64(it.Site), true
	case stencils.ValPC:
		return int64(it.PC), true
	}
	return 0, false
}

// EntryAlign is the alignment of function entries in bytes, within code that is
// itself aligned to at least as much: a fetch block of current processors.
const EntryAlign = 16

// MaxSize is the largest code in bytes, so that every branch within it reaches
// on every target.
const MaxSize = 1 << 27

// coldGap separates hot from cold code: the copy of the last hot part may spill
// into it.
const coldGap = stencils.Slack

// A Plan is a list of items with a place for each.
type Plan struct {
	Set   *stencils.Set
	Items []Item
	Cold  int // where the cold parts start, in bytes from the start of the code
	Size  int // of the code and the jump tables in bytes

	labels   []uint32 // of all jump tables: indices of items
	colds    []ColdPart
	numColds int // how many of colds there are
}

// Layout places the items one behind the other, then their cold parts in the
// same order.
func Layout(set *stencils.Set, items []Item) (Plan, error) {
	var p Plan
	err := p.Layout(set, items)
	return p, err
}

// Layout is the function Layout, with the memory that the Plan has from before.
func (p *Plan) Layout(set *stencils.Set, items []Item) error {
	places := Places{Colds: p.Room(len(items))}
	for i := range items {
		it := &items[i]
		if uint(it.Stencil) >= uint(len(set.Stencils)) {
			return fmt.Errorf("linker: item %d: stencil %d: the %s set has %d", i, it.Stencil, set.Target, len(set.Stencils))
		}
		if it.Stencil == set.Entry {
			places.Align()
		}
		places.Place(it, i, &set.Stencils[it.Stencil])
	}
	return p.Placed(set, items, &places)
}

// Places is where items are placed, one by one and in order. Callers that walk a
// list anyway need no other walk for its layout then.
type Places struct {
	Hot, Cold uint64     // sizes of the parts placed so far, in bytes
	Colds     []ColdPart // room for as many as there are items, and one
	NumColds  int        // how many of them there are
}

// A ColdPart says where an item's cold part is.
type ColdPart struct {
	Item uint32 // its index
	At   uint32 // from the start of all cold parts
}

// Align makes room before a function's entry.
func (p *Places) Align() { p.Hot = (p.Hot + EntryAlign - 1) &^ (EntryAlign - 1) }

// Place places the next item, which has the index i and the stencil s.
func (p *Places) Place(it *Item, i int, s *stencils.Stencil) {
	it.hot = uint32(p.Hot)
	p.Hot += uint64(s.Hot.Size)
	// Without a branch, which could not be predicted: what has no cold part is
	// overwritten by the next.
	cold := uint64(s.Cold.Size)
	p.Colds[p.NumColds] = ColdPart{uint32(i), uint32(p.Cold)}
	p.NumColds += int((cold + math.MaxUint16) >> 16)
	p.Cold += cold
}

// Room returns the Colds of the Places of n items. Their memory is reused.
func (p *Plan) Room(n int) []ColdPart {
	if n >= len(p.colds) {
		p.colds = make([]ColdPart, max(64, n+n/4))
	}
	return p.colds
}

// Placed makes the plan of all items that have been placed. An item whose stencil
// has twins gets the first of them whose holes have room for what they take.
func (p *Plan) Placed(set *stencils.Set, items []Item, places *Places) error {
	p.Set, p.Items = set, items
	if err := p.sizes(places); err != nil {
		return err
	}
	return p.fit()
}

// sizes notes how large the parts are that have been placed.
func (p *Plan) sizes(places *Places) error {
	if places.Hot+places.Cold > MaxSize-coldGap {
		return fmt.Errorf("linker: %d bytes of code, at most %d are possible", places.Hot+places.Cold, MaxSize-coldGap)
	}
	hot := int(places.Hot)
	if places.Cold != 0 {
		hot += coldGap
	}
	p.Cold, p.Size, p.numColds = hot, hot+int(places.Cold), places.NumColds
	p.labels = nil
	return nil
}

// Offset returns where an item's hot part starts, in bytes from the start of the
// code.
func (p *Plan) Offset(i int) int { return int(p.Items[i].hot) }

// ColdOffset returns where an item's cold part starts, if it has one.
func (p *Plan) ColdOffset(i int) int {
	n, _ := slices.BinarySearchFunc(p.colds[:p.numColds], uint32(i), func(c ColdPart, i uint32) int { return cmp.Compare(c.Item, i) })
	if n == p.numColds {
		return p.Size
	}
	return p.Cold + int(p.colds[n].At)
}
