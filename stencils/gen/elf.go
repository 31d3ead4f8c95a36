package gen

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
	"strings"

	elf "github.com/yalue/elf_reader"

	"github.com/copyjit/copyjit/stencils"
)

// Names in object files that have a meaning.
const (
	textPrefix  = ".text."
	factSection = "facts"
	codeSymbol  = "$x" // what follows is code, and not data
	factPrefix  = "fact_"
)

// Section types and special section indices, from the ELF specification.
const (
	shtProgbits = 1
	shtSymtab   = 2
	shtRela     = 4
	shtNobits   = 8
	shnUndef    = 0
	shnReserved = 0xff00
	etRel       = 1
)

// readObject reads the functions and facts of an object file. What it does not
// know is an error.
func readObject(file string, raw []byte, t *Target) (*object, error) {
	fail := func(format string, args ...any) (*object, error) {
		return nil, &Error{File: file, Offset: -1, Msg: fmt.Sprintf(format, args...)}
	}
	f, err := elf.ParseELF64File(raw)
	if err != nil {
		return fail("not an ELF object: %v", err)
	}
	h := &f.Header
	if h.Signature != 0x464c457f || f.Endianness != binary.LittleEndian || h.Type != etRel || uint16(h.Machine) != t.Machine {
		return fail("not a little-endian ELF object for %s: signature %#x, type %d, machine %d", t.Name, h.Signature, h.Type, uint16(h.Machine))
	}
	obj := &object{file: file}
	byIndex := make(map[int]*function) // by section
	names := make([]string, len(f.Sections))
	symtab := 0
	for i := 1; i < len(f.Sections); i++ {
		s := &f.Sections[i]
		if names[i], err = f.GetSectionName(uint16(i)); err != nil {
			return fail("section %d: %v", i, err)
		}
		switch {
		case s.Type == shtSymtab:
			symtab = i
		case strings.HasPrefix(names[i], textPrefix) && s.Type == shtProgbits:
			code, err := f.GetSectionContent(uint16(i))
			if err != nil {
				return fail("section %s: %v", names[i], err)
			}
			fn := &function{file: file, name: strings.TrimPrefix(names[i], textPrefix), code: code}
			obj.funcs = append(obj.funcs, fn)
			byIndex[i] = fn
		}
	}
	syms, symNames, err := f.GetSymbolTable(uint16(symtab))
	if err != nil {
		return fail("symbol table: %v", err)
	}
	for i := 1; i < len(f.Sections); i++ {
		if f.Sections[i].Type != shtRela {
			continue
		}
		fn := byIndex[int(f.Sections[i].Info)]
		if fn == nil {
			return fail("section %s relocates something that is no template", names[i])
		}
		if fn.relocs, err = relocations(f, i, fn, syms, symNames, names, t); err != nil {
			return nil, err
		}
	}
	// Relocations come first, so that an error about data that code refers to
	// names the function.
	for i := 1; i < len(f.Sections); i++ {
		if s := &f.Sections[i]; !knownSection(names[i], s) {
			return fail("section %s (type %d, %d bytes): a stencil cannot have it", names[i], s.Type, s.Size)
		}
	}
	for i := range syms {
		if name, ok := strings.CutPrefix(symNames[i], factPrefix); ok {
			value, err := readFact(f, &syms[i], names)
			if err != nil {
				return fail("%s: %v", symNames[i], err)
			}
			obj.facts = append(obj.facts, stencils.Fact{Name: name, Value: value})
		}
	}
	return obj, checkSymbols(obj, byIndex, syms, symNames)
}

// knownSection reports whether it is known what a section is for.
func knownSection(name string, s *elf.ELF64SectionHeader) bool {
	if uint64(s.Flags)&2 == 0 { // not allocated: symbols, relocations, notes
		return true
	}
	switch {
	case strings.HasPrefix(name, textPrefix):
		return s.Type == shtProgbits
	case name == factSection:
		return true
	}
	return s.Size == 0 // .text, .data and .bss are always there
}

// relocations reads the relocations of a function.
func relocations(f *elf.ELF64File, section int, fn *function, syms []elf.ELF64Symbol, symNames, sections []string, t *Target) ([]reloc, error) {
	table, err := f.GetRelocationTable(uint16(section))
	if err != nil {
		return nil, fn.errorf(-1, "relocations: %v", err)
	}
	var list []reloc
	for _, r := range table {
		off := int(r.Offset())
		if r.Offset() > math.MaxInt32 {
			return nil, fn.errorf(-1, "a relocation at %#x", r.Offset())
		}
		n := r.SymbolIndex() // up to 2³²−1, more than an int may hold
		if uint64(n) >= uint64(len(syms)) {
			return nil, fn.errorf(off, "a relocation for symbol %d, of %d", n, len(syms))
		}
		sym, name := &syms[n], symNames[n]
		rel, known := t.Relocations[r.Type()]
		if rel.Half && uint32(sym.SectionIndex) == f.Sections[section].Info && sym.Value <= uint64(len(fn.code)) && off+rel.Size <= len(fn.code) {
			list = append(list, reloc{offset: off, typ: r.Type(), addend: int64(sym.Value) + r.Addend()})
			continue
		}
		if sym.SectionIndex != shnUndef {
			where := "something that is not code"
			if int(sym.SectionIndex) < len(sections) {
				where = "section " + sections[sym.SectionIndex]
			}
			return nil, fn.errorf(off, "it refers to %s %s: a stencil has no data and no other function", where, name)
		}
		if !known {
			return nil, fn.errorf(off, "relocation type %d for %s is unknown; known are %s", r.Type(), name, strings.Join(t.relocationNames(), ", "))
		}
		if off+rel.Size > len(fn.code) {
			return nil, fn.errorf(off, "%s for %s is outside the function's %d bytes", rel.Name, name, len(fn.code))
		}
		list = append(list, reloc{offset: off, typ: r.Type(), symbol: name, addend: r.Addend()})
	}
	slices.SortFunc(list, func(a, b reloc) int { return a.offset - b.offset })
	return list, nil
}

// readFact returns the value of a fact_ symbol.
func readFact(f *elf.ELF64File, sym *elf.ELF64Symbol, sections []string) (uint64, error) {
	i := int(sym.SectionIndex)
	if i >= len(sections) || sections[i] != factSection {
		return 0, fmt.Errorf("it is not in section %s", factSection)
	}
	data, err := f.GetSectionContent(uint16(i))
	if err != nil {
		return 0, err
	}
	if sym.Size != 8 || sym.Value > uint64(len(data)) || sym.Value+8 > uint64(len(data)) {
		return 0, fmt.Errorf("it is not a word of section %s", factSection)
	}
	return binary.LittleEndian.Uint64(data[sym.Value:]), nil
}

// checkSymbols makes sure that each section holds the one function that its name
// says.
func checkSymbols(obj *object, byIndex map[int]*function, syms []elf.ELF64Symbol, names []string) error {
	found := make(map[*function]bool)
	for i := range syms {
		fn := byIndex[int(syms[i].SectionIndex)]
		if fn == nil || names[i] == "" || strings.HasPrefix(names[i], ".L") || names[i] == codeSymbol || syms[i].SectionIndex >= shnReserved {
			continue
		}
		if names[i] != fn.name || syms[i].Value != 0 || syms[i].Size != uint64(len(fn.code)) {
			return fn.errorf(-1, "its section also holds %s, at %#x, of %d bytes", names[i], syms[i].Value, syms[i].Size)
		}
		found[fn] = true
	}
	for _, fn := range obj.funcs {
		if !found[fn] {
			return fn.errorf(-1, "its section holds no function of that name")
		}
	}
	return nil
}
