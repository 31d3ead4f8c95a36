package linker

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"github.com/copyjit/copyjit/stencils"
)

// Emit writes the code. The buffer must have room for Size and stencils.Slack
// bytes; what is in the slack afterwards means nothing. Bytes between functions,
// and between hot and cold parts, are traps.
//
// It trusts a set that has passed Check, and lets no part reach behind Size.
func (p *Plan) Emit(buf []byte) error {
	if len(buf) < p.Size+stencils.Slack {
		return fmt.Errorf("linker: a buffer of %d bytes for %d and %d of slack", len(buf), p.Size, stencils.Slack)
	}
	end, coldEnd := uint(0), uint(p.Cold) // of the hot and the cold parts so far
	list := p.Set.Stencils
	for i := range p.Items {
		it := &p.Items[i]
		if uint(it.Stencil) >= uint(len(list)) {
			return fmt.Errorf("linker: item %d: stencil %d: the %s set has %d", i, it.Stencil, p.Set.Target, len(list))
		}
		s, at := &list[it.Stencil], uint(it.hot)
		if at != end && !pad(buf, end, at, p.Set.Trap) {
			return p.explain(i, int(end))
		}
		if !p.part(buf, it, &s.Hot, at, coldEnd) {
			return p.explain(i, int(at))
		}
		end = at + uint(s.Hot.Size)
		if s.Cold.Size == 0 {
			continue
		}
		if !p.part(buf, it, &s.Cold, coldEnd, coldEnd) {
			return p.explain(i, int(coldEnd))
		}
		coldEnd += uint(s.Cold.Size)
	}
	return p.finish(buf, int(end), int(coldEnd))
}

// part writes a part of an item at an offset; cold is where its cold part is. It
// reports whether it fits and all values do.
//
// It walks the tables by pointers: the bounds of what a set that has passed Check
// says are known. No pointer moves behind its table: checkptr, which comes with
// the race detector, would object.
func (p *Plan) part(buf []byte, it *Item, part *stencils.Part, at, cold uint) bool {
	set := p.Set
	if at > uint(p.Size) || uint(part.Size) > uint(p.Size)-at {
		return false
	}
	dst := unsafe.Add(unsafe.Pointer(unsafe.SliceData(buf)), at)
	src := unsafe.Add(unsafe.Pointer(unsafe.StringData(set.Code)), part.Code)
	*(*chunk)(dst) = *(*chunk)(src)
	for n := uintptr(part.Size); n > 16; n -= 16 {
		*(*chunk)(unsafe.Add(dst, n-16)) = *(*chunk)(unsafe.Add(src, n-16))
	}
	lay := (*stencils.Layout)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(set.Layouts)), uintptr(part.Layout)*unsafe.Sizeof(stencils.Layout{})))
	for k := range uintptr(lay.NumFields) {
		f := (*stencils.Field)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(set.Fields)), (uintptr(lay.Fields)+k)*unsafe.Sizeof(stencils.Field{})))
		// From the table, not from what was just stored: that would have to wait for
		// the store, above all where it crosses a cache line.
		word := binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(src, f.Offset))[:])
		word |= uint64(it.D)*f.D | uint64(it.L)*f.L | uint64(it.R)*f.R | uint64(it.Target)*f.S
		binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(dst, f.Offset))[:], word)
	}
	for k := range uintptr(lay.NumHoles) {
		h := (*stencils.Hole)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(set.Holes)), (uintptr(lay.Holes)+k)*unsafe.Sizeof(stencils.Hole{})))
		v, ok := it.value(h.Value)
		if !ok {
			v, ok = p.address(it, h.Value, cold)
		}
		v += int64(h.Addend) // S + A
		if h.Kind.Relative() {
			v -= int64(at) + int64(h.Offset)
		}
		if !ok || !patch(h.Kind, (*[8]byte)(unsafe.Add(dst, h.Offset)), v) {
			return false
		}
	}
	return true
}

// address returns an address that an item's hole may take, and whether there is
// such a place. Addresses count from the start of the code: only relative
// relocations take them.
func (p *Plan) address(it *Item, v stencils.Value, cold uint) (n int64, ok bool) {
	switch v {
	case stencils.ValTarget:
		if uint(it.Target) < uint(len(p.Items)) {
			return int64(p.Items[it.Target].hot), true
		}
	case stencils.ValCold:
		return int64(cold), true
	case stencils.ValHot:
		return int64(it.hot), true
	case stencils.ValTable:
		return p.table(it)
	}
	return 0, false
}

// A chunk is what is copied at once: a copy of a constant length is two moves,
// one of a variable length a call.
type chunk = [16]byte

// pad fills the bytes before a function's entry with traps. It reports whether
// there can be such bytes.
func pad(buf []byte, from, to uint, trap uint8) bool {
	if to < from || to-from >= EntryAlign || to > uint(len(buf)) {
		return false
	}
	for i := from; i < to; i++ {
		buf[i] = trap // never executed: what is before does not fall through
	}
	return true
}

// finish checks the sizes, separates hot from cold code and writes the jump tables.
func (p *Plan) finish(buf []byte, end, coldEnd int) error {
	gap := 0
	if p.Cold != p.Size {
		gap = coldGap
	}
	if end+gap != p.Cold || sizeWith(coldEnd, p.labels) != p.Size {
		return fmt.Errorf("linker: laid out: hot code up to %d, cold code from %d to %d; emitted: up to %d and %d", p.Cold-gap, p.Cold, p.Size, end, coldEnd)
	}
	if gap != 0 {
		traps := 0x0101010101010101 * uint64(p.Set.Trap)
		for at := end; at < end+gap; at += 8 {
			binary.LittleEndian.PutUint64(buf[at:], traps)
		}
	}
	return p.writeTables(buf, coldEnd)
}

// Value returns S + A of a hole of an item, and whether there is what the hole asks
// for.
func (p *Plan) Value(i int, h *stencils.Hole) (n int64, ok bool) {
	it := &p.Items[i]
	v, ok := it.value(h.Value)
	if !ok {
		v, ok = p.address(it, h.Value, uint(p.ColdOffset(i)))
	}
	return v + int64(h.Addend), ok
}

// explain says why an item could not be written at an offset.
func (p *Plan) explain(i, at int) error {
	it := &p.Items[i]
	s := &p.Set.Stencils[it.Stencil]
	part, want := &s.Hot, p.Offset(i)
	if at >= p.Cold && s.Cold.Size != 0 {
		part, want = &s.Cold, p.ColdOffset(i)
	}
	for _, h := range p.Set.HolesOf(part) {
		var code [8]byte
		v, ok := p.Value(i, &h)
		distance := v
		if h.Kind.Relative() {
			distance -= int64(at) + int64(h.Offset)
		}
		if !ok || !patch(h.Kind, &code, distance) {
			return &HoleError{Item: i, Stencil: int(it.Stencil), Cold: part == &s.Cold, Hole: h, Value: v, Missing: !ok}
		}
	}
	return fmt.Errorf("linker: item %d, of %d bytes, is laid out at %d and comes to be at %d of %d", i, part.Size, want, at, p.Size)
}
