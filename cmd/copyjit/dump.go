package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"runtime"
	"strconv"
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

// dump prints hot code in order, then cold code and jump tables; if there is no
// code, the operations.
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
	size := map[area]int{}
	for i := range pieces {
		piece := &pieces[i]
		size[areaOf(piece)] += len(piece.Code)
		// A jump to an operation goes to its poll if it has one, which comes first.
		if _, known := d.targets[piece.Offset]; !known && areaOf(piece) == hot && !behindPoll(i, pieces) {
			d.targets[piece.Offset] = d.name(piece)
		}
	}
	tables := ""
	if size[table] != 0 {
		tables = fmt.Sprintf(" %d of jump tables,", size[table])
	}
	fmt.Fprintf(d.w, "; %s, %d bytes of %s code: %d hot, %d cold,%s the rest is padding\n",
		operations, code.Size(), runtime.GOARCH, size[hot], size[cold], tables)
	for i := range pieces {
		d.headings(i, pieces)
		d.operation(&pieces[i])
		if pieces[i].Table {
			d.jumpTable(&pieces[i])
		} else {
			d.instructions(&pieces[i])
		}
	}
}

// An area is a part of the code, in the order in which they lie there.
type area int

const (
	hot area = iota
	cold
	table
)

func areaOf(piece *jit.Piece) area {
	switch {
	case piece.Table:
		return table
	case piece.Cold:
		return cold
	}
	return hot
}

// behind says what stands behind the head of a function in an area.
var behind = [...]string{hot: "", cold: " ; cold", table: " ; jump tables"}

// behindPoll reports whether a piece is the second of its operation.
func behindPoll(i int, pieces []jit.Piece) bool {
	return i > 0 && pieces[i].Op && isPoll(&pieces[i-1])
}

func isEntry(piece *jit.Piece) bool { return !piece.Op && !isPoll(piece) }

func isPoll(piece *jit.Piece) bool { return !piece.Op && withoutTwin(piece.Stencil) == "poll" }

// withoutTwin returns a stencil's name without what tells it from its twins, which
// are for far places and large numbers: bz_s of bz_s~wide~far.
func withoutTwin(name string) string {
	name, _, _ = strings.Cut(name, "~")
	return name
}

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
	if areaOf(piece) != areaOf(before) || piece.Func != before.Func {
		d.function(piece.Func, areaOf(piece))
	}
	if areaOf(piece) == hot && !isEntry(piece) && !behindPoll(i, pieces) {
		d.label(d.lines[piece.Func][piece.PC])
	}
}

func (d *dumper) function(id ops.FuncID, in area) {
	f := d.p.Func(id)
	fmt.Fprintf(d.w, "\nfunc %s %s", funcName(f.Name), f.Sig)
	if f.Slots != 0 {
		fmt.Fprintf(d.w, " slots %d", f.Slots)
	}
	fmt.Fprintln(d.w, behind[in])
}

func (d *dumper) label(l ops.Line) {
	if l.Label != "" {
		fmt.Fprintf(d.w, "%s:\n", l.Label)
	}
}

// operations prints a function's operations.
func (d *dumper) operations(id ops.FuncID) {
	d.function(id, hot)
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
		if withoutTwin(name) == mnemonic || strings.HasPrefix(name, mnemonic+"_") {
			return name
		}
	}
	return names
}

// operation prints the line of the operation that a piece belongs to, and of its
// stencil.
func (d *dumper) operation(piece *jit.Piece) {
	what := d.lines[piece.Func][piece.PC].Text
	switch {
	case isEntry(piece):
		what = "(entry)"
	case isPoll(piece):
		what = "(poll)"
	}
	name := ownName(piece.Stencil, what)
	if piece.Table {
		name = "jump-table"
	}
	fmt.Fprintf(d.w, "  %4d  %-38s  %s\n", piece.PC, oneLine(what), name)
}

// instructions prints a stencil's copy, an instruction a line with the holes that
// lie in it.
func (d *dumper) instructions(piece *jit.Piece) {
	for at := 0; at < len(piece.Code); {
		addr := piece.Offset + at
		inst := disassemble(runtime.GOARCH, piece.Code[at:], addr)
		d.bytes(addr, piece.Code[at:at+inst.size], inst.text, d.notes(piece, at, inst))
		at += inst.size
	}
}

// jumpTable prints a label a line.
func (d *dumper) jumpTable(piece *jit.Piece) {
	for at := 0; at < len(piece.Code); at += 4 {
		addr, label := piece.Offset+at, piece.Code[at:at+4]
		to := addr + int(int32(binary.LittleEndian.Uint32(label)))
		index := strconv.Itoa(at / 4)
		if at+4 == len(piece.Code) {
			index = "default"
		}
		d.bytes(addr, label, index, fmt.Sprintf("; →%04x (%s)", to, d.targets[to]))
	}
}

// bytes prints a line of bytes and what they are.
func (d *dumper) bytes(addr int, code []byte, text, notes string) {
	line := fmt.Sprintf("        %04x  % -32x  %-36s  %s", addr, code, text, notes)
	fmt.Fprintln(d.w, strings.TrimRight(line, " "))
}

// notes says what was patched into the instruction at an offset of a piece, and
// where it goes if that is not patched in.
func (d *dumper) notes(piece *jit.Piece, at int, inst instruction) string {
	var list []string
	patched := false // an address
	for i := range piece.Patches {
		h := &piece.Patches[i]
		if h.Offset < at || h.Offset >= at+inst.size {
			continue
		}
		patched = patched || isAddress(h.Value)
		note := fmt.Sprintf("%s=%s", h.Value, d.number(piece, h))
		if means := d.meaning(piece, h); means != "" {
			note += " (" + means + ")"
		}
		list = append(list, note)
	}
	if inst.ref >= 0 && !patched {
		list = append(list, fmt.Sprintf("→%04x", inst.ref))
	}
	if list == nil {
		return ""
	}
	return "; " + strings.Join(list, ", ")
}

func isAddress(v stencils.Value) bool {
	switch v {
	case stencils.ValTarget, stencils.ValHot, stencils.ValCold, stencils.ValTable:
		return true
	}
	return false
}

// number returns the text of what was patched in.
func (d *dumper) number(piece *jit.Piece, h *jit.Patch) string {
	switch {
	case isAddress(h.Value):
		return fmt.Sprintf("%04x", h.Number)
	case h.Value == stencils.ValSite:
		return fmt.Sprintf("%#x", h.Number) // bit fields
	case h.Value == stencils.ValImm && piece.Op:
		t, bits := d.immediateType(piece), uint64(h.Number)
		if t == ops.Float32 {
			bits = uint64(uint32(bits)) // a hole of 32 bits has a sign
		}
		return formatValue(t, bits)
	}
	return strconv.FormatInt(h.Number, 10)
}

// immediateType returns the type of the immediate of the operation that a piece
// belongs to.
func (d *dumper) immediateType(piece *jit.Piece) ops.Type {
	op := &d.p.Ops(piece.Func)[piece.PC]
	row := op.Code().Info()
	kinds, operand := row.R, ops.OperandR
	if _, l, _ := op.Form.Kinds(); l >= ops.FormImm32 {
		kinds, operand = row.L, ops.OperandL
	}
	switch {
	case !kinds.Has(ops.KindFReg):
		return ops.Int
	case row.Single&operand != 0:
		return ops.Float32
	}
	return ops.Float
}

// meaning says what stands for a number in the program, "" if nothing does or it is
// plain.
func (d *dumper) meaning(piece *jit.Piece, h *jit.Patch) string {
	op := &d.p.Ops(piece.Func)[piece.PC]
	switch h.Value {
	case stencils.ValTarget:
		return d.targets[int(h.Number)]
	case stencils.ValSite:
		exit, reason := h.Exit()
		if exit == ops.ExitTrap {
			return reason.String()
		}
		return exit.String()
	case stencils.ValImmHigh, stencils.ValImmLow:
		if piece.Op && op.Form.Wide() {
			return "of " + formatValue(d.immediateType(piece), d.p.Imm(op))
		}
	case stencils.ValExtra, stencils.ValExtra8:
		switch op.Code().Info().Extra {
		case ops.GlobalExtra:
			return fmt.Sprintf("global %d", op.Target)
		case ops.CounterExtra:
			return fmt.Sprintf("counter %d", op.Target)
		case ops.SignatureExtra:
			return ops.Signature(op.Target).String()
		}
	}
	return ""
}
