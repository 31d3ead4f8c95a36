package stencils

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io"
	"math/bits"
)

// Check reports the first thing in the set that a linker could not trust: an
// index out of range, a part whose bytes, fields or holes lie outside of the
// tables or of the part, fields and holes that overlap or are not zero.
//
// It is for tests and generators; linking relies on it having been run.
func (s *Set) Check() error {
	if s.RegBits == 0 || s.RegBits > 8 {
		return fmt.Errorf("stencils: %s: registers of %d bits", s.Target, s.RegBits)
	}
	if err := s.checkLayouts(); err != nil {
		return fmt.Errorf("stencils: %s: %w", s.Target, err)
	}
	for i := range s.Stencils {
		for _, part := range []struct {
			name string
			*Part
		}{{"hot", &s.Stencils[i].Hot}, {"cold", &s.Stencils[i].Cold}} {
			if err := s.checkPart(part.Part); err != nil {
				return fmt.Errorf("stencils: %s: stencil %d, %s part: %w", s.Target, i, part.name, err)
			}
		}
	}
	if err := s.checkTwins(); err != nil {
		return fmt.Errorf("stencils: %s: %w", s.Target, err)
	}
	for key, i := range s.Index {
		if int(i) > len(s.Stencils) {
			return fmt.Errorf("stencils: %s: key %#x: stencil %d of %d", s.Target, key, int(i)-1, len(s.Stencils))
		}
	}
	for _, i := range []uint16{s.Entry, s.Poll, s.Linked, s.Unlinked} {
		if int(i) >= len(s.Stencils) {
			return fmt.Errorf("stencils: %s: stencil %d of %d is to be a special one", s.Target, i, len(s.Stencils))
		}
	}
	return nil
}

// checkLayouts reports the first layout that is not within the tables.
func (s *Set) checkLayouts() error {
	for i, lay := range s.Layouts {
		if int(lay.Fields)+int(lay.NumFields) > len(s.Fields) {
			return fmt.Errorf("layout %d: its %d fields at %d are outside of the %d", i, lay.NumFields, lay.Fields, len(s.Fields))
		}
		if int(lay.Holes)+int(lay.NumHoles) > len(s.Holes) {
			return fmt.Errorf("layout %d: its %d holes at %d are outside of the %d", i, lay.NumHoles, lay.Holes, len(s.Holes))
		}
	}
	return nil
}

func (s *Set) checkPart(p *Part) error {
	size := int(p.Size)
	if int(p.Code)+size+Slack > len(s.Code) {
		return fmt.Errorf("its %d bytes at %d and the slack are outside of the %d bytes of code", size, p.Code, len(s.Code))
	}
	if int(p.Layout) >= len(s.Layouts) {
		return fmt.Errorf("layout %d of %d", p.Layout, len(s.Layouts))
	}
	fields, holes := s.FieldsOf(p), s.HolesOf(p)
	code := s.Code[p.Code : int(p.Code)+size]
	taken := make([]bool, 8*size) // per bit
	take := func(bit int) error {
		switch {
		case bit >= 8*size:
			return fmt.Errorf("a field or hole sticks out at offset %d of %d", bit/8, size)
		case taken[bit]:
			return fmt.Errorf("fields or holes overlap at offset %d", bit/8)
		case code[bit/8]>>(bit%8)&1 != 0:
			return fmt.Errorf("a field or hole is not zero at offset %d", bit/8)
		}
		taken[bit] = true
		return nil
	}
	end := 0 // of the places so far, in bits
	for _, f := range fields {
		if 8*int(f.Offset) < end {
			return fmt.Errorf("the field at offset %d starts before places of the one before end", f.Offset)
		}
		end = 8*int(f.Offset) + bits.Len64(f.D|f.L|f.R|f.S) - 1 + int(s.RegBits)
		for _, mask := range []uint64{f.D, f.L, f.R, f.S} {
			for bit := range 64 {
				if mask>>bit&1 == 0 {
					continue
				}
				for k := range int(s.RegBits) {
					if err := take(8*int(f.Offset) + bit + k); err != nil {
						return err
					}
				}
			}
		}
	}
	for _, h := range holes {
		if h.Kind.Width() == 0 || h.Value >= NumValues {
			return fmt.Errorf("the hole at offset %d is a %s of %s", h.Offset, h.Kind, h.Value)
		}
		for k := range 64 {
			if h.Kind.Bits()>>k&1 == 0 {
				continue
			}
			if err := take(8*int(h.Offset) + k); err != nil {
				return err
			}
		}
	}
	return nil
}

// Sum returns a 128-bit FNV-1a hash of everything in the set, in hexadecimal.
// The generator writes it beside the tables, so that a test without clang can
// tell whether they are as generated. (It guards against accidents; a
// cryptographic hash would be linked into every program.)
func (s *Set) Sum() string {
	h := fnv.New128a()
	fmt.Fprintf(h, "%s %d %d %d %d %d %d %x %x %v\n", s.Target, s.Entry, s.Poll, s.Linked, s.Unlinked, s.RegBits, len(s.Index), s.Regs, s.Trap, s.Facts)
	io.WriteString(h, s.Code)
	for _, v := range []any{s.Fields, s.Holes, s.Layouts, s.Stencils, s.Twins, s.Index} {
		if err := binary.Write(h, binary.LittleEndian, v); err != nil {
			panic(err) // only for types without a fixed size
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}
