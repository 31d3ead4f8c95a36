package linker

import (
	"encoding/binary"
	"math"
	"math/bits"
	"slices"
	"unsafe"

	"github.com/copyjit/copyjit/stencils"
)

// A Source is an operation as a Pass reads it.
type Source struct {
	Key     uint16 // the stencil's key without which operands coincide
	D, L, R uint16 // what the operands are, as numbers: see Book
	Imm     int32  // the immediate, or at least its lower half
	Target  uint32 // what the operation takes besides: a label's pc, an offset, the number of s
}

// A line is a Source and what else Recipes take.
type line struct {
	Source
	pc   uint32
	high uint32 // the upper half of the immediate
}

// Where the values of a line are, in bytes.
const (
	atD      = uint8(unsafe.Offsetof(line{}.D))
	atL      = uint8(unsafe.Offsetof(line{}.L))
	atR      = uint8(unsafe.Offsetof(line{}.R))
	atImm    = uint8(unsafe.Offsetof(line{}.Imm))
	atTarget = uint8(unsafe.Offsetof(line{}.Target))
	atPC     = uint8(unsafe.Offsetof(line{}.pc))
	atHigh   = uint8(unsafe.Offsetof(line{}.high))
)

// beyond is the largest part that has a recipe, in bytes: how many are copied.
const beyond = 48

// Words are written there as well.
const _ = uint(stencils.Slack - beyond - 8)

// A recipe says again what the hot part of a stencil is, together with how an
// operation's numbers become the values in it, in two cache lines and in a form that is
// the same for all stencils: whoever follows it need not ask how many fields and holes
// there are, which no processor can guess in a program of many different operations.
// What a stencil does not have is written at the offset beyond, where it harms nobody.
//
// Not every stencil has one: recipes know the relocations of amd64, and parts of at
// most beyond bytes. A part is written in this order: its code; word1; word2; more
// words; the immediate; hole3. Assembly knows where everything is.
type recipe struct {
	// The word of eight bytes at off1 is word1 + D×d + L×l + R×r: the template's bytes
	// with each number times a mask that has a one (of the offset of a slot an eight)
	// wherever the operand stands. What numbers and values differ by is in word1.
	d, l, r, word1 uint64

	mask2, word2 uint64 // the same for the word at off2 and the number at item2

	// The 32 bits at off3 are add3 + mul3 × (and3 & what is at item3), the last factor
	// being at most max3.
	and3, max3, mul3, add3 uint32

	code [beyond]byte

	off1, off2, item2, offImm, off3, item3 uint8

	size      uint8 // of the part
	fixAt     uint8 // where a fix is, from the start of the part
	fixStep   uint8 // the size of a fix, if there is one to be made
	coldStep  uint8 // the size of a coldNote, likewise
	notBranch int8  // 0 if the target is a label, otherwise −1
	_         uint8
	more      uint16 // the number of its moreWords, 0 if it has none
	_         [2]uint8
}

// moreWords are words beside the first two of a recipe, for the few stencils that have
// operands in many places. Those that are not there are written at the offset beyond.
type moreWords [4]struct {
	d, l, r, s, word uint64 // s: times the target
	off              uint64
	_                [16]byte
}

// Assembly shifts.
const (
	_ = -(unsafe.Sizeof(recipe{}) - 128)
	_ = -(128 - unsafe.Sizeof(recipe{}))
	_ = -(unsafe.Sizeof(moreWords{}) - 256)
	_ = -(256 - unsafe.Sizeof(moreWords{}))
)

// A rareRecipe is what is seldom needed of a recipe. Of the cold part, an exit, it says
// where the holes for the pc and the site are, and what is added to that; then where in
// the hot part the distances to it are, and the addends less
// that. What is there once stands here twice.
type rareRecipe struct {
	narrow bool // the immediate must be one of 32 bits with a sign
	two    bool // not everything is there once

	code     [beyond]byte
	addSite  [2]uint16
	pc, site [2]uint8
	off      [2]uint8
	add      [2]int8
	size     uint8
}

// A bias says by how much values are greater than the numbers at a place of a line.
type bias func(at uint8) int64

// newRecipe returns the recipe of a stencil, and whether there is one. Invokes says
// that the target is a function.
func newRecipe(set *stencils.Set, s *stencils.Stencil, bias bias, invokes bool) (c *cook, ok bool) {
	c = &cook{set: set, hot: &s.Hot, bias: bias}
	if s.Hot.Size > beyond {
		return nil, false
	}
	c.recipe = recipe{off1: beyond, off2: beyond, offImm: beyond, off3: beyond, max3: math.MaxUint32, notBranch: -1}
	c.size = uint8(copy(c.recipe.code[:], set.Code[s.Hot.Code:][:s.Hot.Size]))
	for i := range c.words {
		c.words[i].off = beyond
	}
	for _, f := range set.FieldsOf(&s.Hot) {
		for k, mask := range [...]uint64{f.D, f.L, f.R, f.S} {
			for ; mask != 0; mask &= mask - 1 {
				c.spots = append(c.spots, spot{8*int(f.Offset) + bits.TrailingZeros64(mask), int(set.RegBits), [...]uint8{atD, atL, atR, atTarget}[k], false})
			}
		}
	}
	colds := 0
	for _, h := range set.HolesOf(&s.Hot) {
		if h.Value == stencils.ValCold {
			if colds == 2 || h.Kind != stencils.X86PC32 || h.Addend < -64 || h.Addend > 63 {
				return nil, false
			}
			for k := colds; k < 2; k++ {
				c.rare.off[k], c.rare.add[k] = uint8(h.Offset), int8(h.Addend-int32(h.Offset))
			}
			colds++
			c.rare.two = colds == 2
		} else if !c.hole(&h) {
			return nil, false
		}
	}
	if invokes && c.fixStep != 0 {
		c.notBranch = -1
	}
	if c.notBranch == 0 && c.max3 != math.MaxUint32 {
		return nil, false // a loop that stops there would have written a poll
	}
	if !c.operands() && !c.manyOperands() || (colds != 0) != (s.Cold.Size != 0) {
		return nil, false
	}
	return c, colds == 0 || c.exit(&s.Cold)
}

// cook is a recipe being made.
type cook struct {
	recipe
	many  bool      // it needs words
	words moreWords // these
	rare  rareRecipe

	set   *stencils.Set
	hot   *stencils.Part
	bias  bias
	spots []spot
}

// A spot is where a register or the offset of a slot stands.
type spot struct {
	bit, size int
	at        uint8 // of its number, in a line
	slot      bool
}

// factor returns what the value is multiplied by, for a word at an offset.
func (p spot) factor(word int) uint64 {
	m := uint64(1) << (p.bit - 8*word)
	if p.slot {
		m *= 8 // values are words
	}
	return m
}

// in reports whether the place is in the word of eight bytes at an offset.
func (p spot) in(word int) bool { return p.bit >= 8*word && p.bit+p.size <= 8*word+64 }

func (p spot) overlaps(bit, size int) bool { return p.bit < bit+size && p.bit+p.size > bit }

// bytes returns the template's eight bytes at an offset.
func (c *cook) bytes(off int) uint64 {
	return binary.LittleEndian.Uint64([]byte(c.set.Code[int(c.hot.Code)+off:][:8]))
}

// hole takes a hole of the hot part other than a distance to the cold one.
func (c *cook) hole(h *stencils.Hole) bool {
	switch h.Value {
	case stencils.ValD, stencils.ValL, stencils.ValR:
		at := [...]uint8{atD, atL, atR}[h.Value-stencils.ValD]
		c.spots = append(c.spots, spot{8 * int(h.Offset), 32, at, true})
		return h.Kind == stencils.X86Abs32S && h.Addend == 0
	case stencils.ValImm:
		return h.Addend == 0 && c.immediate(h)
	case stencils.ValExtra:
		return c.extra(h, 1)
	case stencils.ValExtra8:
		return c.extra(h, 8)
	case stencils.ValPC:
		return h.Kind == stencils.X86Abs32 && h.Addend == 0 && c.third(h.Offset, atPC, math.MaxUint32, 1)
	case stencils.ValTarget:
		if c.fixStep != 0 || h.Kind != stencils.X86PC32 || h.Addend != -4 {
			return false
		}
		c.fixAt, c.notBranch, c.fixStep = uint8(h.Offset), 0, uint8(unsafe.Sizeof(place(0)))
		return true
	}
	return false
}

// third takes a hole into hole3: and × mul of what is at a place of the line.
func (c *cook) third(off uint16, at uint8, and, mul uint32) bool {
	if c.off3 != beyond {
		return false
	}
	c.off3, c.item3, c.and3, c.mul3 = uint8(off), at, and, mul
	c.add3 = uint32(c.bytes(int(off)))
	return true
}

// immediate takes a hole for an immediate.
func (c *cook) immediate(h *stencils.Hole) bool {
	switch h.Kind {
	case stencils.X86Abs32S:
		c.rare.narrow = true
	case stencils.X86Abs64:
		if !c.third(h.Offset+4, atHigh, math.MaxUint32, 1) {
			return false
		}
	case stencils.X86Low32:
	case stencils.X86Low8:
		// Behind its end a part may write anything, but not within.
		if int(h.Offset)+1 != int(c.size) {
			return c.third(h.Offset, atImm, 0xff, 1)
		}
	default:
		return false
	}
	if c.offImm != beyond {
		return c.third(h.Offset, atImm, math.MaxUint32, 1)
	}
	c.offImm = uint8(h.Offset)
	return true
}

// extra takes a hole for what the operation takes besides, times a number.
func (c *cook) extra(h *stencils.Hole, mul uint32) bool {
	if h.Addend != 0 || !c.third(h.Offset, atTarget, math.MaxUint32, mul) {
		return false
	}
	switch h.Kind {
	case stencils.X86Abs32S:
		c.max3 = math.MaxInt32 / mul
	case stencils.X86Abs32:
		c.max3 = math.MaxUint32 / mul
	case stencils.X86Low32:
	default:
		return false
	}
	return true
}

// operands covers the places with both words and hole3, in the first way that
// works.
func (c *cook) operands() bool {
	if len(c.spots) == 0 {
		return true
	}
	for _, one := range c.spots {
		first := func(p spot) bool { return p.at != atTarget && p.in(one.bit/8) }
		for _, two := range c.spots {
			second := func(p spot) bool { return !first(p) && p.at == two.at && p.in(two.bit/8) }
			if c.cover(first, second, one.bit/8, two.bit/8) {
				return true
			}
		}
	}
	return false
}

// cover covers the places by a word at one offset, one at another if there is
// something for it, and hole3. It reports whether that works; nothing happens if
// not.
func (c *cook) cover(first, second func(spot) bool, one, two int) bool {
	before := c.recipe
	ok := c.tryCover(first, second, one, two)
	if !ok {
		c.recipe = before
	}
	return ok
}

func (c *cook) tryCover(first, second func(spot) bool, one, two int) bool {
	for _, p := range c.spots {
		bias := uint64(c.bias(p.at))
		switch {
		case first(p):
			if c.off1 == beyond {
				c.off1, c.word1 = uint8(one), c.bytes(one)
			}
			m := p.factor(one)
			switch p.at {
			case atD:
				c.d |= m
			case atL:
				c.l |= m
			case atR:
				c.r |= m
			}
			c.word1 += bias * m
		case second(p):
			if c.off2 == beyond {
				c.off2, c.word2, c.item2 = uint8(two), c.bytes(two), p.at
			}
			m := p.factor(two)
			c.mask2 |= m
			c.word2 += bias * m
		case p.slot && c.third(uint16(p.bit/8), p.at, math.MaxUint16, 8):
			c.add3 += 8 * uint32(bias)
		default:
			return false
		}
	}
	for _, p := range c.spots {
		// What is written later begins with the bytes of the template.
		if c.mask2 != 0 && first(p) && p.overlaps(8*two, 64) || c.and3 == 0xff && p.overlaps(8*int(c.off3)+8, 24) {
			return false
		}
	}
	return true
}

// manyOperands covers the places with moreWords. It reports whether that works.
func (c *cook) manyOperands() bool {
	slices.SortFunc(c.spots, func(a, b spot) int { return a.bit - b.bit })
	for i, n := 0, 0; i < len(c.spots); n++ {
		if n == len(c.words) {
			return false
		}
		w := &c.words[n]
		start := c.spots[i].bit / 8
		w.off, w.word = uint64(start), c.bytes(start)
		if i > 0 && c.spots[i-1].bit+c.spots[i-1].size > 8*start {
			return false // what is written later begins with the bytes of the template
		}
		for ; i < len(c.spots) && c.spots[i].in(start); i++ {
			p := c.spots[i]
			m := p.factor(start)
			*map[uint8]*uint64{atD: &w.d, atL: &w.l, atR: &w.r, atTarget: &w.s}[p.at] |= m
			w.word += uint64(c.bias(p.at)) * m
		}
	}
	c.many = true
	return c.and3 != 0xff // whose bytes would be those of the template
}

// exit takes a cold part that is one: nothing but holes of 32 bits for the pc
// and the site, once or twice.
func (c *cook) exit(part *stencils.Part) bool {
	var pcs, sites []stencils.Hole
	for _, h := range c.set.HolesOf(part) {
		switch {
		case h.Kind != stencils.X86Abs32:
			return false
		case h.Value == stencils.ValPC && h.Addend == 0:
			pcs = append(pcs, h)
		case h.Value == stencils.ValSite && h.Addend == int32(uint16(h.Addend)):
			sites = append(sites, h)
		default:
			return false
		}
	}
	n := len(pcs)
	if part.Size > beyond || len(c.set.FieldsOf(part)) != 0 || len(sites) != n || n != 1 && n != 2 {
		return false
	}
	c.coldStep = uint8(unsafe.Sizeof(coldNote{}))
	c.rare.two = c.rare.two || n == 2
	c.rare.size = uint8(copy(c.rare.code[:], c.set.Code[part.Code:][:part.Size]))
	for k := range 2 {
		pc, site := pcs[min(k, n-1)], sites[min(k, n-1)]
		c.rare.pc[k], c.rare.site[k], c.rare.addSite[k] = uint8(pc.Offset), uint8(site.Offset), uint16(site.Addend)
	}
	return true
}
