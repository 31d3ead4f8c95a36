package gdbjit

import (
	"encoding/binary"

	"github.com/copyjit/copyjit/internal/symbols"
)

// Numbers of the ELF format.
const (
	elfHeaderSize  = 64
	elfSectionSize = 64
	elfSymbolSize  = 24

	typeExec = 2 // ET_EXEC: addresses are absolute

	sectionProgbits = 1
	sectionSymtab   = 2
	sectionStrtab   = 3
	sectionNobits   = 8

	flagAlloc = 2
	flagExec  = 4

	symbolGlobalFunc = 1<<4 | 2 // STB_GLOBAL, STT_FUNC
)

// A section is a section of an ELF file.
type section struct {
	name           string
	kind           uint32
	flags          uint64
	addr, size     uint64
	link, info     uint32 // of a symbol table: its strings, the first symbol that is global
	align, entSize uint64
	data           []byte // nil if sectionNobits
}

// image returns an ELF file that describes a block and has none of its bytes.
func image(b *symbols.Block) []byte {
	names, strings := symbolTable(b)
	list := []section{
		{},
		{name: ".text", kind: sectionNobits, flags: flagAlloc | flagExec, addr: uint64(b.Addr), size: uint64(len(b.Code)), align: 16},
		{name: ".symtab", kind: sectionSymtab, data: names, link: 3, info: 1, align: 8, entSize: elfSymbolSize},
		{name: ".strtab", kind: sectionStrtab, data: strings, align: 1},
		{name: ".debug_frame", kind: sectionProgbits, data: frames(b), align: 8},
	}
	if info, abbrev, lines := debugInfo(b); info != nil {
		list = append(list,
			section{name: ".debug_info", kind: sectionProgbits, data: info, align: 1},
			section{name: ".debug_abbrev", kind: sectionProgbits, data: abbrev, align: 1},
			section{name: ".debug_line", kind: sectionProgbits, data: lines, align: 1})
	}
	return elfFile(list)
}

// textSection is the index of .text in image's list.
const textSection = 1

// symbolTable returns the contents of .symtab and .strtab.
func symbolTable(b *symbols.Block) (table, strings []byte) {
	table, strings = make([]byte, elfSymbolSize), []byte{0}
	for _, s := range b.Symbols {
		table = append32(table, uint32(len(strings)))
		table = append(table, symbolGlobalFunc, 0)
		table = append16(table, textSection)
		table = append64(table, uint64(b.Addr)+uint64(s.Offset), uint64(s.Size))
		strings = appendString(strings, s.Name)
	}
	return table, strings
}

// elfFile returns an ELF file of these sections, the first of which is empty, and
// one with their names.
func elfFile(list []section) []byte {
	list = append(list, section{name: ".shstrtab", kind: sectionStrtab, align: 1})
	names := []byte{0}
	at := make([]uint32, len(list))
	for i := range list[1:] {
		at[i+1] = uint32(len(names))
		names = appendString(names, list[i+1].name)
	}
	list[len(list)-1].data = names

	// Header, contents, headers of the sections.
	file := make([]byte, elfHeaderSize)
	headers := make([]byte, elfSectionSize) // of section 0
	for i, s := range list[1:] {
		for len(file)%8 != 0 {
			file = append(file, 0)
		}
		if s.data != nil {
			s.size = uint64(len(s.data))
		}
		headers = append32(headers, at[i+1], s.kind)
		headers = append64(headers, s.flags, s.addr, uint64(len(file)), s.size)
		headers = append32(headers, s.link, s.info)
		headers = append64(headers, s.align, s.entSize)
		file = append(file, s.data...)
	}
	for len(file)%8 != 0 {
		file = append(file, 0)
	}
	h := append(file[:0:0], 0x7f, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0) // 64 bits, little endian
	h = append16(h, typeExec, symbols.Machine)
	h = append32(h, 1)
	h = append64(h, 0, 0, uint64(len(file))) // no entry, no program headers
	h = append32(h, elfFlags)
	h = append16(h, elfHeaderSize, 0, 0, elfSectionSize, uint16(len(list)), uint16(len(list)-1))
	copy(file, h)
	return append(file, headers...)
}

func append16(b []byte, list ...uint16) []byte {
	for _, v := range list {
		b = binary.LittleEndian.AppendUint16(b, v)
	}
	return b
}

func append32(b []byte, list ...uint32) []byte {
	for _, v := range list {
		b = binary.LittleEndian.AppendUint32(b, v)
	}
	return b
}

func append64(b []byte, list ...uint64) []byte {
	for _, v := range list {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

// appendString appends a string that ends with a zero, and has none before.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		b = append(b, max(s[i], 1))
	}
	return append(b, 0)
}

// appendUnsigned appends a number in LEB128.
func appendUnsigned(b []byte, v uint64) []byte {
	return binary.AppendUvarint(b, v)
}

// appendSigned appends a number in signed LEB128.
func appendSigned(b []byte, v int64) []byte {
	for {
		c := byte(v & 0x7f)
		if v >>= 7; v == 0 && c&0x40 == 0 || v == -1 && c&0x40 != 0 {
			return append(b, c)
		}
		b = append(b, c|0x80)
	}
}
