package ops_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/ops"
)

// difference says how two programs differ but for their positions, "" if they
// do not. Immediates are compared by value: where they are kept depends on the
// order in which functions are defined.
func difference(p, q *ops.Program) string {
	if p.NumFuncs() != q.NumFuncs() || p.Len() != q.Len() {
		return fmt.Sprintf("%d functions with %d operations, %d with %d", p.NumFuncs(), p.Len(), q.NumFuncs(), q.Len())
	}
	if p.Memory() != q.Memory() || !slices.Equal(p.Data(), q.Data()) || !slices.Equal(p.Globals(), q.Globals()) ||
		!slices.Equal(p.Hosts(), q.Hosts()) || !slices.Equal(p.Table(), q.Table()) || p.Counters() != q.Counters() {
		return "they declare other things"
	}
	for i := range p.NumFuncs() {
		id := ops.FuncID(i)
		f, g := p.Func(id), q.Func(id)
		if f.Name != g.Name || f.Sig != g.Sig || f.Slots != g.Slots || f.Out != g.Out || f.Len() != g.Len() {
			return fmt.Sprintf("function %+v, %+v", *f, *g)
		}
		for pc := range p.Ops(id) {
			o, r := p.Ops(id)[pc], q.Ops(id)[pc]
			if p.Imm(&o) != q.Imm(&r) {
				return fmt.Sprintf("function %s, pc %d: immediates %d, %d", f.Name, pc, p.Imm(&o), q.Imm(&r))
			}
			o.Imm, r.Imm = 0, 0
			if o.Code() == ops.Switch && r.Code() == ops.Switch {
				if a, b := p.Jumps(&o), q.Jumps(&r); !slices.Equal(a, b) {
					return fmt.Sprintf("function %s, pc %d: jumps to %d, %d", f.Name, pc, a, b)
				}
				o.Target, r.Target = 0, 0 // as of immediates
			}
			if o != r {
				return fmt.Sprintf("function %s, pc %d: %+v, %+v", f.Name, pc, o, r)
			}
		}
	}
	return ""
}

// roundTrip checks that printing and parsing undo each other.
func roundTrip(t testing.TB, p *ops.Program) {
	t.Helper()
	text := p.String()
	q, err := ops.Parse("printed", []byte(text))
	if err != nil {
		t.Fatalf("what is printed does not parse: %v\n%s", err, text)
	}
	if d := difference(p, q); d != "" {
		t.Fatalf("what is printed parses as another program: %s\n%s", d, text)
	}
	if again := q.String(); again != text {
		t.Fatalf("canonical text is printed otherwise:\n%s\nfrom\n%s", again, text)
	}
}

func TestRoundTrip(t *testing.T) {
	for _, p := range everything(t) {
		t.Run(p.Name, func(t *testing.T) { roundTrip(t, p.Program) })
	}
}

// TestRoundTripBuilder has what only a Builder makes: functions defined in
// another order than declared, names that need quotes.
func TestRoundTripBuilder(t *testing.T) {
	b := ops.NewBuilder()
	names := []string{"", "func", "a", "é", "a b", "x;y", "\"", "\\", "new\nline", "\xff\x00", "-", "0", ".", "L0", "_-.9"}
	var ids []ops.FuncID
	for _, name := range names {
		ids = append(ids, b.Declare(name, sig(1, 1)))
	}
	slices.Reverse(ids)
	for _, id := range ids {
		b.Begin(id, 1)
		end := b.Label()
		b.Add(ops.Slot(0), ops.A, ops.Imm(int64(id)<<40))
		b.Branch(ops.BGeU, ops.Slot(0), ops.Uimm(1<<63+uint64(id)), end)
		b.Call(ops.FuncID(len(names)-1) - id)
		b.Bind(end)
		b.Mov(ops.A, ops.Imm(0))
		b.Return()
	}
	p, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	roundTrip(t, p)
}

// TestCanonical has a text with everything in it, as it is printed.
func TestCanonical(t *testing.T) {
	const src = `copyjit 1 ; the version
; nothing else
func sum (i,i,i,i,i) (i) slots 0x1; comment
	unused: add a, x
	add a,y ;;;
	add	a , a,o
		sub [0], -0xA
	mul [0], [0], 0b11
	add a, [0]
	return
` + "\r\n\r" + `
func "main" ( ) (i) slots 1_0

	mov a, 9223372036854775808
	mov x, 18446744073709551615
	mov y, -9223372036854775808
	mov o, 0xffff_ffff_ffff_ffff
again: add: mov [ out + 0 ], a
	bltu a, x, end
	blt a, x, add
	bne a, x, again
	jump on
on:	call sum
	mov [9], a
	beq [9], 0x10, e
	trap 4294967295
e:	trap
end:	trap 00
`
	const want = `copyjit 1

func sum (i, i, i, i, i) (i) slots 1
	add a, a, x
	add a, a, y
	add a, a, o
	sub [0], [0], -10
	mul [0], [0], 3
	add a, a, [0]
	return

func main () (i) slots 10
	mov a, -9223372036854775808
	mov x, -1
	mov y, -9223372036854775808
	mov o, -1
L0:
	mov [out+0], a
	bltu a, x, L3
	blt a, x, L0
	bne a, x, L0
	jump L1
L1:
	call sum
	mov [9], a
	beq [9], 16, L2
	trap 4294967295
L2:
	trap
L3:
	trap
`
	p := mustParse(t, strings.Replace(src, "trap 00", "trap 0", 1))
	if got := p.String(); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	roundTrip(t, p)
	for _, c := range []struct {
		id   ops.FuncID
		pc   int
		line ops.Line
	}{
		{0, 0, ops.Line{Text: "add a, a, x"}},
		{0, 3, ops.Line{Text: "sub [0], [0], -10"}},
		{1, 4, ops.Line{Label: "L0", Text: "mov [out+0], a"}},
		{1, 5, ops.Line{Text: "bltu a, x, L3"}},
		{1, 9, ops.Line{Label: "L1", Text: "call sum"}},
		{1, 12, ops.Line{Text: "trap 4294967295"}},
	} {
		if got := p.OpString(c.id, c.pc); got != c.line.Text {
			t.Errorf("OpString(%d, %d) = %q, want %q", c.id, c.pc, got, c.line.Text)
		}
		if got := p.Listing(c.id)[c.pc]; got != c.line {
			t.Errorf("Listing(%d)[%d] = %q, want %q", c.id, c.pc, got, c.line)
		}
	}
	for _, c := range []struct {
		id   ops.FuncID
		pc   int
		line ops.Pos
	}{{0, 0, 4}, {0, 6, 10}, {1, 0, 15}, {1, 4, 19}, {1, 14, 29}} {
		if got := p.Pos(c.id, c.pc); got != c.line {
			t.Errorf("Pos(%d, %d) = %d, want line %d", c.id, c.pc, got, c.line)
		}
	}
}

// TestShortForms checks that every operation with d, l and r has a short form if d
// and l are of one type.
func TestShortForms(t *testing.T) {
	for _, c := range ops.Codes() {
		row := c.Info()
		if row.D == ops.None || row.L == ops.None || row.R == ops.None || row.Extra != ops.NoExtra {
			continue
		}
		const text = "copyjit 1\nfunc f (i, i, %s, %s) (i)\n %s %s\n return"
		typ, d, l, r := "f", "a", "a", "x"
		if row.Single != 0 {
			typ = "f32"
		}
		if row.D.Has(ops.KindFReg) {
			d = "fa"
		}
		if row.L.Has(ops.KindFReg) {
			l = "fa"
		}
		if row.R.Has(ops.KindFReg) {
			r = "fx"
		}
		if d != l {
			continue // of another type than l, so that it cannot be l
		}
		long := mustParse(t, fmt.Sprintf(text, typ, typ, c, d+", "+l+", "+r))
		short := mustParse(t, fmt.Sprintf(text, typ, typ, c, d+", "+r))
		if d := difference(long, short); d != "" {
			t.Errorf("%s: %s", c, d)
		}
	}
}

// TestTextTooLong: a text that is too long is not read at all.
func TestTextTooLong(t *testing.T) {
	_, err := ops.Parse("f", make([]byte, 256<<20+1))
	if want := "f:1:1: the text has 268435457 bytes; at most 268435456 are possible"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestSyntaxErrors has one text per mistake. The file is called f.
func TestSyntaxErrors(t *testing.T) {
	body := func(lines string) string { return "copyjit 1\nfunc f (i, i) (i) slots 2\n" + lines }
	const (
		addUsage  = `it is written "add d, l, r", or without l, which then is d: d is a register or slot; l is a register or slot; r is a register or slot or immediate`
		movUsage  = `it is written "mov d, l": d is a register or slot; l is a register or slot or immediate`
		bltUsage  = `it is written "blt l, r, label": l is a register or slot; r is a register or slot or immediate`
		trapUsage = `it is written "trap code", or without the code, which then is 0`
		range64   = "the number does not fit in 64 bits: from -9223372036854775808 to 18446744073709551615"
		registers = "the registers are a, x, y, o, fa, fx, fy, fo"
		outside   = "is outside the frame, which has 2 slots (those for a call are written [out+n])"
	)
	for _, c := range []struct{ name, src, want string }{
		{"empty", "", `f:1:1: a program's first line is "copyjit 1"`},
		{"no first line", "func f ()\n return\n", `f:1:1: a program's first line is "copyjit 1"`},
		{"first line is second", "\ncopyjit 1\n", `f:1:1: a program's first line is "copyjit 1"`},
		{"byte order mark", "\ufeffcopyjit 1\n", `f:1:1: a program's first line is "copyjit 1"`},
		{"no version", "copyjit\n", `f:1:1: a program's first line is "copyjit 1"`},
		{"later version", "copyjit 2\n", `f:1:9: version "2" of the text format is unknown: this is version 1`},
		{"more on the first line", "copyjit 1 2\n", `f:1:11: unexpected "2": want the end of the line`},
		{"NUL", body(" return\n;\x00"), `f:4:2: the text has a NUL byte`},

		{"no name", "copyjit 1\nfunc (i)\n", `f:2:6: unexpected "(": want the function's name`},
		{"name is a number", "copyjit 1\nfunc 1 (i)\n", `f:2:6: unexpected "1": want the function's name`},
		{"malformed string", "copyjit 1\nfunc \"\\q\" (i)\n", `f:2:6: malformed string "\"\\q\"": want one as in Go`},
		{"open string", "copyjit 1\nfunc \"q (i)\n", `f:2:6: unexpected "\"": want the function's name`},
		{"no parameters", "copyjit 1\nfunc f\n", `f:2:7: unexpected the end of the line: want the parameters' types: (i, i)`},
		{"no such type", "copyjit 1\nfunc f (i, j)\n", `f:2:12: unexpected "j": want a type, which is i, f, f32`},
		{"no comma", "copyjit 1\nfunc f (i i)\n", `f:2:11: unexpected "i": want "," or ")"`},
		{"comma at the end", "copyjit 1\nfunc f (i,)\n", `f:2:11: unexpected ")": want a type, which is i, f, f32`},
		{"open list", "copyjit 1\nfunc f (i\n", `f:2:10: unexpected the end of the line: want "," or ")"`},
		{"too many types", "copyjit 1\nfunc f (i" + strings.Repeat(",i", ops.MaxValues) + ")\n", `f:2:8: too many types: at most 1024 are possible`},
		{"no number of slots", "copyjit 1\nfunc f (i) slots\n", `f:2:17: unexpected the end of the line: want the number of slots`},
		{"too many slots", "copyjit 1\nfunc f (i) slots 32769\n", `f:2:18: "32769" is too much: the number of slots is from 0 to 32768`},
		{"negative slots", "copyjit 1\nfunc f (i) slots -1\n", `f:2:18: "-1" is too much: the number of slots is from 0 to 32768`},
		{"more behind a function", "copyjit 1\nfunc f (i) (i) slots 2 {\n", `f:2:24: unexpected "{": want the end of the line, "slots N" or the results' types`},
		{"second function", body(" return\nfunc f ()\n return\n"), `f:4:6: a second function "f": the first is in line 2`},
		{"function behind a label", body("l: func g ()\n"), `f:3:4: a function begins on a line of its own`},

		{"operation first", "copyjit 1\n return\n", `f:2:2: operation return before the first function`},
		{"label first", "copyjit 1\nl:\n", `f:2:1: label "l" before the first function`},
		{"unknown operation", body(" mvo a, 1\n"), `f:3:2: unknown operation "mvo" (did you mean "mov"?)`},
		{"unknown operation, longer", body(" retrn\n"), `f:3:2: unknown operation "retrn" (did you mean "return"?)`},
		{"unknown operation, nothing near", body("\tdivide a, x\n"), `f:3:2: unknown operation "divide"`},
		{"unknown operation, very long", body("\t" + strings.Repeat("x", 1e6) + " a, x\n"), `f:3:2: unknown operation "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"…`},
		{"operation in capitals", body(" MOV a, 1\n"), `f:3:2: unknown operation "MOV"`},
		{"number first", body(" 5\n"), `f:3:2: unexpected "5": want an operation, a label or a function`},
		{"garbage", body(" \xff\xfe\n"), `f:3:2: unexpected "\xff": want an operation, a label or a function`},
		{"two operations", body(" return return\n"), `f:3:2: wrong number of operands for return: it is written "return"`},

		{"unknown register", body(" add a, b, x\n"), `f:3:9: unknown register "b": ` + registers},
		{"string for a register", body(` add "a", x` + "\n"), `f:3:6: unknown register "\"a\"": ` + registers},
		{"too few operands", body(" add a\n"), `f:3:2: wrong number of operands for add: ` + addUsage},
		{"no operands", body(" mov\n"), `f:3:2: wrong number of operands for mov: ` + movUsage},
		{"too many operands", body(" add a, x, y, o\n"), `f:3:2: wrong number of operands for add: ` + addUsage},
		{"far too many operands", body(" add a, x, y, o, a\n"), `f:3:18: too many operands for add: ` + addUsage},
		{"short form of none", body(" blt a, l\n"), `f:3:2: wrong number of operands for blt: ` + bltUsage},
		{"immediate destination", body(" add 5, a, x\n"), `f:3:6: add: its destination cannot be the immediate 5: ` + addUsage},
		{"immediate destination, short", body(" add 5, a\n"), `f:3:6: add: its destination cannot be the immediate 5: ` + addUsage},
		{"immediate on the left", body(" blt 5, a, l\n"), `f:3:6: blt: its left operand cannot be the immediate 5: ` + bltUsage},
		{"no comma between operands", body(" add a x\n"), `f:3:8: unexpected "x": want "," or the end of the line`},
		{"comma first", body(" add , x\n"), `f:3:6: unexpected ",": want an operand`},
		{"comma last", body(" add a, x,\n"), `f:3:11: unexpected the end of the line: want an operand`},

		{"slot outside", body(" mov a, [2]\n"), `f:3:10: slot [2] ` + outside},
		{"outgoing slot as a slot", body(" mov [4], a\n"), `f:3:7: slot [4] ` + outside},
		{"huge slot", body(" mov a, [99999999999]\n"), `f:3:10: "99999999999" is too much: the slot is from 0 to 32768`},
		{"negative slot", body(" mov a, [-1]\n"), `f:3:10: "-1" is too much: the slot is from 0 to 32768`},
		{"slot that is a register", body(" mov a, [x]\n"), `f:3:10: unexpected "x": want the slot`},
		{"open slot", body(" mov a, [1\n"), `f:3:11: unexpected the end of the line: want "]"`},
		{"outgoing slot without a number", body(" mov a, [out]\n"), `f:3:13: unexpected "]": want "+", as in [out+0]`},
		{"outgoing slot minus", body(" mov a, [out-1]\n"), `f:3:10: unexpected "out-1": want the slot`},

		{"immediate too large", body(" mov a, 18446744073709551616\n"), `f:3:9: "18446744073709551616": ` + range64},
		{"immediate too small", body(" mov a, -9223372036854775809\n"), `f:3:9: "-9223372036854775809": ` + range64},
		{"immediate far too large", body(" mov a, " + strings.Repeat("9", 1e6) + "\n"), `f:3:9: "9999999999999999999999999999999999999999"…: ` + range64},
		{"octal without o", body(" mov a, 010\n"), `f:3:9: "010": a decimal number does not begin with 0 (octal is written 0o)`},
		{"letters in a number", body(" mov a, 12ab\n"), `f:3:9: "12ab": malformed number`},
		{"underscore at the end", body(" mov a, 12_\n"), `f:3:9: "12_": malformed number`},
		{"plus", body(" mov a, +1\n"), `f:3:9: unexpected "+": want an operand`},
		{"character", body(" mov a, 'x'\n"), `f:3:9: unexpected "'": want an operand`},

		{"unknown label", body("loop: beq a, 0, lop\n return\n"), `f:3:17: unknown label "lop" (did you mean "loop"?)`},
		{"unknown label, nothing near", body(" jump away\n"), `f:3:7: unknown label "away"`},
		{"label of another function", body("l: return\nfunc g ()\n jump l\n"), `f:5:7: unknown label "l"`},
		{"label twice", body("l: mov a, 0\nl: return\n"), `f:4:1: a second label "l": the first is in line 3`},
		{"label is a number", body(" jump 1\n"), `f:3:7: jump: unexpected "1": want a label`},
		{"label behind the last operation", body(" beq a, 0, l\n return\nl:\n"), `f:5:1: label "l" stands behind the last operation of its function`},
		{"the same in front of a function", body(" beq a, 0, l\n return\nl: m:\nfunc g ()\n return\n"), `f:5:1: label "l" stands behind the last operation of its function`},

		{"unknown function", body(" call ff\n return\n"), `f:3:7: unknown function "ff" (did you mean "f"?)`},
		{"function is a number", body(" call 0\n return\n"), `f:3:7: call: unexpected "0": want a function`},
		{"call of nothing", body(" call\n"), `f:3:2: wrong number of operands for call: it is written "call function"`},
		{"code too large", body(" trap 4294967296\n"), `f:3:7: trap: "4294967296" is not a code: want a number from 0 to 4294967295`},
		{"code is a register", body(" trap a\n"), `f:3:7: trap: "a" is not a code: want a number from 0 to 4294967295`},
		{"two codes", body(" trap 1, 2\n"), `f:3:2: wrong number of operands for trap: ` + trapUsage},

		{"verifier, at an operation", body(" mov a, 1\nl: m: add a, y\n return\n"), `f:4:7: function f, pc 1: add: it reads register y, which is not written on every path to it`},
		{"verifier, about a function", body(" return\nfunc g ()\n"), `f:4:6: function g: the function has no operations`},
		{"verifier, about slots", "copyjit 1\n\n  func f (i,i,i,i,i)\n return\n", `f:3:8: function f: 0 slots, but 1 of the function's parameters or results travel in slots`},
		{"verifier, about an outgoing slot", body(" mov [out+9], a\n call f\n return"), `f:3:2: function f, pc 0: mov: [out+9] is outside the outgoing area, which has 0 slots`},
		{"outgoing slot outside any frame", body(" mov [out+32768], a\n call f\n return"), `f:3:11: [out+32768] is outside the frame, which has at most 32768 words`},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := ops.Parse("f", []byte(c.src))
			var s *ops.SyntaxError
			if p != nil || !errors.As(err, &s) {
				t.Fatalf("got %v, error %v: want %s", p, err, c.want)
			}
			if err.Error() != c.want {
				t.Errorf("got  %s\nwant %s", err, c.want)
			}
			var v *ops.VerifyError
			if isVerify := strings.HasPrefix(c.name, "verifier"); errors.As(err, &v) != isVerify {
				t.Errorf("the error has a *VerifyError: %t", !isVerify)
			}
			line := strings.Split(c.src, "\n")[s.Line-1]
			if s.Col > len(line)+1 || !strings.HasPrefix(line[s.Col-1:], s.Text) {
				t.Errorf("the text %q is not in line %d, column %d", s.Text, s.Line, s.Col)
			}
		})
	}
}

func TestSyntaxErrorWithoutFile(t *testing.T) {
	_, err := ops.Parse("", []byte("copyjit 1\nfunc"))
	if want := "2:5: unexpected the end of the line: want the function's name"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

// TestParseLarge checks that large texts take time in proportion, by being done
// at all.
func TestParseLarge(t *testing.T) {
	const n = 100_000
	var labels, funcs strings.Builder
	labels.WriteString("copyjit 1\nfunc f (i) (i)\n")
	for i := range n {
		fmt.Fprintf(&labels, " beq a, %d, l%d\nk%d: l%d: add a, 1\n", i, i, i, i)
	}
	labels.WriteString(" return\n")
	funcs.WriteString("copyjit 1\n")
	for i := range n {
		fmt.Fprintf(&funcs, "func f%d ()\nl: call f%d\n jump l\n", i, n-1-i)
	}
	for _, src := range []string{
		labels.String(),
		funcs.String(),
		"copyjit 1\nfunc f ()\n" + strings.Repeat("l:\n;\n\n", n),
		"copyjit 1\nfunc f ()\n add " + strings.Repeat(",", n),
		"copyjit 1\nfunc f ()\n " + strings.Repeat("[", n),
		"copyjit 1\nfunc \"" + strings.Repeat("\\", n),
		"copyjit 1\nfunc f (" + strings.Repeat("(", n),
	} {
		p, err := ops.Parse("large", []byte(src))
		if err == nil {
			roundTrip(t, p)
		} else if len(err.Error()) > 300 {
			t.Errorf("a message of %d bytes", len(err.Error()))
		}
	}
}

// TestCorpusFiles checks that the reader of the corpus reports what is wrong
// with a case, and writes cases as it reads them.
func TestCorpusFiles(t *testing.T) {
	const src = "func f (i) (i)\n return\nfunc \"g h\" ()\n trap 5\n"
	for _, c := range []struct{ text, err string }{
		{"f 1 -> 1", ""},
		{"f -1 -> -1", ""},
		{"f 1 -> stack overflow in f", ""},
		{`"g h" -> nothing`, ""},
		{`"g h" -> trap 5 in g h`, ""},
		{"f 1", `f:2: "f 1": want name arguments -> outcome`},
		{"f -> 1", "f:2: arguments of f: 0 numbers for a signature that has 1"},
		{"f 1 -> 1, 2", "f:2: results of f: 2 numbers for a signature that has 1"},
		{"f 1 -> nothing", "f:2: results of f: 0 numbers for a signature that has 1"},
		{"f one -> 1", `f:2: arguments of f: strconv.ParseInt: parsing "one": invalid syntax`},
		{"e 1 -> 1", `f:2: there is no function "e"`},
		{"f 1 -> trap x", `f:2: "x" is no trap code`},
		{"f 1 -> trap 1 in e", `f:2: there is no function "e"`},
	} {
		p, err := tiertest.Read("f", []byte("copyjit 1\n; call "+c.text+"\n"+src))
		if c.err != "" {
			if err == nil || err.Error() != c.err {
				t.Errorf("%s: got error %v, want %s", c.text, err, c.err)
			}
			continue
		}
		if err != nil || len(p.Cases) != 1 {
			t.Errorf("%s: %v, %d cases", c.text, err, len(p.Cases))
		} else if got := p.Cases[0].String(); got != "call "+c.text {
			t.Errorf("%s: it is written %s", c.text, got)
		}
	}
}

// TestCorpusComments checks that the corpus is in its printed form but for
// comments and spelling: each file's operations are as many lines.
func TestCorpusComments(t *testing.T) {
	files, _ := filepath.Glob("../testdata/programs/*.cj")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		p, err := ops.Parse(file, src)
		if err != nil {
			t.Fatal(err)
		}
		lines := map[ops.Pos]bool{}
		for id := range p.NumFuncs() {
			for pc := range p.Ops(ops.FuncID(id)) {
				lines[p.Pos(ops.FuncID(id), pc)] = true
			}
		}
		if len(lines) != p.Len() || lines[0] {
			t.Errorf("%s: %d operations in %d lines", file, p.Len(), len(lines))
		}
	}
}
