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

	// To the 32 bits at Hole3 are or-ed what Item3 says and And3, times Scale3. None of
	// the bits of Bad3 may be set in the product.
	Bad3 uint64
	And3 uint32

	JumpMask  uint32 // all ones if there is a target, otherwise 0
	AddTarget uint32 // addend of the distance to the target, less its hole's offset

	NarrowImm            uint8 // 1 if the immediate must be one of 32 bits with a sign
	Word1, Word2, Item2  uint8
	Imm                  uint8 // the hole for the lower half of the immediate
	Hole3, Item3, Scale3 uint8
	Target               uint8 // the hole for the distance to the target
}

// Where the numbers of an item are that shapes name, in bytes (see linker.Item).
const (
	ItemImm    = 0
	ItemTarget = 8
	ItemPC     = 12
	ItemD      = 24
	ItemL      = 26
	ItemR      = 28
)

// NewLayout returns the layout of parts with these fields and holes, which start
// there in a Set.
func NewLayout(fields []Field, holes []Hole, firstField, firstHole uint16) Layout {
	lay := Layout{Fields: firstField, Holes: firstHole, NumFields: uint8(len(fields)), NumHoles: uint8(len(holes))}
	var pcs, sites, colds []Hole
	for _, h := range holes {
		switch {
		case h.Kind == X86PC32 && h.Value == ValCold && h.Offset <= Beyond-4 && h.Addend >= -64 && h.Addend < 128:
			colds = append(colds, h)
		case h.Kind == X86Abs32 && h.Value == ValPC && h.Offset <= Beyond-4 && h.Addend == 0:
			pcs = append(pcs, h)
		case h.Kind == X86Abs32 && h.Value == ValSite && h.Offset <= Beyond-4 && h.Addend == int32(uint16(h.Addend)):
			sites = append(sites, h)
		}
	}
	if n := len(pcs); len(fields) == 0 && len(sites) == n && len(holes) == 2*n && (n == 1 || n == 2) {
		lay.Exits = true
		for k := range 2 {
			pc, site := pcs[min(k, n-1)], sites[min(k, n-1)]
			lay.PC[k], lay.Site[k], lay.AddSite[k] = uint8(pc.Offset), uint8(site.Offset), uint16(site.Addend)
		}
	}
	if n := len(colds); n == 1 || n == 2 {
		lay.NumColds = uint8(n)
		for k := range 2 {
			cold := colds[min(k, n-1)]
			lay.Cold[k], lay.AddCold[k] = uint8(cold.Offset), int8(cold.Addend-int32(cold.Offset))
		}
	}
	return lay
}

// Beyond is the largest part that has a Shape, in bytes.
const Beyond = 48

// NewShape returns the Shape of a part of so many bytes with these fields and
// holes, and whether there is one.
//
// Registers have regBits bits.
func NewShape(size, regBits int, fields []Field, holes []Hole) (Shape, bool) {
	sh := Shape{Word1: Beyond, Word2: Beyond, Imm: Beyond, Hole3: Beyond, Target: Beyond, Scale3: 1}
	if size > Beyond {
		return Shape{}, false
	}
	var places []place
	colds := 0
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
			ok = sh.Target == Beyond && h.Kind == X86PC32
			sh.Target, sh.JumpMask, sh.AddTarget = at, 1<<32-1, uint32(h.Addend-int32(h.Offset))
		case ValCold:
			colds++ // the Layout says where: these are filled in when the cold part is written
		default:
			ok = false
		}
		if !ok {
			return Shape{}, false
		}
	}
	if colds != int(NewLayout(fields, holes, 0, 0).NumColds) {
		return Shape{}, false // it cannot say so
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

// operands covers the places with both words and the hole, in the first way that
// works.
func (sh *Shape) operands(places []place) bool {
	if len(places) == 0 {
		return true
	}
	for _, one := range places {
		first := func(p place) bool { return p.item != ItemTarget && p.in(one.bit/8) }
		for _, two := range places {
			second := func(p place) bool { return !first(p) && p.item == two.item && p.in(two.bit/8) }
			if sh.cover(places, first, second, one, two) {
				return true
			}
		}
	}
	return false
}

// cover covers the places by a word that begins where one does, one that begins
// where two does if there is something for it, and the hole. It reports whether
// that works; nothing happens if not.
func (sh *Shape) cover(places []place, first, second func(place) bool, one, two place) bool {
	try := *sh
	for _, p := range places {
		switch {
		case first(p):
			try.Word1 = uint8(one.bit / 8)
			m := p.mask(one.bit / 8)
			switch p.item {
			case ItemD:
				try.D |= m
			case ItemL:
				try.L |= m
			case ItemR:
				try.R |= m
			}
		case second(p):
			try.Word2, try.Item2 = uint8(two.bit/8), two.item
			try.Mask2 |= p.mask(two.bit / 8)
		case p.slot && try.hole3(uint8(p.bit/8), p.item, 0):
			try.And3, try.Scale3 = 0xffff, 8
		default:
			return false
		}
	}
	if try.Mask2 != 0 {
		// What is written later begins with the bytes of the template.
		for _, p := range places {
			if first(p) && p.overlaps(two.bit/8*8, 64) {
				return false
			}
		}
	}
	if try.And3 == 0xff {
		for _, p := range places {
			if p.overlaps(8*int(try.Hole3)+8, 24) {
				return false
			}
		}
	}
	*sh = try
	return true
}

// in reports whether the place is in the word of eight bytes at an offset.
func (p place) in(word int) bool { return p.bit >= 8*word && p.bit+p.size <= 8*word+64 }

func (p place) overlaps(bit, size int) bool { return p.bit < bit+size && p.bit+p.size > bit }

// hole3 takes a hole into Hole3.
func (sh *Shape) hole3(at, item uint8, addend int32) bool {
	if sh.Hole3 != Beyond || addend != 0 {
		return false
	}
	sh.Hole3, sh.Item3, sh.And3 = at, item, 1<<32-1
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
		sh.NarrowImm = 1
	case X86Abs64:
		if !sh.hole3(at+4, ItemImm+4, 0) {
			return false
		}
	case X86Low32:
	case X86Low8:
		// Behind its end a part may write anything, but not within.
		if int(h.Offset)+1 != size {
			ok := sh.hole3(at, ItemImm, 0)
			sh.And3 = 0xff
			return ok
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
