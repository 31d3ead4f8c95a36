package linker

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/copyjit/copyjit/stencils"
)

// A CodeError says where finished code is not what its items ask for.
type CodeError struct {
	Item   int // index of the item, −1 if it is none
	Offset int // in the code, in bytes
	Msg    string
}

// Error names the item, the offset and the difference.
func (e *CodeError) Error() string {
	if e.Item < 0 {
		return fmt.Sprintf("linker: code at %#x: %s", e.Offset, e.Msg)
	}
	return fmt.Sprintf("linker: code at %#x, item %d: %s", e.Offset, e.Item, e.Msg)
}

// Validate reads finished code back: every stencil is there as a whole, its
// registers and immediates are the item's, and every branch goes to the start
// of the item that the list names, or within its own stencil.
//
// It finds the places of items by itself and reads fields and holes instead of
// writing them, so that a mistake in Layout or Emit is not repeated here. The
// cost is some hundred nanoseconds an item.
func (p *Plan) Validate(code []byte) error {
	set, items := p.Set, p.Items
	v := validator{set: set, items: items, labels: p.labels, code: code}
	v.place()
	for i := range items {
		s := &set.Stencils[items[i].Stencil]
		if err := v.part(i, &s.Hot, v.hot[i]); err != nil {
			return err
		}
		if err := v.part(i, &s.Cold, v.cold[i]); err != nil {
			return err
		}
	}
	if err := v.gaps(); err != nil {
		return err
	}
	return v.jumpTables()
}

type validator struct {
	set       *stencils.Set
	items     []Item
	labels    []uint32
	code      []byte
	hot, cold []int
	end       int // of the hot parts
	codeEnd   int
	tables    int // where the jump tables start
	size      int
}

// place finds where each item must be: hot parts in order, function entries at
// multiples of EntryAlign, then, if there are any and behind Slack bytes, cold
// parts in order.
func (v *validator) place() {
	at := 0
	entries := v.set.TwinsOf(v.set.Entry)
	v.hot, v.cold = make([]int, len(v.items)), make([]int, len(v.items))
	for i, it := range v.items {
		for slices.Contains(entries, it.Stencil) && at%EntryAlign != 0 {
			at++
		}
		v.hot[i] = at
		at += int(v.set.Stencils[it.Stencil].Hot.Size)
	}
	v.end = at
	for _, it := range v.items {
		if v.set.Stencils[it.Stencil].Cold.Size != 0 {
			at = v.end + stencils.Slack
		}
	}
	for i, it := range v.items {
		v.cold[i] = at
		at += int(v.set.Stencils[it.Stencil].Cold.Size)
	}
	v.codeEnd = at
	for at%labelSize != 0 && len(v.labels) > 0 {
		at++
	}
	v.tables, v.size = at, at+labelSize*len(v.labels)
}

// part checks one part of an item at its place.
func (v *validator) part(i int, p *stencils.Part, at int) error {
	size := int(p.Size)
	if at+size > len(v.code) {
		return &CodeError{i, at, fmt.Sprintf("the code ends at %#x within the stencil", len(v.code))}
	}
	got := v.code[at : at+size]
	// free marks the bits that fields and holes may set.
	free := make([]byte, size)
	for _, f := range v.set.FieldsOf(p) {
		if err := v.field(i, &f, got, free, at); err != nil {
			return err
		}
	}
	for _, h := range v.set.HolesOf(p) {
		if err := v.hole(i, &h, got, free, at); err != nil {
			return err
		}
	}
	want := v.set.Code[p.Code : int(p.Code)+size]
	for j := range got {
		if (got[j]^want[j])&^free[j] != 0 {
			return &CodeError{i, at + j, fmt.Sprintf("byte %#02x, the stencil has %#02x", got[j], want[j])}
		}
	}
	return nil
}

// field checks that each place of a field names the item's register.
func (v *validator) field(i int, f *stencils.Field, got, free []byte, at int) error {
	it := &v.items[i]
	for _, role := range []struct {
		name string
		mask uint64
		reg  uint32
	}{{"d", f.D, uint32(it.D)}, {"l", f.L, uint32(it.L)}, {"r", f.R, uint32(it.R)}, {"s", f.S, it.Target}} {
		for bit := range 64 {
			if role.mask>>bit&1 == 0 {
				continue
			}
			var reg uint32
			for k := range int(v.set.RegBits) {
				pos := int(f.Offset)*8 + bit + k
				if pos/8 >= len(got) {
					return &CodeError{i, at + pos/8, "a register field sticks out of the stencil"}
				}
				reg |= uint32(got[pos/8]>>(pos%8)&1) << k
				free[pos/8] |= 1 << (pos % 8)
			}
			if reg != role.reg {
				return &CodeError{i, at + int(f.Offset) + bit/8, fmt.Sprintf("register %d as %s, the item has %d", reg, role.name, role.reg)}
			}
		}
	}
	return nil
}

// hole checks that a hole holds the item's value.
func (v *validator) hole(i int, h *stencils.Hole, got, free []byte, at int) error {
	it := &v.items[i]
	off, width := int(h.Offset), h.Kind.Width()
	if width == 0 || off+width > len(got) {
		return &CodeError{i, at + off, "a hole sticks out of the stencil"}
	}
	var raw uint64
	for k := range width {
		raw |= uint64(got[off+k]) << (8 * k)
		free[off+k] |= byte(h.Kind.Bits() >> (8 * k))
	}
	var want int64
	switch h.Value {
	case stencils.ValD, stencils.ValDWord:
		want = int64(it.D)
	case stencils.ValL, stencils.ValLWord:
		want = int64(it.L)
	case stencils.ValR, stencils.ValRWord:
		want = int64(it.R)
	case stencils.ValImm:
		want = int64(it.Imm)
	case stencils.ValExtra:
		want = int64(it.Target)
	case stencils.ValExtra8:
		want = int64(it.Target) << 3
	case stencils.ValSite:
		want = int64(it.Site)
	case stencils.ValPC:
		want = int64(it.PC)
	case stencils.ValTarget:
		if int(it.Target) >= len(v.items) {
			return &CodeError{i, at + off, fmt.Sprintf("it goes to item %d of %d", it.Target, len(v.items))}
		}
		want = int64(v.hot[it.Target])
	case stencils.ValHot:
		want = int64(v.hot[i])
	case stencils.ValCold:
		want = int64(v.cold[i])
	case stencils.ValTable:
		table, err := v.table(i, at+off)
		if err != nil {
			return err
		}
		want = table
	case stencils.ValImmHigh, stencils.ValImmLow:
		// The two halves make the whole modulo 2⁶⁴, and each is within its range.
		high, low := int64(it.Imm)>>32, int64(it.Imm)&(1<<32-1)
		if low >= 1<<31 {
			high, low = high+1, low-1<<32
		}
		want = int64(int32(high))
		if h.Value == stencils.ValImmLow {
			want = low
		}
	default:
		return &CodeError{i, at + off, "a hole for " + h.Value.String()}
	}
	switch h.Value {
	case stencils.ValD, stencils.ValL, stencils.ValR:
		want *= 8
	}
	if raw &= h.Kind.Bits(); !holds(h.Kind, raw, int64(at+off), want+int64(h.Addend)) {
		return &CodeError{i, at + off, fmt.Sprintf("the hole for %s holds the bits %#x; the item has %d", h.Value, raw, want)}
	}
	return nil
}

// gaps checks the size of the code and the bytes between functions.
func (v *validator) gaps() error {
	if len(v.code) != v.size {
		return &CodeError{-1, len(v.code), fmt.Sprintf("%d bytes of code, the items and their jump tables take %d", len(v.code), v.size)}
	}
	for i := range v.items {
		end, next := v.hot[i]+int(v.set.Stencils[v.items[i].Stencil].Hot.Size), v.cold[0]
		if i+1 < len(v.items) {
			next = v.hot[i+1]
		}
		gap := v.code[end:next]
		if !bytes.Equal(gap, bytes.Repeat([]byte{v.set.Trap}, len(gap))) {
			return &CodeError{-1, end, "the bytes behind a function are not traps"}
		}
	}
	if gap := v.code[v.codeEnd:v.tables]; !bytes.Equal(gap, bytes.Repeat([]byte{v.set.Trap}, len(gap))) {
		return &CodeError{-1, v.codeEnd, "the bytes before the jump tables are not traps"}
	}
	return nil
}
