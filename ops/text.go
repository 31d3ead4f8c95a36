package ops

import (
	"fmt"
	"strconv"
	"strings"
)

// Words of the text format that are not in the operation table; doc.go has the
// grammar.
const (
	textMagic   = "copyjit"
	textVersion = "1"
	funcWord    = "func"
	slotsWord   = "slots"
	outWord     = "out"
	infWord     = "inf"
	nanWord     = "nan"
	memoryWord  = "memory"
	dataWord    = "data"
	globalWord  = "global"
	counterWord = "counters"
	tableWord   = "table"
	hostWord    = "host"
	inSlotsWord = "inslots"
)

// Limits on what Parse reads and repeats.
const (
	maxSource = 1 << 28 // bytes; lines and operations then fit in 32 bits with room to spare
	maxQuote  = 40      // bytes of offending text in a message
	maxGuess  = 64      // bytes of a name for which similar names are looked up
)

// A SyntaxError says where a text is no program, and what would be right. All
// errors of Parse are of this type; if the text is well formed but the program
// is rejected by the verifier, Err is the *VerifyError.
type SyntaxError struct {
	File string // as given to Parse
	Line int    // from 1
	Col  int    // from 1, in bytes
	Text string // the offending text, "" if the error is not about some text
	Msg  string
	Err  error // a *VerifyError, or nil
}

// Error returns file:line:col: message.
func (e *SyntaxError) Error() string {
	place := fmt.Sprintf("%d:%d: %s", e.Line, e.Col, e.Msg)
	if e.File == "" {
		return place
	}
	return e.File + ":" + place
}

// Unwrap returns the *VerifyError, if that is the cause.
func (e *SyntaxError) Unwrap() error { return e.Err }

// codeByName finds operations by their mnemonics.
var codeByName = func() map[string]Code {
	m := make(map[string]Code, NumCodes)
	for _, c := range Codes() {
		m[c.String()] = c
	}
	return m
}()

// An operandRole is one of d, l and r of an operation.
type operandRole struct {
	letter string
	noun   string // as the Builder's errors call it
	kinds  Kinds
}

// roles returns those of d, l and r that an operation has, in the order in
// which the text format writes them.
func roles(row *Info) []operandRole {
	all := [...]operandRole{{"d", "destination", row.D}, {"l", "left operand", row.L}, {"r", "right operand", row.R}}
	list := make([]operandRole, 0, len(all))
	for _, r := range all {
		if r.kinds&^None != 0 {
			list = append(list, r)
		}
	}
	return list
}

// hasShort reports whether the operation may be written without l, which then
// is d.
func hasShort(row *Info) bool {
	return row.D&^None != 0 && row.L == row.D && row.R&^None != 0
}

// extraSyntax is how the manual and messages name an Extra in an operand list.
func extraSyntax(x Extra) string {
	switch x {
	case NoExtra:
		return ""
	case LabelExtra:
		return "label"
	case FuncExtra:
		return "function"
	case TrapCodeExtra:
		return "code"
	case RegExtra:
		return "s"
	case OffsetExtra:
		return "offset"
	case GlobalExtra:
		return "global"
	case CounterExtra:
		return "counter"
	case TableExtra:
		return "label, …, label"
	case SignatureExtra:
		return "signature"
	case HostExtra:
		return "function"
	}
	return x.String()
}

// syntax returns the operation as it is written: "add d, l, r".
func syntax(c Code) string {
	row := c.Info()
	var list []string
	for _, r := range roles(row) {
		if r.letter == "l" && row.Extra == OffsetExtra {
			r.letter += "+" + extraSyntax(OffsetExtra)
		}
		list = append(list, r.letter)
	}
	if x := extraSyntax(row.Extra); x != "" && row.Extra != OffsetExtra {
		list = append(list, x)
	}
	return strings.TrimSpace(c.String() + " " + strings.Join(list, ", "))
}

// usage says what the operation takes, for messages.
func usage(c Code) string {
	row := c.Info()
	text := "it is written " + strconv.Quote(syntax(c))
	if hasShort(row) {
		text += ", or without l, which then is d"
	}
	if row.Extra == TrapCodeExtra {
		text += ", or without the code, which then is 0"
	}
	if row.Extra == OffsetExtra {
		text += ", or without the offset, which then is 0"
	}
	for i, r := range roles(row) {
		sep := "; "
		if i == 0 {
			sep = ": "
		}
		text += sep + r.letter + " is a " + r.kinds.String()
	}
	if row.Extra == RegExtra {
		text += "; s is a register"
	}
	return text
}

// isNameStart and isNamePart tell which bytes a name is made of. A '-' cannot
// begin one: it would look like a number.
func isNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c == '.'
}

func isNamePart(c byte) bool { return isNameStart(c) || isDigit(c) || c == '-' }

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// plainName reports whether a function's name can be written without quotes.
func plainName(name string) bool {
	if name == "" || !isNameStart(name[0]) {
		return false
	}
	for i := range len(name) {
		if !isNamePart(name[i]) {
			return false
		}
	}
	return true
}

// quote quotes offending text, not at any length.
func quote(text string) string {
	if len(text) > maxQuote {
		return strconv.Quote(text[:maxQuote]) + "…"
	}
	return strconv.Quote(text)
}

// guess returns ` (did you mean "mov"?)` for the candidate nearest to the text,
// the first in the alphabet of several, or "" if none is near.
func guess(text string, candidates func(yield func(string) bool)) string {
	if len(text) > maxGuess {
		return ""
	}
	limit := 1
	if len(text) >= 6 {
		limit = 2
	}
	best, found := "", limit+1
	for c := range candidates {
		if len(c) > maxGuess || len(c) > len(text)+limit || len(text) > len(c)+limit {
			continue
		}
		if d := distance(text, c); d < max(len(text), len(c)) && (d < found || d == found && c < best) {
			best, found = c, d
		}
	}
	if found > limit {
		return ""
	}
	return " (did you mean " + strconv.Quote(best) + "?)"
}

// distance counts the insertions, deletions, replacements and swaps of
// neighbours that turn s into t.
func distance(s, t string) int {
	var rows [3][maxGuess + 1]int // the row before the last, the last, this one
	for j := range len(t) + 1 {
		rows[1][j] = j
	}
	for i := 1; i <= len(s); i++ {
		before, last, this := &rows[(i-1)%3], &rows[i%3], &rows[(i+1)%3]
		this[0] = i
		for j := 1; j <= len(t); j++ {
			replace := last[j-1]
			if s[i-1] != t[j-1] {
				replace++
			}
			this[j] = min(replace, last[j]+1, this[j-1]+1)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				this[j] = min(this[j], before[j-2]+1)
			}
		}
	}
	return rows[(len(s)+1)%3][len(t)]
}
