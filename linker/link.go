package linker

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/copyjit/copyjit/stencils"
)

// Emit writes the code. The buffer must have room for Size and stencils.Slack
// bytes; what is in the slack afterwards means nothing. Bytes between functions
// are traps.
func (p *Plan) Emit(buf []byte) error {
	if len(buf) < p.Size+stencils.Slack {
		return fmt.Errorf("linker: a buffer of %d bytes for %d and %d of slack", len(buf), p.Size, stencils.Slack)
	}
	// Hot parts first, then cold ones: a copy spills into what is behind it.
	end, bad := p.emitHot(buf)
	if bad < 0 && end == p.Cold {
		end, bad = p.emitCold(buf)
	}
	switch {
	case bad >= 0:
		return p.explain(bad, end)
	case end != p.Size:
		return fmt.Errorf("linker: %d bytes laid out, %d emitted", p.Size, end)
	}
	return nil
}

// emitHot writes the hot parts and returns where they end, or where the item
// bad starts that cannot be written.
//
// Compiling ends up in this loop, so it keeps what it needs in registers, walks
// the tables by pointers, and leaves everything unusual to others. It trusts a
// set that has passed Check, and lets no part reach beyond limit.
func (p *Plan) emitHot(buf []byte) (end, bad int) {
	at, limit, items := uint(0), uint(p.Cold), p.Items
	base := unsafe.Pointer(unsafe.SliceData(buf))
	list := unsafe.Pointer(unsafe.SliceData(p.Set.Stencils))
	for i := range items {
		it := &items[i]
		part := &(*stencils.Stencil)(unsafe.Add(list, uintptr(it.Stencil)*unsafe.Sizeof(stencils.Stencil{}))).Hot
		if at != uint(it.hot) && !pad(buf, &at, uint(it.hot)) {
			return int(at), i
		}
		next := at + uint(part.Size)
		if next > limit || !p.fill(it, part, unsafe.Add(base, at), at) {
			return int(at), i
		}
		at = next
	}
	return int(at), -1
}

// emitCold writes the cold parts, which few items have.
func (p *Plan) emitCold(buf []byte) (end, bad int) {
	at, size := uint(p.Cold), uint(p.Size)
	for i := 0; i < len(p.Items) && at < size; i++ {
		it := &p.Items[i]
		part := &p.Set.Stencils[it.Stencil].Cold
		if part.Size == 0 {
			continue
		}
		if next := at + uint(part.Size); next > size || at != uint(p.Cold)+uint(it.cold) || !p.fill(it, part, unsafe.Pointer(&buf[at]), at) {
			return int(at), i
		}
		at += uint(part.Size)
	}
	return int(at), -1
}

// A chunk is what is copied at once: a copy of a constant length is two moves,
// one of a variable length a call.
type chunk = [16]byte

// fill copies a part to dst, which is at the offset at in the code, and writes
// its registers and holes. It reports whether all values fit.
func (p *Plan) fill(it *Item, part *stencils.Part, dst unsafe.Pointer, at uint) bool {
	set := p.Set
	src := unsafe.Add(unsafe.Pointer(unsafe.SliceData(set.Code)), part.Code)
	*(*chunk)(dst) = *(*chunk)(src)
	for n := uintptr(part.Size); n > 16; n -= 16 {
		*(*chunk)(unsafe.Add(dst, n-16)) = *(*chunk)(unsafe.Add(src, n-16))
	}
	if part.NumFields != 0 {
		f := (*stencils.Field)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(set.Fields)), uintptr(part.Fields)*unsafe.Sizeof(stencils.Field{})))
		for k := part.NumFields; ; {
			// From the table, not from what was just stored: that would have to wait
			// for the store, above all where it crosses a cache line.
			word := binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(src, f.Offset))[:])
			word |= it.Values[stencils.ValD]*f.D | it.Values[stencils.ValL]*f.L | it.Values[stencils.ValR]*f.R
			binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(dst, f.Offset))[:], word)
			if k--; k == 0 {
				break
			}
			f = (*stencils.Field)(unsafe.Add(unsafe.Pointer(f), unsafe.Sizeof(*f)))
		}
	}
	if part.NumHoles != 0 {
		h := (*stencils.Hole)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(set.Holes)), uintptr(part.Holes)*unsafe.Sizeof(stencils.Hole{})))
		for k := part.NumHoles; ; {
			// S + A.
			v := int64(h.Addend)
			if h.Value < stencils.NumItemValues {
				v += int64(it.Values[h.Value])
			} else if h.Value == stencils.ValCold {
				v += int64(p.Cold) + int64(it.cold)
			} else {
				v += p.address(it, h.Value)
			}
			hole, ok := (*[8]byte)(unsafe.Add(dst, h.Offset)), false
			switch P := int64(at) + int64(h.Offset); h.Kind {
			case stencils.X86Abs32S: // the commonest two without a call
				ok = x86Abs32S(hole, v)
			case stencils.X86PC32:
				ok = x86PC32(hole, v-P)
			default:
				ok = patch(h.Kind, hole, v, P)
			}
			if !ok {
				return false
			}
			if k--; k == 0 {
				break
			}
			h = (*stencils.Hole)(unsafe.Add(unsafe.Pointer(h), unsafe.Sizeof(*h)))
		}
	}
	return true
}

// pad fills the bytes before a function's entry with traps and moves at there.
// It reports whether there can be such bytes.
func pad(buf []byte, at *uint, to uint) bool {
	if to < *at || to-*at >= EntryAlign || to > uint(len(buf)) {
		return false
	}
	for ; *at < to; *at++ {
		buf[*at] = 0xcc // never executed: what is before does not fall through
	}
	return true
}

// nowhere is what a hole gets that asks for something that is not there: out of
// every kind's range.
const nowhere = 1 << 62

// address returns S of a hole that takes an address, counted from the start of
// the code: only relative relocations take them.
func (p *Plan) address(it *Item, v stencils.Value) int64 {
	switch {
	case v == stencils.ValTarget && uint(it.Target) < uint(len(p.Items)):
		return int64(p.Items[it.Target].hot)
	case v == stencils.ValCold:
		return int64(p.Cold) + int64(it.cold)
	case v == stencils.ValHot:
		return int64(it.hot)
	}
	return nowhere
}

// Value returns S + A of a hole of an item.
func (p *Plan) Value(i int, h *stencils.Hole) int64 {
	it := &p.Items[i]
	if h.Value < stencils.NumItemValues {
		return int64(it.Values[h.Value]) + int64(h.Addend)
	}
	return p.address(it, h.Value) + int64(h.Addend)
}

// explain says why an item could not be written at an offset.
func (p *Plan) explain(i, at int) error {
	it := &p.Items[i]
	s := &p.Set.Stencils[it.Stencil]
	part, want := &s.Hot, p.Offset(i)
	if at >= p.Cold && s.Cold.Size != 0 {
		part, want = &s.Cold, p.ColdOffset(i)
	}
	for _, h := range p.Set.Holes[part.Holes:][:part.NumHoles] {
		var code [8]byte
		if v := p.Value(i, &h); !patch(h.Kind, &code, v, int64(at)+int64(h.Offset)) {
			return &HoleError{Item: i, Stencil: int(it.Stencil), Cold: part == &s.Cold, Hole: h, Value: v}
		}
	}
	return fmt.Errorf("linker: item %d, of %d bytes, is laid out at %d and comes to be at %d of %d", i, part.Size, want, at, p.Size)
}
