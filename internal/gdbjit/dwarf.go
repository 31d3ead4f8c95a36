package gdbjit

import "github.com/copyjit/copyjit/internal/symbols"

// Numbers of the DWARF format, version 4.
const (
	dwarfVersion = 4

	tagCompileUnit = 0x11
	tagSubprogram  = 0x2e

	attrName     = 0x03
	attrStmtList = 0x10
	attrLowPC    = 0x11
	attrHighPC   = 0x12
	attrLanguage = 0x13
	attrExternal = 0x3f

	formAddr        = 0x01
	formData8       = 0x07
	formString      = 0x08
	formData1       = 0x0b
	formSecOffset   = 0x17
	formFlagPresent = 0x19

	languageC = 0x02 // DW_LANG_C: none of the known ones is ours

	lineCopy        = 1
	lineAdvancePC   = 2
	lineAdvanceLine = 3
	lineExtended    = 0
	lineEndSequence = 1
	lineSetAddress  = 2

	cfaAdvance       = 0x04 // by as many bytes as 32 bits say
	cfaSameValue     = 0x08
	cfaRemember      = 0x0a
	cfaRestore       = 0x0b
	cfaDefCFA        = 0x0c
	cfaDefExpression = 0x0f
	cfaValExpression = 0x16
)

// debugInfo returns the contents of .debug_info, .debug_abbrev and .debug_line, nil if
// there are no lines.
func debugInfo(b *symbols.Block) (info, abbrev, lines []byte) {
	if lines = lineTable(b); lines == nil {
		return nil, nil, nil
	}
	unit := func(code, tag, children byte, attrs ...byte) {
		abbrev = append(abbrev, code, tag, children)
		abbrev = append(append(abbrev, attrs...), 0, 0)
	}
	unit(1, tagCompileUnit, 1, attrName, formString, attrLanguage, formData1, attrLowPC, formAddr,
		attrHighPC, formData8, attrStmtList, formSecOffset)
	unit(2, tagSubprogram, 0, attrName, formString, attrLowPC, formAddr, attrHighPC, formData8, attrExternal, formFlagPresent)
	abbrev = append(abbrev, 0)

	info = append16(info, dwarfVersion)
	info = append32(info, 0) // the abbreviations' offset
	info = append(info, 8)   // bytes in an address
	info = appendString(append(info, 1), b.File)
	info = append(info, languageC)
	info = append64(info, uint64(b.Addr), uint64(len(b.Code)))
	info = append32(info, 0) // the lines' offset
	for _, s := range b.Symbols {
		info = appendString(append(info, 2), s.Name)
		info = append64(info, uint64(b.Addr)+uint64(s.Offset), uint64(s.Size))
	}
	info = append(info, 0)
	return withLength(info), abbrev, lines
}

// lineTable returns the contents of .debug_line, nil if there are no lines.
func lineTable(b *symbols.Block) []byte {
	var program []byte
	for _, s := range b.Symbols {
		if len(s.Lines) == 0 {
			continue
		}
		program = append(program, lineExtended, 9, lineSetAddress)
		program = append64(program, uint64(b.Addr)+uint64(s.Lines[0].Offset))
		line, offset := uint32(1), s.Lines[0].Offset
		advance := func(to uint32) {
			program = appendUnsigned(append(program, lineAdvancePC), uint64(to-offset))
			offset = to
		}
		for _, l := range s.Lines {
			advance(l.Offset)
			program = appendSigned(append(program, lineAdvanceLine), int64(l.Line)-int64(line))
			program = append(program, lineCopy)
			line = l.Line
		}
		advance(s.Offset + s.Size)
		program = append(program, lineExtended, 1, lineEndSequence)
	}
	if program == nil {
		return nil
	}
	// Bytes of code are the units of addresses; one operation an instruction; every
	// line is a statement; special opcodes from 13 on, which are not used.
	header := []byte{1, 1, 1, 0xfb, 14, 13, 0, 1, 1, 1, 1, 0, 0, 0, 1, 0, 0, 1}
	header = append(header, 0)                                // no directories
	header = append(appendString(header, b.File), 0, 0, 0, 0) // one file: no directory, time or size
	table := append16(nil, dwarfVersion)
	table = append32(table, uint32(len(header)))
	return withLength(append(append(table, header...), program...))
}

// frames returns the contents of .debug_frame, by which debuggers find who called.
//
// Compiled code leaves the stack pointer alone and does not call; where it is, all
// the time, is just behind the call that entered it. Its own frames are on a stack of
// their own, each of which begins with the address to return to.
func frames(b *symbols.Block) []byte {
	common := append32(nil, 0xffffffff) // this is a common information entry
	common = append(common, dwarfVersion, 0, 8, 0)
	common = append(common, 1, 0x78, frameReturn) // units of 1 for code and −8 for data
	common = append(common, frameRules(0)...)
	all := withLength(pad(common))
	entry := append32(nil, 0) // the common one's offset
	entry = append64(entry, uint64(b.Addr), uint64(len(b.Code)))
	at := uint32(0)
	for _, s := range b.Symbols {
		for _, c := range s.Calls {
			entry = append32(append(entry, cfaAdvance), c.From-at)
			entry = append(append(entry, cfaRemember), frameRules(c.Moved)...)
			entry = append32(append(entry, cfaAdvance), c.To-c.From)
			entry = append(entry, cfaRestore)
			at = c.To
		}
	}
	return append(all, withLength(pad(entry))...)
}

// pad makes an entry with its length in front a multiple of an address's size.
func pad(b []byte) []byte {
	for (len(b)+4)%8 != 0 {
		b = append(b, 0) // DW_CFA_nop
	}
	return b
}

// withLength puts the length of b in front of it.
func withLength(b []byte) []byte { return append(append32(nil, uint32(len(b))), b...) }
