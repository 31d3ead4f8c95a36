package linker

import (
	"encoding/binary"
	"fmt"
)

// Jump tables are data behind all code. A label is a word of 32 bits, little
// endian, that says how far the start of its item is from the word itself, so
// that the code may run anywhere:
//
//	             ┌───────────┬─── … ───┬───────────┐
//	word         │ label 0   │         │ default   │
//	             └───────────┴─── … ───┴───────────┘
//	item's table ▲ ValTable
//
// In the words of relocations a label is word32 S − P.
const labelSize = 4

// PlaceTables places jump tables behind the code that Layout has laid out. The
// labels of all tables come one behind the other; each is the index of an item. An
// item that jumps through a table has as Target the index of its first label and as
// Imm the number of labels before its last one, the default. The labels must not
// change before the code is emitted and validated.
func (p *Plan) PlaceTables(labels []uint32) error {
	size := sizeWith(p.Size, labels)
	if size > MaxSize {
		return fmt.Errorf("linker: %d bytes of code and jump tables, at most %d are possible", size, MaxSize)
	}
	p.labels, p.Size = labels, size
	return nil
}

// sizeWith returns the size of code and of jump tables behind it.
func sizeWith(code int, labels []uint32) int {
	if len(labels) == 0 {
		return code
	}
	return (code+labelSize-1)&^(labelSize-1) + labelSize*len(labels)
}

// table returns where the jump table of an item starts, and whether it has one.
func (p *Plan) table(it *Item) (n int64, ok bool) {
	first := uint64(it.Target)
	if last := first + it.Imm; last < first || last >= uint64(len(p.labels)) {
		return 0, false
	}
	return int64(p.Size-labelSize*len(p.labels)) + labelSize*int64(first), true
}

// writeTables writes the jump tables behind code that ends at an offset.
func (p *Plan) writeTables(buf []byte, code int) error {
	at := p.Size - labelSize*len(p.labels)
	for i := code; i < at; i++ {
		buf[i] = p.Set.Trap
	}
	for _, label := range p.labels {
		if uint(label) >= uint(len(p.Items)) {
			return fmt.Errorf("linker: a label of a jump table is item %d of %d", label, len(p.Items))
		}
		binary.LittleEndian.PutUint32(buf[at:], p.Items[label].hot-uint32(at))
		at += labelSize
	}
	return nil
}

// table finds where the jump table of an item must be.
func (v *validator) table(i, at int) (int64, error) {
	it := &v.items[i]
	if n := uint64(len(v.labels)); uint64(it.Target) >= n || it.Imm >= n-uint64(it.Target) {
		return 0, &CodeError{i, at, fmt.Sprintf("its jump table has the labels from %d on, %d and a default, of %d", it.Target, it.Imm, n)}
	}
	return int64(v.tables + 4*int(it.Target)), nil
}

// jumpTables checks that every label leads to the start of its item, an operation's
// poll included.
func (v *validator) jumpTables() error {
	for k, item := range v.labels {
		at := v.tables + 4*k
		to := at + int(int32(binary.LittleEndian.Uint32(v.code[at:])))
		if uint(item) >= uint(len(v.items)) {
			return &CodeError{-1, at, fmt.Sprintf("label %d of the jump tables is item %d of %d", k, item, len(v.items))}
		}
		if to != v.hot[item] {
			return &CodeError{-1, at, fmt.Sprintf("label %d of the jump tables leads to %#x; its item %d is at %#x", k, to, item, v.hot[item])}
		}
		if s := v.items[item].Stencil; int(s) == int(v.set.Entry) {
			return &CodeError{-1, at, fmt.Sprintf("label %d of the jump tables leads to the entry of a function", k)}
		}
	}
	return nil
}
