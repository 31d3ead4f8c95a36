package linker

import (
	"encoding/binary"
	"unsafe"

	"github.com/copyjit/copyjit/stencils"
)

// The fast way to emit, for sets with Shapes. What bounds it is not how many
// instructions it has but how many of its branches cannot be predicted: in a
// program of many different operations each loop over a stencil's holes ends with
// a surprise, which costs as much as all that the loop does. So for all parts with
// a Shape it does the same, whatever they have.
//
// Parts are written from low to high addresses, and each may write up to Slack
// bytes of anything behind its end, for the next one to overwrite.

// Shapes know where an item's values are.
const (
	_ = -(unsafe.Offsetof(Item{}.Imm) - stencils.ItemImm)
	_ = -(unsafe.Offsetof(Item{}.Target) - stencils.ItemTarget)
	_ = -(unsafe.Offsetof(Item{}.PC) - stencils.ItemPC)
	_ = -(unsafe.Offsetof(Item{}.D) - stencils.ItemD)
	_ = -(unsafe.Offsetof(Item{}.L) - stencils.ItemL)
	_ = -(unsafe.Offsetof(Item{}.R) - stencils.ItemR)
)

// littleEndian reports whether the lower half of an immediate is the first.
var littleEndian = binary.NativeEndian.Uint16([]byte{1, 0}) == 1

// fast emits the code, or reports that it cannot: whatever is wrong, emit knows
// what.
func (p *Plan) fast(buf []byte) bool {
	if len(p.Items) == 0 || len(p.Set.Stencils) == 0 {
		return false
	}
	set, items := p.Set, p.Items
	e := emitter{
		base: unsafe.Pointer(unsafe.SliceData(buf)), size: uint(p.Size),
		code:  unsafe.Pointer(unsafe.StringData(set.Code)),
		items: unsafe.Pointer(&items[0]), numItems: uint(len(items)),
		list: unsafe.Pointer(&set.Stencils[0]), numStencils: uint(len(set.Stencils)),
		shapes: unsafe.Pointer(&set.Shapes[0]), numShapes: uint(len(set.Shapes)),
	}
	cold := 0 // how many of the items so far have a cold part
	for i := 0; ; {
		if i = e.shaped(&items[i], &items[len(items)-1]); i == len(items) {
			break
		}
		it := &items[i]
		if at := uint(it.hot); at != e.end { // a function's entry
			if !pad(buf, e.end, at, set.Trap) {
				return false
			}
			e.end = at
			continue
		}
		// An item without a Shape, or one that is wrong.
		for cold < p.numColds && p.colds[cold].Item < uint32(i) {
			cold++
		}
		coldAt := uint(p.Cold)
		if cold < p.numColds {
			coldAt += uint(p.colds[cold].At)
		}
		if uint(it.Stencil) >= uint(len(set.Stencils)) {
			return false
		}
		s := &set.Stencils[it.Stencil].Hot
		if !p.part(buf, it, s, e.end, coldAt) {
			return false
		}
		e.end += uint(s.Size)
		if i++; i == len(items) {
			break
		}
	}
	coldEnd, ok := p.exits(buf)
	return ok && p.finish(buf, int(e.end), int(coldEnd)) == nil
}

// An emitter is what shaped needs. It is in memory because there are not enough
// registers for it: instructions take it from there, whereas what is in local
// variables is kept in registers around the loop and spilled within.
type emitter struct {
	base, code            unsafe.Pointer
	items, list, shapes   unsafe.Pointer
	numItems, numStencils uint
	numShapes             uint
	size, end             uint // of the code, of the hot parts so far
}

// shaped writes the hot parts of items, but for the distances to their cold parts,
// up to the last, or to one that has no Shape, does not start at end or has a value
// that does not fit. It returns the index of that, or the number of items.
func (e *emitter) shaped(it, last *Item) int {
	at := e.end
	for {
		if uint(it.hot) != at || at > e.size || uint(it.Stencil) >= e.numStencils {
			break
		}
		s := (*stencils.Stencil)(unsafe.Add(e.list, uintptr(it.Stencil)*unsafe.Sizeof(stencils.Stencil{})))
		if uint(s.Hot.Layout) >= e.numShapes {
			break
		}
		sh := (*stencils.Shape)(unsafe.Add(e.shapes, uintptr(s.Hot.Layout)*unsafe.Sizeof(stencils.Shape{})))
		if it.Imm != uint64(int64(int32(it.Imm))) && sh.NarrowImm != 0 {
			break
		}
		src, dst := unsafe.Add(e.code, s.Hot.Code), unsafe.Add(e.base, at)
		copyLong(dst, src)

		// Words come from the table, not from what was just stored: that would have
		// to wait for the store.
		put64(dst, sh.Word1, get64(src, sh.Word1)|uint64(it.D)*sh.D|uint64(it.L)*sh.L|uint64(it.R)*sh.R)
		put64(dst, sh.Word2, get64(src, sh.Word2)|uint64(it.uint16(sh.Item2))*sh.Mask2)
		put32(dst, sh.Imm, uint32(it.Imm))
		third := uint64(it.uint32(sh.Item3)&sh.And3) * uint64(sh.Scale3)
		if third&sh.Bad3 != 0 {
			break
		}
		put32(dst, sh.Hole3, get32(src, sh.Hole3)|uint32(third))
		to := uint(it.Target & sh.JumpMask)
		if to >= e.numItems {
			break
		}
		target := (*Item)(unsafe.Add(e.items, uintptr(to)*unsafe.Sizeof(Item{})))
		put32(dst, sh.Target, target.hot-uint32(at)+sh.AddTarget)
		at += uint(s.Hot.Size)
		if it == last {
			e.end = at
			return int(e.numItems)
		}
		it = (*Item)(unsafe.Add(unsafe.Pointer(it), unsafe.Sizeof(Item{})))
	}
	e.end = at
	return int((uintptr(unsafe.Pointer(it)) - uintptr(e.items)) / unsafe.Sizeof(Item{}))
}

// exits writes the cold parts, and into the hot ones how far away these are.
func (p *Plan) exits(buf []byte) (end uint, ok bool) {
	set, list, layouts := p.Set, p.Set.Stencils, p.Set.Layouts
	base := unsafe.Pointer(unsafe.SliceData(buf))
	code := unsafe.Pointer(unsafe.StringData(set.Code))
	end = uint(p.Cold)
	wide := uint64(0)
	for _, c := range p.colds[:p.numColds] {
		if uint(c.Item) >= uint(len(p.Items)) {
			return 0, false
		}
		it := &p.Items[c.Item]
		s := &list[it.Stencil]
		at := uint(p.Cold) + uint(c.At)
		if at != end || at+uint(s.Cold.Size) > uint(p.Size) {
			return 0, false
		}
		end = at + uint(s.Cold.Size)
		hot, cold := &layouts[s.Hot.Layout], &layouts[s.Cold.Layout]
		if hot.NumColds != 0 {
			distance, from := uint32(at)-it.hot, unsafe.Add(base, it.hot)
			put32(from, hot.Cold[0], distance+uint32(int32(hot.AddCold[0])))
			put32(from, hot.Cold[1], distance+uint32(int32(hot.AddCold[1])))
		}
		if !cold.Exits || s.Cold.Size > stencils.Beyond {
			if !p.part(buf, it, &s.Cold, at, at) {
				return 0, false
			}
			continue
		}
		src, dst := unsafe.Add(code, s.Cold.Code), unsafe.Add(base, at)
		copyLong(dst, src)
		put32(dst, cold.PC[0], it.PC)
		put32(dst, cold.PC[1], it.PC)
		first, second := uint64(it.Site)+uint64(cold.AddSite[0]), uint64(it.Site)+uint64(cold.AddSite[1])
		put32(dst, cold.Site[0], uint32(first))
		put32(dst, cold.Site[1], uint32(second))
		wide |= first | second
	}
	return end, wide>>32 == 0
}

// copyLong copies as many bytes as there can be in a part with a Shape.
func copyLong(dst, src unsafe.Pointer) {
	// All at once would be a call.
	to, from := (*[stencils.Beyond / 16]chunk)(dst), (*[stencils.Beyond / 16]chunk)(src)
	to[0] = from[0]
	to[1] = from[1]
	to[2] = from[2]
}

func get64(p unsafe.Pointer, at uint8) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(p, at))[:])
}

func get32(p unsafe.Pointer, at uint8) uint32 {
	return binary.LittleEndian.Uint32((*[4]byte)(unsafe.Add(p, at))[:])
}

func put64(p unsafe.Pointer, at uint8, v uint64) {
	binary.LittleEndian.PutUint64((*[8]byte)(unsafe.Add(p, at))[:], v)
}

func put32(p unsafe.Pointer, at uint8, v uint32) {
	binary.LittleEndian.PutUint32((*[4]byte)(unsafe.Add(p, at))[:], v)
}

// uint16 and uint32 return what is at an offset of the item, or the first bytes of
// that.
func (it *Item) uint16(at uint8) uint16 { return *(*uint16)(unsafe.Add(unsafe.Pointer(it), at)) }
func (it *Item) uint32(at uint8) uint32 { return *(*uint32)(unsafe.Add(unsafe.Pointer(it), at)) }
