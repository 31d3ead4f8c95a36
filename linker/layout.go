package linker

import (
	"fmt"
	"math"

	"github.com/copyjit/copyjit/stencils"
)

// An Item is a stencil to be placed, with the values that its fields and holes
// may ask for. Values that they don't ask for are ignored.
type Item struct {
	Stencil uint32 // index in the set
	D, L, R uint32 // number of a register, as the target encodes it, or offset of a slot from the frame pointer, in bytes
	Imm     uint64
	Site    uint32 // see stencils.ValSite
	PC      uint32
	Target  uint32 // index of the item that this one goes to

	hot, cold uint32 // where its parts are, from the start of the code
}

// Offset returns where the item's hot part starts, in bytes from the start of
// the code. Layout sets it.
func (it *Item) Offset() int { return int(it.hot) }

// ColdOffset returns where the item's cold part starts.
func (it *Item) ColdOffset() int { return int(it.cold) }

// EntryAlign is the alignment of function entries in bytes, within code that is
// itself aligned to at least as much: a fetch block of current processors.
const EntryAlign = 16

// MaxSize is the largest code in bytes, so that every branch within it reaches
// on every target.
const MaxSize = 1 << 27

// Layout places the items one behind the other, then their cold parts in the
// same order, and returns the size of it all in bytes.
func Layout(set *stencils.Set, items []Item) (size int, err error) {
	var hot, cold uint64
	for i := range items {
		it := &items[i]
		if int(it.Stencil) >= len(set.Stencils) {
			return 0, fmt.Errorf("linker: item %d: stencil %d: the %s set has %d", i, it.Stencil, set.Target, len(set.Stencils))
		}
		s := &set.Stencils[it.Stencil]
		if it.Stencil == uint32(set.Entry) {
			hot = (hot + EntryAlign - 1) &^ (EntryAlign - 1)
		}
		it.hot, it.cold = uint32(hot), uint32(cold)
		hot += uint64(s.Hot.Size)
		cold += uint64(s.Cold.Size)
		if hot+cold > math.MaxUint32/2 {
			break
		}
	}
	if hot+cold > MaxSize {
		return 0, fmt.Errorf("linker: more than %d bytes of code", MaxSize)
	}
	if cold > 0 {
		for i := range items {
			items[i].cold += uint32(hot)
		}
	}
	return int(hot + cold), nil
}
