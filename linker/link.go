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
//
// The loop takes its time where other code would check bounds: it trusts a set
// that has passed Check, and checks of each part that it ends within the buffer.
func (p *Plan) Emit(buf []byte) error {
	if len(buf) < p.Size+stencils.Slack {
		return fmt.Errorf("linker: a buffer of %d bytes for %d and %d of slack", len(buf), p.Size, stencils.Slack)
	}
	end, cold := 0, 0
	for i := range p.Items {
		it := &p.Items[i]
		s := &p.Set.Stencils[it.Stencil]
		if end != int(it.hot) {
			if end = pad(buf, end, int(it.hot)); end < 0 {
				return fmt.Errorf("linker: item %d is not where it was laid out", i)
			}
		}
		if end+int(s.Hot.Size) > p.Size || !p.part(it, &s.Hot, buf, end) {
			return p.explain(i, &s.Hot, buf, end)
		}
		end += int(s.Hot.Size)
		cold += int(s.Cold.Size)
	}
	// Cold parts come after all hot ones because a copy spills into what is
	// behind it. Most items have none.
	for i := 0; cold > 0; i++ {
		it := &p.Items[i]
		s := &p.Set.Stencils[it.Stencil]
		size := int(s.Cold.Size)
		if size == 0 {
			continue
		}
		if end+size > p.Size || !p.part(it, &s.Cold, buf, end) {
			return p.explain(i, &s.Cold, buf, end)
		}
		end += size
		cold -= size
	}
	if end != p.Size {
		return fmt.Errorf("linker: %d bytes laid out, %d emitted", p.Size, end)
	}
	return nil
}

// pad fills the bytes before a function's entry with traps and returns where it
// starts, or −1 if it is not an entry's place.
func pad(buf []byte, from, to int) int {
	if to < from || to-from >= EntryAlign {
		return -1
	}
	for i := from; i < to; i++ {
		buf[i] = 0xcc // never executed: what is before does not fall through
	}
	return to
}

// A chunk is what is copied at once: a copy of a constant length is two moves,
// one of a variable length a call.
type chunk = [16]byte

// part copies one part of an item to the buffer at an offset, with room for
// Slack bytes more, and fills in its registers and holes. It reports whether all
// values fit.
func (p *Plan) part(it *Item, part *stencils.Part, buf []byte, at int) bool {
	dst := unsafe.Pointer(&buf[at])
	src := unsafe.Pointer(&p.Set.Code[part.Code])
	*(*chunk)(dst) = *(*chunk)(src)
	for n := 16; n < int(part.Size); n += 16 {
		*(*chunk)(unsafe.Add(dst, n)) = *(*chunk)(unsafe.Add(src, n))
	}
	if part.NumFields != 0 {
		f := unsafe.Pointer(&p.Set.Fields[part.Fields])
		for n := part.NumFields; n != 0; n-- {
			f1 := (*stencils.Field)(f)
			// From the table, not from what was just stored: that would have to wait
			// for the store, above all where it crosses a cache line.
			word := binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(src, f1.Offset))[:])
			word |= it.Values[stencils.ValD]*f1.D | it.Values[stencils.ValL]*f1.L | it.Values[stencils.ValR]*f1.R
			binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(dst, f1.Offset))[:], word)
			f = unsafe.Add(f, unsafe.Sizeof(*f1))
		}
	}
	ok := true
	if part.NumHoles != 0 {
		h := unsafe.Pointer(&p.Set.Holes[part.Holes])
		for n := part.NumHoles; n != 0; n-- {
			h1 := (*stencils.Hole)(h)
			v := p.value(it, h1.Value) + int64(h1.Addend)
			ok = patch(h1.Kind, (*[8]byte)(unsafe.Add(dst, h1.Offset)), v, int64(at)+int64(h1.Offset)) && ok
			h = unsafe.Add(h, unsafe.Sizeof(*h1))
		}
	}
	return ok
}

// nowhere is what a hole gets that asks for something that is not there: out of
// every kind's range.
const nowhere = 1 << 62

// value returns S of a hole. Addresses count from the start of the code: only
// relative relocations take them.
func (p *Plan) value(it *Item, v stencils.Value) int64 {
	if v < stencils.NumItemValues {
		return int64(it.Values[v])
	}
	return p.address(it, v)
}

func (p *Plan) address(it *Item, v stencils.Value) int64 {
	switch v {
	case stencils.ValTarget:
		if int(it.Target) < len(p.Items) {
			return int64(p.Items[it.Target].hot)
		}
	case stencils.ValCold:
		return int64(p.Cold) + int64(it.cold)
	case stencils.ValHot:
		return int64(it.hot)
	}
	return nowhere
}

// Value returns S + A of a hole of an item.
func (p *Plan) Value(i int, h *stencils.Hole) int64 {
	return p.value(&p.Items[i], h.Value) + int64(h.Addend)
}

// explain says why a part could not be emitted.
func (p *Plan) explain(i int, part *stencils.Part, buf []byte, at int) error {
	it := &p.Items[i]
	if at+int(part.Size) > p.Size {
		return fmt.Errorf("linker: item %d ends at %d, behind the %d bytes laid out", i, at+int(part.Size), p.Size)
	}
	cold := part == &p.Set.Stencils[it.Stencil].Cold
	for _, h := range p.Set.Holes[part.Holes:][:part.NumHoles] {
		var code [8]byte
		if !patch(h.Kind, &code, p.Value(i, &h), int64(at)+int64(h.Offset)) {
			return &HoleError{Item: i, Stencil: int(it.Stencil), Cold: cold, Hole: h, Value: p.Value(i, &h)}
		}
	}
	return fmt.Errorf("linker: item %d cannot be emitted", i)
}
