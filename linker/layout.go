package linker

import (
	"fmt"

	"github.com/copyjit/copyjit/stencils"
)

// An Item is a stencil to be placed, with the values that its fields and holes
// may ask for. Values that they don't ask for are ignored. Three items are as
// long as two cache lines and a half: compiling writes and reads a list of them.
type Item struct {
	Stencil uint32 // index in the set
	Target  uint32 // index of the item that this one goes to
	Imm     uint64 // the immediate

	// The number of a register as the target encodes it, or the offset of a slot
	// from the frame pointer in bytes.
	D, L, R uint32

	Extra uint32 // what the operation takes besides: an offset, an index, the number of the register s
	Site  uint32 // the function and room for an exit's code
	PC    uint32 // the operation's

	hot, cold uint32 // where the parts are, from the start of all hot and of all cold parts
}

// value returns a value that the item has, or is made of those, and whether it is
// one of these.
func (it *Item) value(v stencils.Value) (n int64, ok bool) {
	switch v {
	case stencils.ValD:
		return int64(it.D), true
	case stencils.ValL:
		return int64(it.L), true
	case stencils.ValR:
		return int64(it.R), true
	case stencils.ValImm:
		return int64(it.Imm), true
	case stencils.ValExtra:
		return int64(it.Extra), true
	case stencils.ValExtra8:
		return 8 * int64(it.Extra), true
	case stencils.ValSite:
		return int64(it.Site), true
	case stencils.ValPC:
		return int64(it.PC), true
	case stencils.ValDWord:
		return int64(it.D / 8), it.D%8 == 0
	case stencils.ValLWord:
		return int64(it.L / 8), it.L%8 == 0
	case stencils.ValRWord:
		return int64(it.R / 8), it.R%8 == 0
	case stencils.ValImmHigh:
		return (int64(it.Imm) - int64(int32(it.Imm))) >> 32, true
	case stencils.ValImmLow:
		return int64(int32(it.Imm)), true
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
}

// Layout places the items one behind the other, then their cold parts in the
// same order.
func Layout(set *stencils.Set, items []Item) (Plan, error) {
	var hot, cold uint64
	list, entry := set.Stencils, uint32(set.Entry)
	for i := range items {
		it := &items[i]
		if uint(it.Stencil) >= uint(len(list)) {
			return Plan{}, fmt.Errorf("linker: item %d: stencil %d: the %s set has %d", i, it.Stencil, set.Target, len(list))
		}
		if it.Stencil == entry {
			hot = (hot + EntryAlign - 1) &^ (EntryAlign - 1)
		}
		it.hot, it.cold = uint32(hot), uint32(cold)
		s := &list[it.Stencil]
		hot += uint64(s.Hot.Size)
		cold += uint64(s.Cold.Size)
	}
	if hot+cold > MaxSize-coldGap {
		return Plan{}, fmt.Errorf("linker: %d bytes of code, at most %d are possible", hot+cold, MaxSize-coldGap)
	}
	if cold != 0 {
		hot += coldGap
	}
	return Plan{Set: set, Items: items, Cold: int(hot), Size: int(hot + cold)}, nil
}

// Offset returns where an item's hot part starts, in bytes from the start of the
// code.
func (p *Plan) Offset(i int) int { return int(p.Items[i].hot) }

// ColdOffset returns where an item's cold part starts.
func (p *Plan) ColdOffset(i int) int { return p.Cold + int(p.Items[i].cold) }
