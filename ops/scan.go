package ops

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"
)

// A token is a piece of one line of the text format.
type token struct {
	kind tokenKind
	text string // as written
	off  int    // its offset in the source
}

// tokenKind is a kind of token; the byte itself for , : [ ] ( ) +.
type tokenKind byte

const (
	tokEnd    tokenKind = 0 // the end of the line or source
	tokName   tokenKind = 'a'
	tokNumber tokenKind = '0'
	tokString tokenKind = '"'
	tokBad    tokenKind = '?'
)

// A scanner cuts the source into tokens on demand, so that no line, however
// long, takes memory.
type scanner struct {
	src       string
	off       int // where the next token begins
	line      int // from 1
	lineStart int
	tok       token // the current token
}

// start goes to the beginning of the source and reads the first token.
func (s *scanner) start() {
	s.off, s.line, s.lineStart = 0, 1, 0
	s.next()
}

// next reads the next token of the line.
func (s *scanner) next() {
	src, i := s.src, s.off
	for i < len(src) && (src[i] == ' ' || src[i] == '\t' || src[i] == '\r') {
		i++
	}
	if i < len(src) && src[i] == ';' {
		for i < len(src) && src[i] != '\n' {
			i++
		}
	}
	begin, kind := i, tokEnd
	if i < len(src) && src[i] != '\n' {
		switch c := src[i]; {
		case isNameStart(c):
			kind = tokName
			i = scanName(src, i)
		case isDigit(c) || c == '-' && i+1 < len(src) && (isDigit(src[i+1]) || isNameStart(src[i+1])):
			kind = tokNumber
			i = scanName(src, i+1)
		case strings.IndexByte(",:[]()+", c) >= 0:
			kind = tokenKind(c)
			i++
		case c == '"':
			kind, i = scanString(src, i)
		default:
			kind = tokBad
			_, n := utf8.DecodeRuneInString(src[i:])
			i += n
		}
	}
	s.tok = token{kind: kind, text: src[begin:i], off: begin}
	s.off = i
}

// scanName returns the end of the name or number that goes on at i. The bits of a
// NaN belong to it: nan:0x1.
func scanName(src string, i int) int {
	begin := i
	for i < len(src) && isNamePart(src[i]) {
		i++
	}
	if src[begin:i] == nanWord && strings.HasPrefix(src[i:], ":0x") {
		for i++; i < len(src) && isNamePart(src[i]); i++ {
		}
	}
	return i
}

// scanString returns the end of the string that begins at i; it ends on its line.
func scanString(src string, i int) (tokenKind, int) {
	for j := i + 1; j < len(src) && src[j] != '\n'; j++ {
		switch src[j] {
		case '\\':
			if j+1 < len(src) && src[j+1] != '\n' {
				j++
			}
		case '"':
			return tokString, j + 1
		}
	}
	return tokBad, i + 1
}

// nextLine skips the rest of the line and reads the first token of the next.
// It reports whether there is one.
func (s *scanner) nextLine() bool {
	n := strings.IndexByte(s.src[s.off:], '\n')
	if n < 0 {
		s.off = len(s.src)
		s.next()
		return false
	}
	s.off += n + 1
	s.line++
	s.lineStart = s.off
	s.next()
	return true
}

// name returns the name that a token stands for.
func (t token) name() (string, bool) {
	switch t.kind {
	case tokName:
		return t.text, true
	case tokString:
		name, err := strconv.Unquote(t.text)
		return name, err == nil
	}
	return "", false
}

// describe names the token for messages.
func (t token) describe() string {
	if t.kind == tokEnd {
		return "the end of the line"
	}
	return quote(t.text)
}

// parseFloat returns the bits of a float and what is wrong with it, if anything: as
// in Go, decimal or hexadecimal, inf, nan, nan:0x and the bits of its fraction, all
// with an optional minus.
func parseFloat(text string, single bool) (bits uint64, msg string) {
	size, fraction := 64, 52
	if single {
		size, fraction = 32, 23
	}
	number, negative := strings.CutPrefix(text, "-")
	infinity := (uint64(1)<<(size-1-fraction) - 1) << fraction
	payload, isNaN := strings.CutPrefix(number, nanWord)
	switch {
	case number == infWord:
		bits = infinity
	case number == nanWord:
		bits = infinity | 1<<(fraction-1)
	case isNaN:
		v, err := strconv.ParseUint(strings.TrimPrefix(payload, ":"), 0, 64)
		if err != nil || v == 0 || v >= 1<<fraction {
			return 0, fmt.Sprintf("malformed NaN: want nan, or nan:0x1 to nan:%#x", uint64(1)<<fraction-1)
		}
		bits = infinity | v
	case !isDigit(number[0]) || strings.Contains(number, "_"):
		return 0, "malformed float"
	default:
		v, err := strconv.ParseFloat(number, size)
		switch {
		case err != nil && err.(*strconv.NumError).Err == strconv.ErrRange:
			return 0, fmt.Sprintf("the number does not fit in a float of %d bits", size)
		case err != nil && strings.HasPrefix(number, "0x"):
			return 0, "malformed float: a hexadecimal one has an exponent, as in 0x1p-3"
		case err != nil:
			return 0, "malformed float"
		case single:
			bits = uint64(math.Float32bits(float32(v)))
		default:
			bits = math.Float64bits(v)
		}
	}
	if negative {
		bits |= 1 << (size - 1)
	}
	return bits, ""
}

// appendFloat appends a float so that parseFloat gives the same bits.
func appendFloat(b []byte, bits uint64, single bool) []byte {
	size, fraction := 64, 52
	if single {
		size, fraction = 32, 23
	}
	if bits>>(size-1)&1 != 0 {
		b = append(b, '-')
		bits &^= 1 << (size - 1)
	}
	infinity := (uint64(1)<<(size-1-fraction) - 1) << fraction
	v := math.Float64frombits(bits)
	if single {
		v = float64(math.Float32frombits(uint32(bits)))
	}
	switch {
	case bits == infinity:
		return append(b, infWord...)
	case bits == infinity|1<<(fraction-1):
		return append(b, nanWord...)
	case bits > infinity:
		return fmt.Appendf(b, "%s:%#x", nanWord, bits&^infinity)
	}
	// Without the + of an exponent, which the scanner takes for an offset's.
	return append(b, strings.ReplaceAll(strconv.FormatFloat(v, 'g', -1, size), "+", "")...)
}

// parseNumber returns the value of a number and what is wrong with it, if
// anything: decimal, 0x, 0o and 0b with an optional minus, _ between digits.
func parseNumber(text string) (v uint64, msg string) {
	digits, negative := strings.CutPrefix(text, "-")
	if len(digits) > 1 && digits[0] == '0' && (isDigit(digits[1]) || digits[1] == '_') {
		return 0, "a decimal number does not begin with 0 (octal is written 0o)"
	}
	v, err := strconv.ParseUint(digits, 0, 64)
	switch {
	case err != nil && err.(*strconv.NumError).Err == strconv.ErrRange, err == nil && negative && v > 1<<63:
		return 0, "the number does not fit in 64 bits: from -9223372036854775808 to 18446744073709551615"
	case err != nil:
		return 0, "malformed number"
	case negative:
		return -v, ""
	}
	return v, ""
}
