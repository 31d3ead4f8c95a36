package stencils

import "math/bits"

// A Shape says again what a Layout says, in one cache line and in a form that is
// the same for all: whoever writes a part need not ask how many fields and holes
// there are, which no processor can guess in a program of many different
// operations. What a part does not have stands at offset Beyond, where writing
// harms nobody, or has a mask of zeros.
//
// Not every Layout has one. Shapes can say what the relocations of amd64 need, of
// parts of at most Beyond bytes. A part is written in this order: Beyond bytes of
// code; Word1; Word2; the holes.
type Shape struct {
	// The word of eight bytes at Word1: d, l and r are multiplied by these masks and
	// or-ed to it. They are a Field's, and for the offset of a slot, which an item
	// has in words, a one where an eight is to be added.
	D, L, R uint64

	Mask2 uint64 // the same for the word at Word2 and the number that Item2 says

	// The hole of 32 bits at Hole3 gets And3 and what Item3 says, times Scale3. None
	// of the bits of Bad3 may be set in the product.
	Bad3 uint64
	And3 uint32

	WideImm   uint32 // bits of the upper half of the immediate that must be as bit 31
	AddTarget int16  // addend of the distance to the target, less its hole's offset
	AddCold   int16  // addend of the distance to the cold part, likewise
	IsJump    uint8  // 1 if there is a target

	Word1, Word2, Item2  uint8
	Imm                  uint8 // the hole for the lower half of the immediate
	Hole3, Item3, Scale3 uint8
	Target, Cold         uint8 // holes for distances
}

// Where the numbers of an item are that shapes name, in bytes (see linker.Item).
const (
	ItemImm    = 0
	ItemTarget = 8
	ItemPC     = 12
	ItemSite   = 16
	ItemD      = 24
	ItemL      = 26
	ItemR      = 28
)

// NewLayout returns the layout of these fields and holes, which start there.
func NewLayout(fields []Field, holes []Hole, firstField, firstHole uint16) Layout {
	lay := Layout{Fields: firstField, Holes: firstHole, NumFields: uint8(len(fields)), NumHoles: uint8(len(holes))}
	lay.findExit(fields, holes)
	return lay
}

// findExit says whether it is the layout of an exit.
func (lay *Layout) findExit(fields []Field, holes []Hole) {
	lay.PC, lay.Site, lay.AddSite = 0, 0, 0
	if len(fields) != 0 || len(holes) != 2 || holes[0].Value == holes[1].Value {
		return
	}
	exit := *lay
	for _, h := range holes {
		switch {
		case h.Kind != X86Abs32 || h.Offset > Beyond-4:
			return
		case h.Value == ValPC && h.Addend == 0:
			exit.PC = uint8(h.Offset)
		case h.Value == ValSite && h.Addend == int32(uint16(h.Addend)):
			exit.Site, exit.AddSite = uint8(h.Offset), uint16(h.Addend)
		default:
			return
		}
	}
	*lay = exit
}

// Beyond is the largest part that has a Shape, in bytes.
const Beyond = 32

// NewShape returns the Shape of a part of so many bytes with these fields and
// holes, and whether there is one.
//
// Registers have regBits bits.
func NewShape(size, regBits int, fields []Field, holes []Hole) (Shape, bool) {
	sh := Shape{Word1: Beyond, Word2: Beyond, Imm: Beyond, Hole3: Beyond, Target: Beyond, Cold: Beyond, Scale3: 1}
	if size > Beyond {
		return Shape{}, false
	}
	var places []place
	for _, f := range fields {
		for role, mask := range [...]uint64{f.D, f.L, f.R, f.S} {
			for ; mask != 0; mask &= mask - 1 {
				places = append(places, place{8*int(f.Offset) + bits.TrailingZeros64(mask), regBits, roleItems[role], false})
			}
		}
	}
	for _, h := range holes {
		at := uint8(h.Offset)
		slot := h.Kind == X86Abs32S && h.Addend == 0
		ok := true
		switch h.Value {
		case ValD, ValL, ValR:
			places = append(places, place{8 * int(h.Offset), 32, roleItems[h.Value-ValD], true})
			ok = slot
		case ValImm:
			ok = sh.immediate(&h, size)
		case ValExtra, ValExtra8:
			ok = sh.extra(&h)
		case ValPC:
			ok = h.Kind == X86Abs32 && sh.hole3(at, ItemPC, h.Addend)
		case ValTarget:
			ok = sh.distance(&h, &sh.Target, &sh.AddTarget)
			sh.IsJump = 1
		case ValCold:
			ok = sh.distance(&h, &sh.Cold, &sh.AddCold)
		default:
			ok = false
		}
		if !ok {
			return Shape{}, false
		}
	}
	return sh, sh.operands(places)
}

// A place is where a register or the offset of a slot stands.
type place struct {
	bit, size int
	item      uint8
	slot      bool
}

var roleItems = [...]uint8{ItemD, ItemL, ItemR, ItemTarget}

// mask returns what the item's number is multiplied by, for a word at an offset.
func (p place) mask(word int) uint64 {
	m := uint64(1) << (p.bit - 8*word)
	if p.slot {
		m *= 8 // an item has words
	}
	return m
}

// operands covers the places with both words and the hole.
func (sh *Shape) operands(places []place) bool {
	sortPlaces(places)
	rest := sh.first(places)
	end := 0 // of the places in Word1
	for _, p := range places[:len(places)-len(rest)] {
		end = p.bit + p.size
	}
	rest = sh.second(rest)
	if 8*int(sh.Word2) < end {
		return false
	}
	for _, p := range rest {
		if !p.slot || !sh.hole3(uint8(p.bit/8), p.item, 0) {
			return false
		}
		sh.And3, sh.Scale3 = 0xffff, 8
	}
	return true
}

// first takes into Word1 what fits, and returns what does not.
func (sh *Shape) first(places []place) (rest []place) {
	for _, p := range places {
		if sh.Word1 == Beyond && p.item != ItemTarget {
			sh.Word1 = uint8(p.bit / 8)
		}
		word := int(sh.Word1)
		if word == Beyond || p.item == ItemTarget || p.bit+p.size > 8*word+64 || len(rest) > 0 {
			rest = append(rest, p) // Word2 is written later, so it must lie behind
			continue
		}
		switch m := p.mask(word); p.item {
		case ItemD:
			sh.D |= m
		case ItemL:
			sh.L |= m
		case ItemR:
			sh.R |= m
		}
	}
	return rest
}

// second takes into Word2 what fits of the operand that comes first, unless a
// hole can take that and Word2 is for one behind it.
func (sh *Shape) second(places []place) (rest []place) {
	registers := 0
	for _, p := range places {
		if !p.slot {
			registers++
		}
	}
	for _, p := range places {
		if sh.Word2 == Beyond && (!p.slot || registers == 0) {
			sh.Word2, sh.Item2 = uint8(p.bit/8), p.item
		}
		word := int(sh.Word2)
		if word == Beyond || p.item != sh.Item2 || p.bit+p.size > 8*word+64 {
			rest = append(rest, p)
			continue
		}
		sh.Mask2 |= p.mask(word)
	}
	return rest
}

func sortPlaces(places []place) {
	for i := range places {
		for j := i; j > 0 && places[j].bit < places[j-1].bit; j-- {
			places[j], places[j-1] = places[j-1], places[j]
		}
	}
}

// hole3 takes a hole into Hole3.
func (sh *Shape) hole3(at, item uint8, addend int32) bool {
	if sh.Hole3 != Beyond || addend != 0 {
		return false
	}
	sh.Hole3, sh.Item3, sh.And3 = at, item, 1<<32-1
	return true
}

// distance takes a relative hole.
func (sh *Shape) distance(h *Hole, place *uint8, add *int16) bool {
	if *place != Beyond || h.Kind != X86PC32 || h.Addend != int32(int8(h.Addend)) {
		return false
	}
	*place, *add = uint8(h.Offset), int16(h.Addend)-int16(h.Offset)
	return true
}

// extra takes a hole for what the operation takes besides.
func (sh *Shape) extra(h *Hole) bool {
	if !sh.hole3(uint8(h.Offset), ItemTarget, h.Addend) {
		return false
	}
	if h.Value == ValExtra8 {
		sh.Scale3 = 8
	}
	switch h.Kind {
	case X86Abs32S:
		sh.Bad3 = 0xffffffff_80000000
	case X86Abs32:
		sh.Bad3 = 0xffffffff_00000000
	case X86Low32:
	default:
		return false
	}
	return true
}

// immediate takes a hole for an immediate.
func (sh *Shape) immediate(h *Hole, size int) bool {
	at := uint8(h.Offset)
	if h.Addend != 0 {
		return false
	}
	switch h.Kind {
	case X86Abs32S:
		sh.WideImm = 1<<32 - 1
	case X86Abs64:
		if !sh.hole3(at+4, ItemImm+4, 0) {
			return false
		}
	case X86Low32:
	case X86Low8:
		// What is behind it belongs to the next part, which is written later.
		if int(h.Offset)+1 != size {
			return false
		}
	default:
		return false
	}
	if sh.Imm != Beyond {
		return sh.hole3(at, ItemImm, 0)
	}
	sh.Imm = at
	return true
}
