package main

import (
	"bufio"
	"fmt"
	"runtime"
	"strings"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// dump prints what a file's functions compile to.
func dump(e *env, args []string) error {
	rest, err := e.parse(e.flags(), args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("want one file, got %s", plural(len(rest), "argument"))
	}
	p, err := load(rest[0])
	if err != nil {
		return err
	}
	engine, err := jit.NewEngine(jit.Config{Tuning: jit.Tuning{Validate: true}})
	if err != nil {
		return err
	}
	defer engine.Close()
	code, err := engine.Compile(p)
	if err != nil {
		return fmt.Errorf("%s: %s", fileName(rest[0]), reason(err))
	}
	if why := engine.Fallback(); why != nil {
		fmt.Fprintf(e.stderr, "operations only: %s\n", reason(why))
	}
	w := bufio.NewWriter(e.stdout)
	newDumper(w, p).dump(code)
	return w.Flush()
}

// A dumper prints a program and its code.
type dumper struct {
	w       *bufio.Writer
	p       *ops.Program
	lines   [][]ops.Line   // by FuncID
	targets map[int]string // what begins at an offset of the code
}

func newDumper(w *bufio.Writer, p *ops.Program) *dumper {
	d := &dumper{w: w, p: p, targets: map[int]string{}}
	for id := range ops.FuncID(p.NumFuncs()) {
		d.lines = append(d.lines, p.Listing(id))
	}
	return d
}

// dump prints hot code in order, then cold code; if there is no code, the
// operations.
func (d *dumper) dump(code *jit.Code) {
	operations := plural(d.p.Len(), "operation")
	pieces := code.Pieces()
	if pieces == nil {
		fmt.Fprintf(d.w, "; %s, no machine code\n", operations)
		for id := range d.lines {
			d.operations(ops.FuncID(id))
		}
		return
	}
	size := map[bool]int{}
	for i := range pieces {
		piece := &pieces[i]
		size[piece.Cold] += len(piece.Code)
		// A jump to an operation goes to its poll if it has one, which comes first.
		if _, known := d.targets[piece.Offset]; !known && !piece.Cold && !behindPoll(i, pieces) {
			d.targets[piece.Offset] = d.name(piece)
		}
	}
	fmt.Fprintf(d.w, "; %s, %d bytes of %s code: %d hot, %d cold, the rest is padding\n",
		operations, code.Size(), runtime.GOARCH, size[false], size[true])
	for i := range pieces {
		d.headings(i, pieces)
		d.piece(&pieces[i])
	}
}

// behindPoll reports whether a piece is the second of its operation.
func behindPoll(i int, pieces []jit.Piece) bool {
	return i > 0 && pieces[i].Op && isPoll(&pieces[i-1])
}

func isEntry(piece *jit.Piece) bool { return !piece.Op && !isPoll(piece) }

func isPoll(piece *jit.Piece) bool { return !piece.Op && piece.Stencil == "poll" }

// name says what goes to a piece goes to: a function, a label, an operation.
func (d *dumper) name(piece *jit.Piece) string {
	if isEntry(piece) {
		return funcName(d.p.Func(piece.Func).Name)
	}
	if label := d.lines[piece.Func][piece.PC].Label; label != "" {
		return fmt.Sprintf("%s, pc %d", label, piece.PC)
	}
	return fmt.Sprintf("pc %d", piece.PC)
}

// headings prints what stands above a piece: a function's, a label.
func (d *dumper) headings(i int, pieces []jit.Piece) {
	piece, before := &pieces[i], &jit.Piece{Func: ^ops.FuncID(0)}
	if i > 0 {
		before = &pieces[i-1]
	}
	if piece.Cold != before.Cold || piece.Func != before.Func {
		d.function(piece.Func, piece.Cold)
	}
	if !piece.Cold && !isEntry(piece) && !behindPoll(i, pieces) {
		d.label(d.lines[piece.Func][piece.PC])
	}
}

func (d *dumper) function(id ops.FuncID, cold bool) {
	f := d.p.Func(id)
	fmt.Fprintf(d.w, "\nfunc %s %s", funcName(f.Name), f.Sig)
	if f.Slots != 0 {
		fmt.Fprintf(d.w, " slots %d", f.Slots)
	}
	if cold {
		fmt.Fprint(d.w, " ; cold")
	}
	fmt.Fprintln(d.w)
}

func (d *dumper) label(l ops.Line) {
	if l.Label != "" {
		fmt.Fprintf(d.w, "%s:\n", l.Label)
	}
}

// operations prints a function's operations.
func (d *dumper) operations(id ops.FuncID) {
	d.function(id, false)
	for pc, l := range d.lines[id] {
		d.label(l)
		fmt.Fprintf(d.w, "  %4d  %s\n", pc, l.Text)
	}
}

// ownName returns which of a stencil's names is that of the operation: operations
// that are the same machine code share one.
func ownName(names, operation string) string {
	mnemonic, _, _ := strings.Cut(operation, " ")
	for name := range strings.FieldsSeq(names) {
		if name == mnemonic || strings.HasPrefix(name, mnemonic+"_") {
			return name
		}
	}
	return names
}

// piece prints one stencil's copy: the operation and the stencil, then an
// instruction a line with the holes that lie in it.
func (d *dumper) piece(piece *jit.Piece) {
	what := d.lines[piece.Func][piece.PC].Text
	switch {
	case isEntry(piece):
		what = "(entry)"
	case isPoll(piece):
		what = "(poll)"
	}
	fmt.Fprintf(d.w, "  %4d  %-38s  %s\n", piece.PC, oneLine(what), ownName(piece.Stencil, what))
	for at := 0; at < len(piece.Code); {
		addr := piece.Offset + at
		inst := disassemble(runtime.GOARCH, piece.Code[at:], addr)
		line := fmt.Sprintf("        %04x  % -32x  %-36s  %s", addr, piece.Code[at:at+inst.size], inst.text,
			d.notes(piece, at, inst))
		fmt.Fprintln(d.w, strings.TrimRight(line, " "))
		at += inst.size
	}
}

// notes says what was patched into the instruction at an offset of a piece, and
// where it goes if that is not patched in.
func (d *dumper) notes(piece *jit.Piece, at int, inst instruction) string {
	var list []string
	patched := false // an address
	for _, h := range piece.Patches {
		if h.Offset < at || h.Offset >= at+inst.size {
			continue
		}
		switch h.Value {
		case stencils.ValTarget:
			patched = true
			list = append(list, fmt.Sprintf("%s=%04x (%s)", h.Value, h.Number, d.targets[int(h.Number)]))
		case stencils.ValHot, stencils.ValCold:
			patched = true
			list = append(list, fmt.Sprintf("%s=%04x", h.Value, h.Number))
		case stencils.ValSite:
			list = append(list, fmt.Sprintf("%s=%#x", h.Value, h.Number)) // bit fields
		default:
			list = append(list, fmt.Sprintf("%s=%d", h.Value, h.Number))
		}
	}
	if inst.ref >= 0 && !patched {
		list = append(list, fmt.Sprintf("→%04x", inst.ref))
	}
	if list == nil {
		return ""
	}
	return "; " + strings.Join(list, ", ")
}
