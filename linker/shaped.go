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
	end, cold := uint(0), 0 // of the parts so far, and how many of them have a cold part
	for i := 0; i < len(p.Items); {
		n, ok := p.shaped(buf, i, &end)
		if !ok {
			return false
		}
		if i = n; i == len(p.Items) {
			break
		}
		// An item that is something else: an entry, or one without a Shape.
		it := &p.Items[i]
		if uint(it.Stencil) >= uint(len(p.Set.Stencils)) {
			return false
		}
		s, at := &p.Set.Stencils[it.Stencil], uint(it.hot)
		if at != end && !pad(buf, end, at, p.Set.Trap) {
			return false
		}
		for cold < len(p.colds) && p.colds[cold].item < uint32(i) {
			cold++
		}
		coldAt := uint(p.Cold)
		if cold < len(p.colds) {
			coldAt += uint(p.colds[cold].at)
		}
		if !p.part(buf, it, &s.Hot, at, coldAt) {
			return false
		}
		end = at + uint(s.Hot.Size)
		i++
	}
	coldEnd, ok := p.exits(buf)
	return ok && p.finish(buf, int(end), int(coldEnd)) == nil
}

// shaped writes the hot parts of items from i on, but for the distances to their
// cold parts, up to one that has no Shape, or does not start at end, where the
// parts end. It returns that item's index, and whether all values fit.
func (p *Plan) shaped(buf []byte, i int, end *uint) (int, bool) {
	var (
		set    = p.Set
		items  = p.Items
		list   = set.Stencils
		base   = unsafe.Pointer(unsafe.SliceData(buf))
		code   = unsafe.Pointer(unsafe.StringData(set.Code))
		shapes = set.Shapes
		size   = uint(p.Size)
		at     = *end
		bad    uint64
	)
	for ; i < len(items); i++ {
		it := &items[i]
		if uint(it.hot) != at || uint(it.Stencil) >= uint(len(list)) {
			break
		}
		s := &list[it.Stencil].Hot
		next := at + uint(s.Size)
		if next > size || uint(s.Layout) >= uint(len(shapes)) {
			break
		}
		sh := &shapes[s.Layout]
		src, dst := unsafe.Add(code, s.Code), unsafe.Add(base, at)
		*(*chunk)(dst) = *(*chunk)(src)
		*(*chunk)(unsafe.Add(dst, 16)) = *(*chunk)(unsafe.Add(src, 16)) // 32 bytes at once would be a call

		// Words come from the table, not from what was just stored: that would have
		// to wait for the store.
		put64(dst, sh.Word1, get64(src, sh.Word1)|uint64(it.D)*sh.D|uint64(it.L)*sh.L|uint64(it.R)*sh.R)
		put64(dst, sh.Word2, get64(src, sh.Word2)|uint64(it.uint16(sh.Item2))*sh.Mask2)
		third := uint64(it.uint32(sh.Item3)&sh.And3) * uint64(sh.Scale3)
		put32(dst, sh.Hole3, uint32(third))
		put32(dst, sh.Imm, uint32(it.Imm))
		to := uint(it.Target) * uint(sh.IsJump)
		if to >= uint(len(items)) {
			break
		}
		put32(dst, sh.Target, items[to].hot-uint32(at)+uint32(int32(sh.AddTarget)))
		bad |= third&sh.Bad3 | uint64((uint32(it.Imm>>32)^uint32(int32(it.Imm)>>31))&sh.WideImm)
		at = next
	}
	*end = at
	return i, bad == 0
}

// exits writes the cold parts, and into the hot ones how far away these are.
func (p *Plan) exits(buf []byte) (end uint, ok bool) {
	set, list, layouts, shapes := p.Set, p.Set.Stencils, p.Set.Layouts, p.Set.Shapes
	base := unsafe.Pointer(unsafe.SliceData(buf))
	code := unsafe.Pointer(unsafe.StringData(set.Code))
	end = uint(p.Cold)
	wide := uint64(0)
	for _, c := range p.colds {
		if uint(c.item) >= uint(len(p.Items)) {
			return 0, false
		}
		it := &p.Items[c.item]
		s := &list[it.Stencil]
		at := uint(p.Cold) + uint(c.at)
		if at != end || at+uint(s.Cold.Size) > uint(p.Size) {
			return 0, false
		}
		end = at + uint(s.Cold.Size)
		if int(s.Hot.Layout) < len(shapes) && shapes[s.Hot.Layout].Cold != stencils.Beyond {
			sh := &shapes[s.Hot.Layout]
			put32(unsafe.Add(base, it.hot), sh.Cold, uint32(at)-it.hot+uint32(int32(sh.AddCold)))
		}
		lay := &layouts[s.Cold.Layout]
		if lay.PC|lay.Site == 0 || s.Cold.Size > stencils.Beyond {
			if !p.part(buf, it, &s.Cold, at, at) {
				return 0, false
			}
			continue
		}
		src, dst := unsafe.Add(code, s.Cold.Code), unsafe.Add(base, at)
		*(*chunk)(dst) = *(*chunk)(src)
		*(*chunk)(unsafe.Add(dst, 16)) = *(*chunk)(unsafe.Add(src, 16))
		site := uint64(it.Site) + uint64(lay.AddSite)
		put32(dst, lay.PC, it.PC)
		put32(dst, lay.Site, uint32(site))
		wide |= site
	}
	return end, wide>>32 == 0
}

func get64(p unsafe.Pointer, at uint8) uint64 {
	return binary.LittleEndian.Uint64((*[8]byte)(unsafe.Add(p, at))[:])
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
