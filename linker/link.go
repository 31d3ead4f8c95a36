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
// Compiling ends up in this loop, so it walks the tables by pointers, keeps in
// registers what it needs and leaves everything unusual to others. It trusts a
// set that has passed Check, and lets no part reach behind Size.
func (p *Plan) Emit(buf []byte) error {
	if len(buf) < p.Size+stencils.Slack {
		return fmt.Errorf("linker: a buffer of %d bytes for %d and %d of slack", len(buf), p.Size, stencils.Slack)
	}
	base := unsafe.Pointer(unsafe.SliceData(buf))
	end, coldEnd := uint(0), uint(p.Cold) // of the hot and the cold parts so far
	for i := range p.Items {
		it := &p.Items[i]
		set := p.Set
		if uint(it.Stencil) >= uint(len(set.Stencils)) {
			return fmt.Errorf("linker: item %d: stencil %d: the %s set has %d", i, it.Stencil, set.Target, len(set.Stencils))
		}
		s := (*stencils.Stencil)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(set.Stencils)), uintptr(it.Stencil)*unsafe.Sizeof(stencils.Stencil{})))
		part, at := &s.Hot, uint(it.hot)
		if at != end && !pad(buf, end, at, set.Trap) {
			return p.explain(i, int(end))
		}
		end = at + uint(part.Size)
		if uint(it.Target) >= uint(len(p.Items)) {
			return p.explain(i, int(at))
		}
		it.Values[stencils.ValTarget] = uint64(p.Items[it.Target].hot)
		it.Values[stencils.ValCold] = uint64(coldEnd)
	again:
		if at+uint(part.Size) > uint(p.Size) {
			return p.explain(i, int(at))
		}
		dst := unsafe.Add(base, at)
		src := unsafe.Add(unsafe.Pointer(unsafe.SliceData(set.Code)), part.Code)
		*(*chunk)(dst) = *(*chunk)(src)
		for n := uintptr(part.Size); n > 16; n -= 16 {
			*(*chunk)(unsafe.Add(dst, n-16)) = *(*chunk)(unsafe.Add(src, n-16))
		}
		// No pointer moves behind its table: checkptr, which comes with the race
		// detector, would object.
		if k := part.NumFields; k != 0 {
			f := (*stencils.Field)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(set.Fields)), uintptr(part.Fields)*unsafe.Sizeof(stencils.Field{})))
			for {
				// From the table, not from what was just stored: that would have to
				// wait for the store, above all where it crosses a cache line.
				word := binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(src, f.Offset))[:])
				word |= it.Values[stencils.ValD]*f.D | it.Values[stencils.ValL]*f.L | it.Values[stencils.ValR]*f.R
				binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(dst, f.Offset))[:], word)
				if k--; k == 0 {
					break
				}
				f = (*stencils.Field)(unsafe.Add(unsafe.Pointer(f), unsafe.Sizeof(*f)))
			}
		}
		if k := part.NumHoles; k != 0 {
			h := (*stencils.Hole)(unsafe.Add(unsafe.Pointer(unsafe.SliceData(set.Holes)), uintptr(part.Holes)*unsafe.Sizeof(stencils.Hole{})))
			for {
				// The commonest holes, amd64's of 32 bits, without a call; special would
				// do the same.
				v := int64(it.Values[h.Value%stencils.NumItemValues]) + int64(h.Addend) // S + A
				if h.Kind == stencils.X86PC32 {
					v -= int64(at) + int64(h.Offset)
				}
				fits := v == int64(int32(v))
				if h.Kind == stencils.X86Abs32 {
					fits = v == int64(uint32(v))
				}
				hole := (*[8]byte)(unsafe.Add(dst, h.Offset))
				if h.Kind-stencils.X86PC32 <= stencils.X86Abs32-stencils.X86PC32 && fits && h.Value < stencils.NumItemValues {
					binary.LittleEndian.PutUint32(hole[:4], uint32(v))
				} else if !p.special(it, h, hole, at) {
					return p.explain(i, int(at))
				}
				if k--; k == 0 {
					break
				}
				h = (*stencils.Hole)(unsafe.Add(unsafe.Pointer(h), unsafe.Sizeof(*h)))
			}
		}
		if s.Cold.Size != 0 && part != &s.Cold {
			part, at = &s.Cold, coldEnd
			coldEnd += uint(part.Size)
			goto again
		}
	}
	return p.finish(buf, int(end), int(coldEnd))
}

// special fills in a hole of any kind, in a part that starts at at. It reports
// whether the value fits.
//
//go:noinline
func (p *Plan) special(it *Item, h *stencils.Hole, hole *[8]byte, at uint) bool {
	v := int64(h.Addend)
	if h.Value < stencils.NumItemValues {
		v += int64(it.Values[h.Value])
	} else {
		v += p.other(it, h.Value)
	}
	if h.Kind.Relative() {
		v -= int64(at) + int64(h.Offset)
	}
	return patch(h.Kind, hole, v)
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

// finish checks the sizes and separates hot from cold code.
func (p *Plan) finish(buf []byte, end, coldEnd int) error {
	gap := 0
	if p.Cold != p.Size {
		gap = coldGap
	}
	if end+gap != p.Cold || coldEnd != p.Size {
		return fmt.Errorf("linker: laid out: hot code up to %d, cold code from %d to %d; emitted: up to %d and %d", p.Cold-gap, p.Cold, p.Size, end, coldEnd)
	}
	if gap != 0 {
		traps := 0x0101010101010101 * uint64(p.Set.Trap)
		binary.LittleEndian.PutUint64(buf[end:], traps)
		binary.LittleEndian.PutUint64(buf[end+8:], traps)
	}
	return nil
}

// nowhere is what a hole gets that asks for something that is not there: out of
// every kind's range.
const nowhere = 1 << 62

// other returns S of a hole that takes an address or a value that is computed.
// Addresses count from the start of the code: only relative relocations take
// them.
func (p *Plan) other(it *Item, v stencils.Value) int64 {
	switch v {
	case stencils.ValTarget:
		if uint(it.Target) < uint(len(p.Items)) {
			return int64(p.Items[it.Target].hot)
		}
	case stencils.ValCold:
		return int64(p.Cold) + int64(it.cold)
	case stencils.ValHot:
		return int64(it.hot)
	case stencils.ValDWord, stencils.ValLWord, stencils.ValRWord:
		if offset := it.Values[v-stencils.ValDWord+stencils.ValD]; offset%8 == 0 {
			return int64(offset / 8)
		}
	case stencils.ValImmHigh:
		imm := int64(it.Values[stencils.ValImm])
		return (imm - int64(int32(imm))) >> 32
	case stencils.ValImmLow:
		return int64(int32(it.Values[stencils.ValImm]))
	}
	return nowhere
}

// Value returns S + A of a hole of an item.
func (p *Plan) Value(i int, h *stencils.Hole) int64 {
	it := &p.Items[i]
	if h.Value < stencils.ValTarget {
		return int64(it.Values[h.Value]) + int64(h.Addend)
	}
	return p.other(it, h.Value) + int64(h.Addend)
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
		v := p.Value(i, &h)
		if h.Kind.Relative() {
			v -= int64(at) + int64(h.Offset)
		}
		if !patch(h.Kind, &code, v) {
			return &HoleError{Item: i, Stencil: int(it.Stencil), Cold: part == &s.Cold, Hole: h, Value: p.Value(i, &h)}
		}
	}
	return fmt.Errorf("linker: item %d, of %d bytes, is laid out at %d and comes to be at %d of %d", i, part.Size, want, at, p.Size)
}
