package gen

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/copyjit/copyjit/stencils"
)

// TableFile is the file of a target's package that holds its tables.
const TableFile = "zstencils.go"

// files returns the files of the target's package.
func (tab *table) files(h header) (map[string][]byte, error) {
	table, err := format.Source(tab.source(h))
	if err != nil {
		return nil, fmt.Errorf("the generated file is not Go: %w", err)
	}
	doc := fmt.Sprintf("%s\n// Package %s holds the stencils for %s: machine code that clang made of the\n"+
		"// templates in stencils/c. It builds on every platform.\npackage %[2]s\n", generatedLine+"\n", tab.target.Name, tab.target.Name)
	return map[string][]byte{TableFile: table, "doc.go": []byte(doc)}, nil
}

// source writes the tables, densely: there are many thousand stencils, and
// comments behind what they explain would be aligned with blanks.
func (tab *table) source(h header) []byte {
	var w bytes.Buffer
	set := &tab.set
	fmt.Fprintf(&w, "%s\npackage %s\n\nimport \"github.com/copyjit/copyjit/stencils\"\n\n", h, tab.target.Name)

	fmt.Fprintf(&w, "type part = stencils.Part\n\n// Set is the stencils for %s.\nvar Set = stencils.Set{\n", tab.target.Name)
	fmt.Fprintf(&w, "Target: %q,\nRegs: []uint8{%s},\nRegBits: %d,\nTrap: %#02x,\nEntry: %d,\nPoll: %d,\nLinked: %d,\nUnlinked: %d,\nCode: code,\n\n", set.Target, list(set.Regs), set.RegBits, set.Trap, set.Entry, set.Poll, set.Linked, set.Unlinked)

	fmt.Fprintf(&w, "// What the templates and Go must agree on (stencils/c/facts.c).\nFacts: []stencils.Fact{\n")
	for _, f := range set.Facts {
		fmt.Fprintf(&w, "{Name: %q, Value: %d},\n", f.Name, f.Value)
	}
	fmt.Fprintf(&w, "},\n\nStencils: []stencils.Stencil{\n")
	literals(&w, set.Stencils)
	fmt.Fprintf(&w, "},\n\nTwins: []stencils.Twin{\n")
	tab.twins(&w)
	fmt.Fprintf(&w, "},\n\nLayouts: []stencils.Layout{\n")
	literals(&w, set.Layouts)
	fmt.Fprintf(&w, "},\n\nFields: []stencils.Field{\n")
	literals(&w, set.Fields)
	fmt.Fprintf(&w, "},\n\nHoles: []stencils.Hole{\n")
	literals(&w, set.Holes)
	fmt.Fprintf(&w, "},\n\n// The forms of an operation with the same kinds of operands are a line: one\n// stencil for each way in which operands may be the same place.\nIndex: []uint16{\n")
	tab.index(&w)
	fmt.Fprintf(&w, "},\n}\n\n")

	fmt.Fprintf(&w, "// Sum is Set.Sum() as it was when the tables were made.\nconst Sum = %q\n\n", set.Sum())
	tab.listing(&w)
	tab.names(&w)
	return w.Bytes()
}

// literals writes a line for each struct: the fields that are not zero.
func literals[T any](w *bytes.Buffer, structs []T) {
	for _, s := range structs {
		fmt.Fprintf(w, "%s,\n", literal(reflect.ValueOf(s)))
	}
}

func literal(v reflect.Value) string {
	var parts []string
	for i := range v.NumField() {
		f := v.Field(i)
		if f.IsZero() {
			continue
		}
		text := fmt.Sprint(f.Interface())
		switch x := f.Interface().(type) {
		case stencils.Part:
			text = "part" + literal(f)
		case stencils.Kind:
			text = "stencils." + text
		case stencils.Value:
			text = "stencils.Val" + valueName(x)
		case uint64, uint32:
			if f.Uint() > math.MaxUint16 {
				text = fmt.Sprintf("%#x", x) // masks
			}
		}
		parts = append(parts, v.Type().Field(i).Name+": "+text)
	}
	return "{" + strings.Join(parts, ", ") + "}"
}

// valueName returns a value's name as its constant has it, behind Val.
func valueName(v stencils.Value) string {
	switch v {
	case stencils.ValPC:
		return "PC"
	case stencils.ValImmHigh:
		return "ImmHigh"
	case stencils.ValImmLow:
		return "ImmLow"
	case stencils.ValDWord:
		return "DWord"
	case stencils.ValLWord:
		return "LWord"
	case stencils.ValRWord:
		return "RWord"
	}
	name := v.String()
	return strings.ToUpper(name[:1]) + name[1:]
}

func list[T uint8 | uint16](items []T) string {
	var words []string
	for _, x := range items {
		words = append(words, fmt.Sprint(x))
	}
	return strings.Join(words, ", ")
}

// twins writes a line for each stencil that has a twin.
func (tab *table) twins(w *bytes.Buffer) {
	last := len(tab.set.Twins) - 1
	for n, twin := range tab.set.Twins {
		if twin != (stencils.Twin{}) || n == last {
			fmt.Fprintf(w, "%d: %s,\n", n, literal(reflect.ValueOf(twin)))
		}
	}
}

// index writes a line for each operation and kinds of operands: one entry per
// coincidence.
func (tab *table) index(w *bytes.Buffer) {
	const group = 1 << stencils.CoincidenceBits
	last := len(tab.set.Index) - 1
	for base := 0; base < last; base += group {
		if entries := tab.set.Index[base : base+group]; slices.Max(entries) != 0 {
			fmt.Fprintf(w, "%#x: %s,\n", base, list(entries))
		}
	}
	if tab.set.Index[last] == 0 {
		fmt.Fprintf(w, "%#x: 0,\n", last)
	}
}

// listingGroup is the number of stencils whose code is one constant: compilers and
// tools need not cope with a sum of many thousand strings.
const listingGroup = 256

// listing writes the code: of each stencil its number, its names, its instructions
// with their holes, and its bytes, unless another one before has the same; then
// its cold part.
func (tab *table) listing(w *bytes.Buffer) {
	var groups []string
	seen := make(map[uint32]bool)
	for n, s := range tab.list {
		if n%listingGroup == 0 {
			name := fmt.Sprintf("code%d", len(groups))
			groups = append(groups, name)
			if n > 0 {
				fmt.Fprintf(w, "\"\"\n\n")
			}
			fmt.Fprintf(w, "const %s = \"\" +\n", name)
		}
		prefix := fmt.Sprintf("%d %s: ", n, strings.Join(s.names, " "))
		for _, part := range []struct {
			*part
			at uint32
		}{{&s.hot, tab.set.Stencils[n].Hot.Code}, {&s.cold, tab.set.Stencils[n].Cold.Code}} {
			if part.part == &s.cold {
				if prefix = "cold: "; len(part.code) == 0 {
					continue
				}
			}
			fmt.Fprintf(w, "// %s%s\n", prefix, s.text(part.part, tab.target))
			if len(part.code) > 0 && !seen[part.at] {
				seen[part.at] = true
				fmt.Fprintf(w, "%s +\n", bytesLiteral(part.code))
			}
		}
	}
	fmt.Fprintf(w, "// Behind all of it, the slack.\n%s\n\n", bytesLiteral(make([]byte, stencils.Slack)))
	fmt.Fprintf(w, "const code = %s\n\n", strings.Join(groups, " + "))
}

func bytesLiteral(code []byte) string {
	var w strings.Builder
	for _, b := range code {
		fmt.Fprintf(&w, "\\x%02x", b)
	}
	return `"` + w.String() + `"`
}

// names writes what jit calls stencils in listings.
func (tab *table) names(w *bytes.Buffer) {
	fmt.Fprintf(w, "// Names are the stencils' names, each a line, in the order of the stencils: operation,\n"+
		"// operands in the order d l r (r register, s slot, i immediate of 32 bits, w of 64),\n"+
		"// operands that are the same place.\n"+
		"const Names = `")
	for _, s := range tab.list {
		fmt.Fprintf(w, "%s\n", strings.Join(s.names, " "))
	}
	fmt.Fprintf(w, "`\n")
}

// text returns the instructions of a part, with their holes.
func (s *stencil) text(p *part, t *Target) string {
	var insts []string
	for _, ln := range p.lines {
		text := s.roleText(ln.text, t)
		for _, h := range p.holes {
			if int(h.Offset) < ln.at || int(h.Offset) >= ln.at+ln.size {
				continue
			}
			text += fmt.Sprintf(" ‹%v", h.Value)
			if h.Value == stencils.ValSite {
				text += fmt.Sprintf("%+d", h.Addend)
			}
			text += "›"
		}
		insts = append(insts, text)
	}
	return strings.Join(insts, "; ")
}

// roleText writes d, l and r for the registers of the assignment, with the width
// behind it where that is not 64 bits.
func (s *stencil) roleText(text string, t *Target) string {
	if s.form == nil {
		return text
	}
	for role, is := range s.form.roles() {
		if is {
			name := t.name(s.form.register(role, s.assignment, t))
			for part, width := range t.Parts(name) {
				text = regexp.MustCompile(`\b`+part+`\b`).ReplaceAllString(text, roleNames[role]+width)
			}
		}
	}
	return text
}

// Write puts a package's files into its directory, whose generated files it
// deletes first. A file that was not generated is an error: it does not belong
// there.
func Write(dir string, files map[string][]byte) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	old, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range old {
		name := filepath.Join(dir, e.Name())
		if text, err := os.ReadFile(name); err != nil || !bytes.HasPrefix(text, []byte(generatedLine)) {
			return fmt.Errorf("%s: not generated, so it does not belong here", name)
		}
	}
	for _, e := range old {
		if err := os.Remove(filepath.Join(dir, e.Name())); err != nil {
			return err
		}
	}
	for _, name := range sorted(files) {
		if err := os.WriteFile(filepath.Join(dir, name), files[name], 0o666); err != nil {
			return err
		}
	}
	return nil
}

// Compare reports how a directory differs from what would be written there.
func Compare(dir string, files map[string][]byte) error {
	var errs []error
	for _, name := range sorted(files) {
		got, err := os.ReadFile(filepath.Join(dir, name))
		switch {
		case err != nil:
			errs = append(errs, err)
		case !bytes.Equal(got, files[name]):
			errs = append(errs, fmt.Errorf("%s is not what would be generated", filepath.Join(dir, name)))
		}
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return errors.Join(append(errs, err)...)
	}
	for _, e := range entries {
		if files[e.Name()] == nil {
			errs = append(errs, fmt.Errorf("%s is an orphan: nothing generates it", filepath.Join(dir, e.Name())))
		}
	}
	return errors.Join(errs...)
}
