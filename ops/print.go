package ops

import (
	"fmt"
	"strconv"
)

// String returns the program in the text format. Parse of it gives the same
// program again, up to positions.
func (p *Program) String() string {
	text, _ := p.AppendText(nil)
	return string(text)
}

// AppendText appends the program in the text format to b. It implements
// encoding.TextAppender; the error is always nil.
func (p *Program) AppendText(b []byte) ([]byte, error) {
	b = append(b, textMagic+" "+textVersion+"\n"...)
	b = p.appendDeclared(b)
	for id := range p.funcs {
		b = append(b, '\n')
		b = p.appendFunc(b, FuncID(id))
	}
	return b, nil
}

// appendDeclared appends what the program declares besides functions, a line each.
func (p *Program) appendDeclared(b []byte) []byte {
	d := p.declared()
	if d.empty() {
		return b
	}
	b = append(b, '\n')
	if m := d.memory; m.Max != 0 {
		b = fmt.Appendf(b, "%s %d, %d\n", memoryWord, m.Min, m.Max)
	}
	for _, data := range d.data {
		b = fmt.Appendf(b, "%s %d, %q\n", dataWord, data.Offset, data.Bytes)
	}
	for _, v := range d.globals {
		b = fmt.Appendf(b, "%s %d\n", globalWord, int64(v))
	}
	if d.counters != 0 {
		b = fmt.Appendf(b, "%s %d\n", counterWord, d.counters)
	}
	for _, h := range d.hosts {
		b = appendName(append(b, hostWord+" "...), h.Name)
		b = append(append(b, ' '), h.Sig.String()...)
		b = append(b, '\n')
	}
	const perLine = 8
	for i, id := range d.table {
		switch {
		case i%perLine == 0:
			b = append(b, tableWord+" "...)
		default:
			b = append(b, ", "...)
		}
		if id == NoFunc {
			b = append(b, "[]"...)
		} else {
			b = appendName(b, p.funcs[id].Name)
		}
		if i%perLine == perLine-1 || i == len(d.table)-1 {
			b = append(b, '\n')
		}
	}
	return b
}

// A Line is an operation in the text format.
type Line struct {
	Label string // the name of the label before the operation, "" if nothing branches to it
	Text  string // the operation: add a, a, [1]
}

// Listing returns the operations of a function in the text format; a pc is an
// index of the list.
func (p *Program) Listing(id FuncID) []Line {
	w := p.writer(id)
	lines := make([]Line, len(w.ops))
	var b []byte
	for pc := range lines {
		b = w.appendOp(b[:0], &w.ops[pc])
		lines[pc] = Line{Label: w.label(pc), Text: string(b)}
	}
	return lines
}

// OpString returns one operation in the text format: add a, a, [1]. To name a
// label it has to look at the whole function: use Listing for all of them.
func (p *Program) OpString(id FuncID, pc int) string {
	w := opWriter{p: p, f: &p.funcs[id], ops: p.Ops(id)}
	op := &w.ops[pc]
	if x := op.Code().Info().Extra; x == LabelExtra || x == TableExtra {
		w = p.writer(id)
	}
	return string(w.appendOp(nil, op))
}

// appendFunc appends a function: its header, then one line per operation and
// label.
func (p *Program) appendFunc(b []byte, id FuncID) []byte {
	f := &p.funcs[id]
	b = append(b, funcWord+" "...)
	b = appendName(b, f.Name)
	b = append(b, ' ')
	b = append(b, f.Sig.String()...)
	if f.Slots > 0 {
		b = append(b, " "+slotsWord+" "...)
		b = strconv.AppendUint(b, uint64(f.Slots), 10)
	}
	b = append(b, '\n')
	w := p.writer(id)
	for pc := range w.ops {
		if l := w.label(pc); l != "" {
			b = append(b, l...)
			b = append(b, ":\n"...)
		}
		b = append(b, '\t')
		b = w.appendOp(b, &w.ops[pc])
		b = append(b, '\n')
	}
	return b
}

// appendName appends a function's name, in quotes if it needs them.
func appendName(b []byte, name string) []byte {
	if plainName(name) {
		return append(b, name...)
	}
	return strconv.AppendQuote(b, name)
}

// An opWriter prints the operations of one function.
type opWriter struct {
	p      *Program
	f      *Func
	ops    []Op
	labels []int32 // per pc: −1, or the number of the label there
}

// writer returns the opWriter of a function, which numbers labels by position.
func (p *Program) writer(id FuncID) opWriter {
	w := opWriter{p: p, f: &p.funcs[id], ops: p.Ops(id)}
	w.labels = make([]int32, len(w.ops))
	for i := range w.ops {
		switch op := &w.ops[i]; op.Code().Info().Extra {
		case LabelExtra:
			w.labels[op.Target] = 1
		case TableExtra:
			for _, to := range p.Jumps(op) {
				w.labels[to] = 1
			}
		}
	}
	next := int32(0)
	for pc, used := range w.labels {
		w.labels[pc] = -1
		if used != 0 {
			w.labels[pc] = next
			next++
		}
	}
	return w
}

// label returns the name of the label at pc, or "".
func (w *opWriter) label(pc int) string {
	if n := w.labels[pc]; n >= 0 {
		return "L" + strconv.Itoa(int(n))
	}
	return ""
}

// appendOp appends mnemonic, operands and what the table says follows them.
func (w *opWriter) appendOp(b []byte, op *Op) []byte {
	row := op.Code().Info()
	b = append(b, row.Name...)
	d, l, r := op.Form.Kinds()
	sep := " "
	operand := func(kinds Kinds, which Operands, form int, n Number) {
		if kinds&^None == 0 {
			return
		}
		b = append(b, sep...)
		sep = ", "
		if kinds.Has(KindFReg) && form >= FormImm32 {
			b = appendFloat(b, w.p.floatBits(op, row.Single&which != 0), row.Single&which != 0)
			return
		}
		b = w.appendOperand(b, op, form, n)
	}
	operand(row.D, OperandD, d, op.D)
	operand(row.L, OperandL, l, op.L)
	if row.Extra == OffsetExtra && op.Target != 0 {
		b = append(b, '+')
		b = strconv.AppendUint(b, uint64(op.Target), 10)
	}
	operand(row.R, OperandR, r, op.R)
	if row.Extra == OffsetExtra || row.Extra == NoExtra || row.Extra == TrapCodeExtra && op.Target == 0 {
		return b
	}
	b = append(b, sep...)
	switch row.Extra {
	case LabelExtra:
		return append(b, w.label(int(op.Target))...)
	case FuncExtra:
		return appendName(b, w.p.funcs[op.Target].Name)
	case RegExtra:
		return append(b, regNames[op.Target]...)
	case TableExtra:
		for i, to := range w.p.Jumps(op) {
			if i > 0 {
				b = append(b, ", "...)
			}
			b = append(b, w.label(int(to))...)
		}
		return b
	case SignatureExtra:
		return append(b, Signature(op.Target).String()...)
	case HostExtra:
		return appendName(b, w.p.Hosts()[op.Target].Name)
	default:
		return strconv.AppendUint(b, uint64(op.Target), 10)
	}
}

// floatBits returns the immediate of an operation on floats.
func (p *Program) floatBits(op *Op, single bool) uint64 {
	if single {
		return uint64(uint32(p.Imm(op)))
	}
	return p.Imm(op)
}

// appendOperand appends d, l or r, given how the form codes its kind.
func (w *opWriter) appendOperand(b []byte, op *Op, form int, n Number) []byte {
	switch form {
	case FormReg:
		return append(b, regNames[n]...)
	case FormSlot:
		i := int(n) - FirstSlot
		b = append(b, '[')
		if i >= int(w.f.Slots) {
			b = append(b, outWord+"+"...)
			i -= int(w.f.Slots) + HeaderWords
		}
		b = strconv.AppendInt(b, int64(i), 10)
		return append(b, ']')
	}
	return strconv.AppendInt(b, int64(w.p.Imm(op)), 10)
}
