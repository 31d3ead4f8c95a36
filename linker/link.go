package linker

import (
	"encoding/binary"
	"fmt"

	"github.com/copyjit/copyjit/stencils"
)

// Emit writes the code of items that Layout has placed. The buffer must have
// room for size, what Layout returned, plus stencils.Slack bytes; what is in the
// slack afterwards means nothing. Bytes between functions are pad.
func Emit(set *stencils.Set, items []Item, buf []byte, size int) error {
	if len(buf) < size+stencils.Slack {
		return fmt.Errorf("linker: a buffer of %d bytes for %d and %d of slack", len(buf), size, stencils.Slack)
	}
	e := emitter{set: set, items: items, buf: buf}
	end := 0
	for i := range items {
		it := &items[i]
		s := &set.Stencils[it.Stencil]
		for ; end < int(it.hot); end++ {
			buf[end] = 0xcc // never executed: the item before it does not fall through
		}
		if !e.part(i, it, &s.Hot, int(it.hot), false) {
			return e.err
		}
		end = int(it.hot) + int(s.Hot.Size)
	}
	// Cold parts come after all hot ones because a copy may spill into what is
	// behind it.
	for i := range items {
		it := &items[i]
		s := &set.Stencils[it.Stencil]
		if s.Cold.Size == 0 {
			continue
		}
		if int(it.cold) != end {
			return fmt.Errorf("linker: item %d: its cold part is laid out at %d, emitted at %d", i, it.cold, end)
		}
		if !e.part(i, it, &s.Cold, int(it.cold), true) {
			return e.err
		}
		end += int(s.Cold.Size)
	}
	if end != size {
		return fmt.Errorf("linker: %d bytes laid out, %d emitted", size, end)
	}
	return nil
}

// Value returns what Emit writes into a hole of an item that Layout has placed:
// S + A; an address counts from the start of the code.
func Value(items []Item, i int, h *stencils.Hole) int64 {
	e := emitter{items: items}
	return e.value(&items[i], h)
}

type emitter struct {
	set   *stencils.Set
	items []Item
	buf   []byte
	err   error
}

// part copies one part of an item to its place, at, and fills in its registers
// and holes.
func (e *emitter) part(i int, it *Item, p *stencils.Part, at int, cold bool) bool {
	set := e.set
	size := int(p.Size)
	dst := e.buf[at : at+size+stencils.Slack]
	src := set.Code[p.Code : int(p.Code)+size+stencils.Slack]
	// Whole chunks: a copy of a constant length is two moves, one of a variable
	// length a call.
	*(*[16]byte)(dst) = *(*[16]byte)(src)
	for n := 16; n < size; n += 16 {
		*(*[16]byte)(dst[n:]) = *(*[16]byte)(src[n:])
	}
	if p.NumFields != 0 {
		d, l, r := uint64(it.D), uint64(it.L), uint64(it.R)
		for j := range set.Fields[p.Fields:][:p.NumFields] {
			f := &set.Fields[int(p.Fields)+j]
			word := dst[f.Offset:]
			binary.LittleEndian.PutUint64(word, binary.LittleEndian.Uint64(word)|d*f.D|l*f.L|r*f.R)
		}
	}
	for j := range int(p.NumHoles) {
		h := &set.Holes[int(p.Holes)+j]
		if !e.patch(it, h, dst[h.Offset:], at+int(h.Offset)) {
			e.err = &HoleError{Item: i, Stencil: int(it.Stencil), Cold: cold, Hole: *h, Value: e.value(it, h)}
			return false
		}
	}
	return true
}

// patch fills in one hole, at position P from the start of the code.
func (e *emitter) patch(it *Item, h *stencils.Hole, code []byte, P int) bool {
	v := e.value(it, h)
	switch h.Kind {
	case stencils.X86Abs32S:
		return x86Abs32S(code, v)
	case stencils.X86PC32:
		return x86PC32(code, v-int64(P))
	case stencils.X86Abs32:
		return x86Abs32(code, v)
	case stencils.X86Abs64:
		return x86Abs64(code, v)
	}
	return false
}

// value returns S + A of a hole. Addresses count from the start of the code: no
// relocation but a relative one takes them.
func (e *emitter) value(it *Item, h *stencils.Hole) int64 {
	a := int64(h.Addend)
	switch h.Value {
	case stencils.ValD:
		return int64(it.D) + a
	case stencils.ValL:
		return int64(it.L) + a
	case stencils.ValR:
		return int64(it.R) + a
	case stencils.ValImm:
		return int64(it.Imm) + a
	case stencils.ValSite:
		return int64(it.Site) + a
	case stencils.ValPC:
		return int64(it.PC) + a
	case stencils.ValTarget:
		if int(it.Target) >= len(e.items) {
			return 1 << 62 // out of every range
		}
		return int64(e.items[it.Target].hot) + a
	case stencils.ValHot:
		return int64(it.hot) + a
	case stencils.ValCold:
		return int64(it.cold) + a
	}
	return 1 << 62
}
