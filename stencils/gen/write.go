package gen

import (
	"bytes"
	"errors"
	"fmt"
	"go/format"
	"os"
	"path/filepath"
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

// source writes the tables.
func (tab *table) source(h header) []byte {
	var w bytes.Buffer
	set := &tab.set
	fmt.Fprintf(&w, "%s\npackage %s\n\nimport \"github.com/copyjit/copyjit/stencils\"\n\n", h, tab.target.Name)

	fmt.Fprintf(&w, "// Set is the stencils for %s.\nvar Set = stencils.Set{\n", tab.target.Name)
	fmt.Fprintf(&w, "Target: %q,\nRegs: []uint8{%s},\nRegBits: %d,\nTrap: %#02x,\nEntry: %d,\nPoll: %d,\n\n", set.Target, list(set.Regs), set.RegBits, set.Trap, set.Entry, set.Poll)

	fmt.Fprintf(&w, "// What the templates and Go must agree on (stencils/c/facts.c).\nFacts: []stencils.Fact{\n")
	for _, f := range set.Facts {
		fmt.Fprintf(&w, "{Name: %q, Value: %d},\n", f.Name, f.Value)
	}
	fmt.Fprintf(&w, "},\n\n")

	fmt.Fprintf(&w, "Stencils: []stencils.Stencil{\n")
	for n, s := range tab.list {
		fmt.Fprintf(&w, "{%s}, // %d: %s\n", stencilLiteral(set.Stencils[n]), n, strings.Join(s.names, ", "))
	}
	fmt.Fprintf(&w, "},\n\nFields: []stencils.Field{\n")
	for _, f := range set.Fields {
		fmt.Fprintf(&w, "{Offset: %d, D: %#x, L: %#x, R: %#x},\n", f.Offset, f.D, f.L, f.R)
	}
	fmt.Fprintf(&w, "},\n\nHoles: []stencils.Hole{\n")
	for _, h := range set.Holes {
		fmt.Fprintf(&w, "{Offset: %d, Kind: stencils.%v, Value: %s, Addend: %d},\n", h.Offset, h.Kind, valueLiteral(h.Value), h.Addend)
	}
	fmt.Fprintf(&w, "},\n\nIndex: []uint16{\n")
	tab.index(&w)
	fmt.Fprintf(&w, "},\n\nCode: []byte{\n")
	for n, s := range tab.list {
		fmt.Fprintf(&w, "// %d: %s\n", n, strings.Join(s.names, ", "))
		s.listing(&w, &s.hot, tab.target)
		if len(s.cold.code) > 0 {
			fmt.Fprintf(&w, "// cold\n")
			s.listing(&w, &s.cold, tab.target)
		}
	}
	fmt.Fprintf(&w, "// slack\n%s,\n},\n}\n\n", list(make([]byte, stencils.Slack)))

	fmt.Fprintf(&w, "// Sum is Set.Sum() as it was when the tables were made.\nconst Sum = %q\n\n", set.Sum())

	fmt.Fprintf(&w, "// Names are the stencils' names: operation, operands in the order d l r (r register,\n"+
		"// s slot, i immediate of 32 bits, w of 64), operands that are the same place.\n"+
		"var Names = []string{\n")
	for _, s := range tab.list {
		fmt.Fprintf(&w, "%q,\n", strings.Join(s.names, " "))
	}
	fmt.Fprintf(&w, "}\n")
	return w.Bytes()
}

// stencilLiteral writes the parts that are not empty.
func stencilLiteral(s stencils.Stencil) string {
	var parts []string
	if s.Hot.Size > 0 {
		parts = append(parts, "Hot: "+partLiteral(s.Hot))
	}
	if s.Cold.Size > 0 {
		parts = append(parts, "Cold: "+partLiteral(s.Cold))
	}
	return strings.Join(parts, ", ")
}

func partLiteral(p stencils.Part) string {
	text := fmt.Sprintf("Code: %d, Size: %d", p.Code, p.Size)
	if p.NumFields > 0 {
		text += fmt.Sprintf(", Fields: %d, NumFields: %d", p.Fields, p.NumFields)
	}
	if p.NumHoles > 0 {
		text += fmt.Sprintf(", Holes: %d, NumHoles: %d", p.Holes, p.NumHoles)
	}
	return "stencils.Part{" + text + "}"
}

func valueLiteral(v stencils.Value) string {
	if name, ok := map[stencils.Value]string{
		stencils.ValPC: "PC", stencils.ValImmHigh: "ImmHigh", stencils.ValImmLow: "ImmLow",
		stencils.ValDWord: "DWord", stencils.ValLWord: "LWord", stencils.ValRWord: "RWord",
	}[v]; ok {
		return "stencils.Val" + name
	}
	name := v.String()
	return "stencils.Val" + strings.ToUpper(name[:1]) + name[1:]
}

func list[T uint8 | uint16](items []T) string {
	var words []string
	for _, x := range items {
		words = append(words, fmt.Sprint(x))
	}
	return strings.Join(words, ", ")
}

// index writes a line for each operation and kinds of operands: one entry per
// coincidence.
func (tab *table) index(w *bytes.Buffer) {
	const group = 1 << stencils.CoincidenceBits
	starts := make(map[int]string)
	for _, f := range tab.forms {
		base := f.keys[0] / group * group
		if _, ok := starts[base]; !ok {
			starts[base] = f.name()
		}
	}
	var bases []int
	for base := range starts {
		bases = append(bases, base)
	}
	slices.Sort(bases)
	for _, base := range bases {
		fmt.Fprintf(w, "%#04x: %s, // %s\n", base, list(tab.set.Index[base:base+group]), starts[base])
	}
	if last := len(tab.set.Index) - 1; bases[len(bases)-1]+group <= last {
		fmt.Fprintf(w, "%#04x: 0, // no more operations\n", last)
	}
}

// listing writes a line for each instruction: its bytes, what it is, its holes.
func (s *stencil) listing(w *bytes.Buffer, p *part, t *Target) {
	for _, ln := range p.lines {
		for _, b := range p.code[ln.at : ln.at+ln.size] {
			fmt.Fprintf(w, "%#02x, ", b)
		}
		fmt.Fprintf(w, "// %s", s.roleText(ln.text, t))
		for _, h := range p.holes {
			if int(h.Offset) < ln.at || int(h.Offset) >= ln.at+ln.size {
				continue
			}
			fmt.Fprintf(w, " ‹%v", h.Value)
			if h.Value == stencils.ValSite {
				fmt.Fprintf(w, "%+d", h.Addend)
			}
			fmt.Fprintf(w, "›")
		}
		fmt.Fprintln(w)
	}
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
