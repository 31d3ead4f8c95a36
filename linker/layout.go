package linker

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/copyjit/copyjit/stencils"
)

// An Item is a stencil to be placed, with the values that its fields and holes
// may ask for. Values that they don't ask for are ignored. Two items are a cache
// line: compiling writes and reads a long list of them. Shapes know where in it
// the values are.
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

	labels []uint32 // of all jump tables: indices of items

	colds []coldPart
}

// A coldPart says where an item's cold part is.
type coldPart struct {
	item uint32 // its index
	at   uint32 // from the start of all cold parts
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
	p.Start(set, len(items))
	for i := range items {
		it := &items[i]
		if uint(it.Stencil) >= uint(len(set.Stencils)) {
			return fmt.Errorf("linker: item %d: stencil %d: the %s set has %d", i, it.Stencil, set.Target, len(set.Stencils))
		}
		if it.Stencil == set.Entry {
			p.Align()
		}
		p.Place(it, i, &set.Stencils[it.Stencil])
	}
	return p.Finish(items)
}

// Start begins a layout of at most n items that are placed one by one, by Place.
// Callers that walk a list anyway need no other walk for its layout then.
func (p *Plan) Start(set *stencils.Set, n int) {
	if n > len(p.colds[:cap(p.colds)]) {
		p.colds = make([]coldPart, max(64, n+n/4))
	}
	p.Set, p.Cold, p.Size, p.colds, p.labels = set, 0, 0, p.colds[:0], nil
}

// Align makes room before a function's entry.
func (p *Plan) Align() { p.Size = (p.Size + EntryAlign - 1) &^ (EntryAlign - 1) }

// Place places the next item, which has the index i and the stencil s.
func (p *Plan) Place(it *Item, i int, s *stencils.Stencil) {
	it.hot = uint32(p.Size)
	p.Size += int(s.Hot.Size)
	// Without a branch, which could not be predicted: what has no cold part is
	// overwritten by the next.
	n := len(p.colds)
	p.colds = p.colds[:n+1]
	p.colds[n] = coldPart{uint32(i), uint32(p.Cold)}
	p.Cold += int(s.Cold.Size)
	if s.Cold.Size == 0 {
		n--
	}
	p.colds = p.colds[:n+1]
}

// Finish ends the layout of all items.
func (p *Plan) Finish(items []Item) error {
	hot, cold := p.Size, p.Cold
	if hot+cold > MaxSize-coldGap {
		return fmt.Errorf("linker: %d bytes of code, at most %d are possible", hot+cold, MaxSize-coldGap)
	}
	if cold != 0 {
		hot += coldGap
	}
	p.Items, p.Cold, p.Size = items, hot, hot+cold
	return nil
}

// Offset returns where an item's hot part starts, in bytes from the start of the
// code.
func (p *Plan) Offset(i int) int { return int(p.Items[i].hot) }

// ColdOffset returns where an item's cold part starts, if it has one.
func (p *Plan) ColdOffset(i int) int {
	n, _ := slices.BinarySearchFunc(p.colds, uint32(i), func(c coldPart, i uint32) int { return cmp.Compare(c.item, i) })
	if n == len(p.colds) {
		return p.Size
	}
	return p.Cold + int(p.colds[n].at)
}
