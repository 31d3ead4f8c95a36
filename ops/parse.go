package ops

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Parse reads a program in the text format, whose grammar is in the package
// documentation, and verifies it. The file's name is for messages and for
// Program.File. The positions of the program's operations are their lines.
//
// An error is a *SyntaxError about the first mistake; mistakes that only the
// verifier finds come last.
func Parse(file string, src []byte) (*Program, error) {
	if len(src) > maxSource {
		return nil, &SyntaxError{File: file, Line: 1, Col: 1, Msg: fmt.Sprintf("the text has %d bytes; at most %d are possible", len(src), maxSource)}
	}
	p := &parser{file: file, scanner: scanner{src: string(src)}, byName: map[string]FuncID{}}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return nil, p.failAt(i, "\x00", "the text has a NUL byte")
	}
	if err := p.functions(); err != nil {
		return nil, err
	}
	if err := p.bodies(); err != nil {
		return nil, err
	}
	p.b.SetFile(file)
	program, err := p.b.Build()
	if err != nil {
		return nil, p.locate(err)
	}
	return program.clip(), nil
}

// A parser goes through the source twice: once for the functions, since calls
// may name later ones, and once for their operations.
type parser struct {
	scanner
	file   string
	b      Builder
	heads  []head // by FuncID
	byName map[string]FuncID
	hosts  map[string]HostID

	slots  int                 // of the current function
	labels map[string]*labeled // of the current function
	order  []*labeled          // the same in the order of their first mention
	last   token               // the first label behind the last operation so far, or none
}

// A head is what the first pass keeps of a function's first line.
type head struct {
	name  string
	off   int // of the name
	line  int
	slots int
}

// A labeled is a name for a Label.
type labeled struct {
	label Label
	first token // where it is first mentioned
	line  int   // the line that binds it, or 0
}

// failAt returns an error about a place anywhere in the source.
func (p *parser) failAt(off int, text, format string, args ...any) *SyntaxError {
	before := p.src[:off]
	return &SyntaxError{
		File: p.file, Line: 1 + strings.Count(before, "\n"), Col: off - strings.LastIndexByte(before, '\n'),
		Text: text, Msg: fmt.Sprintf(format, args...),
	}
}

// fail returns an error about a token.
func (p *parser) fail(t token, format string, args ...any) *SyntaxError {
	return p.failAt(t.off, t.text, format, args...)
}

// expect takes a token of the kind.
func (p *parser) expect(kind tokenKind, what string) error {
	if p.tok.kind != kind {
		return p.fail(p.tok, "unexpected %s: want %s", p.tok.describe(), what)
	}
	p.next()
	return nil
}

// functions reads the first line and those that begin functions.
func (p *parser) functions() error {
	p.start()
	magic := p.tok
	p.next()
	if magic.text != textMagic || magic.off != 0 || p.tok.kind != tokNumber {
		return p.failAt(0, magic.text, "a program's first line is %q", textMagic+" "+textVersion)
	}
	if p.tok.text != textVersion {
		return p.fail(p.tok, "version %s of the text format is unknown: this is version %s", quote(p.tok.text), textVersion)
	}
	p.next()
	if err := p.expect(tokEnd, "the end of the line"); err != nil {
		return err
	}
	for p.nextLine() {
		if p.tok.kind != tokName || p.tok.text != funcWord {
			continue
		}
		p.next()
		if p.tok.kind == ':' {
			continue // a label of this name
		}
		if err := p.declaration(); err != nil {
			return err
		}
	}
	return nil
}

// declaration reads the line that begins a function, behind the word func.
func (p *parser) declaration() error {
	h := head{off: p.tok.off, line: p.line}
	t, err := p.funcName()
	if err != nil {
		return err
	}
	h.name, _ = t.name()
	if id, ok := p.byName[h.name]; ok {
		return p.fail(t, "a second function %s: the first is in line %d", quote(h.name), p.heads[id].line)
	}
	sig, err := p.signature()
	if err != nil {
		return err
	}
	if p.tok.kind == tokName && p.tok.text == slotsWord {
		p.next()
		n, err := p.number(MaxFrame, "the number of slots")
		if err != nil {
			return err
		}
		h.slots = int(n)
	}
	if err := p.expect(tokEnd, `the end of the line, "slots N" or the results' types`); err != nil {
		return err
	}
	p.byName[h.name] = p.b.Declare(h.name, sig)
	p.heads = append(p.heads, h)
	return nil
}

// signature takes the types of parameters and results.
func (p *parser) signature() (Signature, error) {
	params, err := p.types()
	if err != nil {
		return 0, err
	}
	var results []Type
	if p.tok.kind == '(' {
		if results, err = p.types(); err != nil {
			return 0, err
		}
	}
	if p.tok.kind == tokName && p.tok.text == inSlotsWord {
		p.next()
		return MakeSlotSignature(params, results), nil
	}
	return MakeSignature(params, results), nil
}

// funcName takes the name of a function.
func (p *parser) funcName() (token, error) {
	t := p.tok
	switch {
	case t.kind != tokName && t.kind != tokString:
		return t, p.fail(t, "unexpected %s: want the function's name", t.describe())
	case t.kind == tokString:
		if _, ok := t.name(); !ok {
			return t, p.fail(t, "malformed string %s: want one as in Go", quote(t.text))
		}
	}
	p.next()
	return t, nil
}

// number takes a number that is at most limit.
func (p *parser) number(limit uint64, what string) (uint64, error) {
	t := p.tok
	if err := p.expect(tokNumber, what); err != nil {
		return 0, err
	}
	v, msg := parseNumber(t.text)
	switch {
	case msg != "":
		return 0, p.fail(t, "%s: %s", quote(t.text), msg)
	case v > limit:
		return 0, p.fail(t, "%s is too much: %s is from 0 to %d", quote(t.text), what, limit)
	}
	return v, nil
}

// types takes a list of types in parentheses. Those of results are there only if a
// parenthesis is.
func (p *parser) types() ([]Type, error) {
	open := p.tok
	if err := p.expect('(', "the parameters' types: (i, i)"); err != nil {
		return nil, err
	}
	var list []Type
	for p.tok.kind != ')' {
		if len(list) > 0 {
			if err := p.expect(',', `"," or ")"`); err != nil {
				return nil, err
			}
		}
		t := Type(max(0, slices.Index(typeNames[:], p.tok.text)))
		if p.tok.kind != tokName || t.String() != p.tok.text {
			return nil, p.fail(p.tok, "unexpected %s: want a type, which is %s", p.tok.describe(), strings.Join(typeNames[:], ", "))
		}
		if len(list) == MaxValues {
			return nil, p.fail(open, "too many types: at most %d are possible", MaxValues)
		}
		list = append(list, t)
		p.next()
	}
	p.next()
	return list, nil
}

// bodies reads the lines in between.
func (p *parser) bodies() error {
	p.start()
	funcs := 0
	for p.nextLine() {
		var label token // before the operation of this line
		for {
			word := p.tok
			if word.kind == tokEnd {
				break
			}
			if err := p.expect(tokName, "an operation, a label or a function"); err != nil {
				return err
			}
			if p.tok.kind == ':' {
				if err := p.bind(word, funcs > 0); err != nil {
					return err
				}
				label = word
				p.next()
				continue
			}
			if word.text == funcWord {
				if label.kind != tokEnd {
					return p.fail(word, "a function begins on a line of its own")
				}
				if err := p.endFunc(); err != nil {
					return err
				}
				p.slots = p.heads[funcs].slots
				p.b.Begin(FuncID(funcs), p.slots)
				funcs++
				break
			}
			if declare := declarations[word.text]; declare != nil && funcs == 0 && label.kind == tokEnd {
				if err := declare(p); err != nil {
					return err
				}
				if err := p.expect(tokEnd, "the end of the line"); err != nil {
					return err
				}
				break
			}
			if err := p.operation(word, funcs > 0); err != nil {
				return err
			}
			break
		}
	}
	return p.endFunc()
}

// bind puts a label before the next operation.
func (p *parser) bind(t token, open bool) error {
	if !open {
		return p.fail(t, "label %s before the first function", quote(t.text))
	}
	l := p.label(t)
	if l.line != 0 {
		return p.fail(t, "a second label %s: the first is in line %d", quote(t.text), l.line)
	}
	l.line = p.line
	p.b.Bind(l.label)
	if p.last.kind == tokEnd {
		p.last = t
	}
	return nil
}

// label returns the label of that name in the current function.
func (p *parser) label(t token) *labeled {
	l := p.labels[t.text]
	if l == nil {
		if p.labels == nil {
			p.labels = make(map[string]*labeled)
		}
		l = &labeled{label: p.b.Label(), first: t}
		p.labels[t.text] = l
		p.order = append(p.order, l)
	}
	return l
}

// endFunc checks that each label of the function is bound, and before an
// operation. The verifier finds that too, but does not know their names.
func (p *parser) endFunc() error {
	if p.last.kind != tokEnd {
		return p.fail(p.last, "label %s stands behind the last operation of its function", quote(p.last.text))
	}
	for _, l := range p.order {
		if l.line == 0 {
			bound := func(yield func(string) bool) {
				for _, l := range p.order {
					if l.line != 0 && !yield(l.first.text) {
						return
					}
				}
			}
			return p.fail(l.first, "unknown label %s%s", quote(l.first.text), guess(l.first.text, bound))
		}
	}
	p.labels, p.order = nil, p.order[:0]
	return nil
}

// locate gives the Builder's error a place in the source: the operation, whose
// line is its position, or else the function.
func (p *parser) locate(err error) error {
	var v *VerifyError
	if !errors.As(err, &v) {
		return err
	}
	off := 0
	if id, ok := p.byName[v.Func]; ok {
		off = p.heads[id].off
	}
	if v.Pos != 0 {
		p.start()
		for p.line < int(v.Pos) && p.nextLine() {
		}
		for word := p.tok; word.kind == tokName; word = p.tok {
			off = word.off
			if p.next(); p.tok.kind != ':' {
				break
			}
			p.next()
		}
	}
	e := p.failAt(off, "", "%s", v.Error())
	e.Err = v
	return e
}
