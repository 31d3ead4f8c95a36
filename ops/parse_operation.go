package ops

import (
	"maps"
	"math"
	"slices"
	"strings"
)

// An argument is an operand as written: its first token and, if that does not say
// it all, its value.
type argument struct {
	token
	value     Operand
	offset    uint32    // behind a plus
	signature Signature // if it is one
}

const maxArguments = 4 // d, l, r and one more

// operation reads an operation behind its mnemonic.
func (p *parser) operation(word token, open bool) error {
	code, ok := codeByName[word.text]
	switch {
	case !ok:
		if declarations[word.text] != nil {
			return p.fail(word, "%s: such lines stand before the first function", quote(word.text))
		}
		return p.fail(word, "unknown operation %s%s", quote(word.text), guess(word.text, maps.Keys(codeByName)))
	case !open:
		return p.fail(word, "operation %s before the first function", word.text)
	}
	p.b.SetPos(Pos(p.line))
	p.last = token{}
	if code == Switch {
		return p.jumps()
	}
	var buf [maxArguments]argument
	args, err := p.arguments(buf[:0], code)
	if err != nil {
		return err
	}
	return p.emit(code, word, args)
}

// jumps reads the operands of a switch.
func (p *parser) jumps() error {
	arg, err := p.argument(Switch)
	if err != nil {
		return err
	}
	l, err := p.operand(Switch, &roles(Switch.Info())[0], &arg)
	if err != nil {
		return err
	}
	var labels []Label
	for p.tok.kind == ',' {
		p.next()
		t := p.tok
		if err := p.expect(tokName, "a label"); err != nil {
			return err
		}
		labels = append(labels, p.label(t).label)
	}
	if len(labels) == 0 {
		return p.fail(p.tok, "unexpected %s: %s", p.tok.describe(), usage(Switch))
	}
	p.b.Switch(l, labels[:len(labels)-1], labels[len(labels)-1])
	return p.expect(tokEnd, `"," or the end of the line`)
}

// arguments takes a list of operands.
func (p *parser) arguments(args []argument, code Code) ([]argument, error) {
	for p.tok.kind != tokEnd {
		if len(args) > 0 {
			if err := p.expect(',', `"," or the end of the line`); err != nil {
				return nil, err
			}
		}
		if len(args) == maxArguments {
			return nil, p.fail(p.tok, "too many operands for %s: %s", code, usage(code))
		}
		arg, err := p.argument(code)
		if err != nil {
			return nil, err
		}
		args = append(args, arg)
	}
	return args, nil
}

// argument takes an operand.
func (p *parser) argument(code Code) (argument, error) {
	extra := code.Info().Extra
	arg := argument{token: p.tok}
	var err error
	switch {
	case p.tok.kind == '[':
		arg.value, err = p.slot()
	case p.tok.kind == '(' && extra == SignatureExtra:
		arg.signature, err = p.signature()
	case p.tok.kind == tokNumber || p.tok.kind == tokName || p.tok.kind == tokString:
		p.next()
	default:
		err = p.fail(p.tok, "unexpected %s: want an operand", p.tok.describe())
	}
	if err == nil && p.tok.kind == '+' && extra == OffsetExtra {
		p.next()
		var v uint64
		v, err = p.number(math.MaxUint32, "an offset")
		arg.offset = uint32(v)
	}
	return arg, err
}

// slot takes [n] or [out+n]. The verifier will check n again; but it does not
// tell a slot of the outgoing area that is written as [n].
func (p *parser) slot() (Operand, error) {
	p.next()
	out := p.tok.kind == tokName && p.tok.text == outWord
	if out {
		p.next()
		if err := p.expect('+', `"+", as in [out+0]`); err != nil {
			return Operand{}, err
		}
	}
	t := p.tok
	n, err := p.number(MaxFrame, "the slot")
	if err != nil {
		return Operand{}, err
	}
	if err := p.expect(']', `"]"`); err != nil {
		return Operand{}, err
	}
	switch {
	case out && p.slots+HeaderWords+int(n) >= MaxFrame:
		return Operand{}, p.fail(t, "[out+%d] is outside the frame, which has at most %d words", n, MaxFrame)
	case out:
		return p.b.Out(int(n)), nil
	case int(n) >= p.slots:
		return Operand{}, p.fail(t, "slot [%d] is outside the frame, which has %d slots (those for a call are written [out+n])", n, p.slots)
	}
	return Slot(int(n)), nil
}

// emit appends the operation to the program.
func (p *parser) emit(code Code, word token, args []argument) error {
	row := code.Info()
	list := roles(row)
	count, given := len(list), len(args)
	if row.Extra != NoExtra && row.Extra != OffsetExtra {
		count++
	}
	omitted := row.Extra == TrapCodeExtra && given == count-1
	short := hasShort(row) && !omitted && given == count-1
	if given != count && !short && !omitted {
		return p.fail(word, "wrong number of operands for %s: %s", code, usage(code))
	}
	target := uint32(0)
	var operands [3]Operand // d, l, r
	for i := range list {
		arg := i
		if short && i > 0 {
			arg--
		}
		o, err := p.operand(code, &list[i], &args[arg])
		if err != nil {
			return err
		}
		operands[strings.Index("dlr", list[i].letter)] = o
		if offset := args[arg].offset; list[i].letter == "l" {
			target = offset
		} else if offset != 0 {
			return p.fail(args[arg].token, "%s: an offset belongs to the address: %s", code, usage(code))
		}
	}
	if count > len(list) && !omitted {
		t, err := p.extra(code, row.Extra, &args[given-1])
		if err != nil {
			return err
		}
		target = t
	}
	p.b.any(code, operands[0], operands[1], operands[2], target)
	return nil
}

// operand returns d, l or r.
func (p *parser) operand(code Code, role *operandRole, arg *argument) (Operand, error) {
	o := arg.value
	isFloat := role.kinds.Has(KindFReg)
	switch {
	case o.Kind() != KindNone:
	case arg.kind == tokNumber || isFloat && (arg.text == infWord || strings.HasPrefix(arg.text, nanWord)):
		var v uint64
		var msg string
		if isFloat {
			single := code.Info().Single>>strings.Index("dlr", role.letter)&1 != 0
			if v, msg = parseFloat(arg.text, single); single {
				v = uint64(int32(v))
			}
		} else {
			v, msg = parseNumber(arg.text)
		}
		if msg != "" {
			return o, p.fail(arg.token, "%s: %s", quote(arg.text), msg)
		}
		o = Uimm(v)
	default:
		if o = registerNamed(arg.token); o.Kind() == KindNone {
			return o, p.fail(arg.token, "unknown register %s: the registers are %s", quote(arg.text), strings.Join(regNames[FirstReg:FirstFReg32], ", "))
		}
	}
	if !role.kinds.Has(o.Kind()) {
		return o, p.fail(arg.token, "%s: its %s cannot be %s: %s", code, role.noun, describe(o), usage(code))
	}
	return o, nil
}

// registerNamed returns the register of that name, nothing if there is none.
func registerNamed(t token) Operand {
	n := slices.Index(regNames[:], t.text)
	switch {
	case t.kind != tokName || n < FirstReg:
		return Operand{}
	case n < FirstFReg:
		return Reg(n - FirstReg)
	}
	return FReg(n - FirstFReg)
}

// extra returns what follows d, l and r.
func (p *parser) extra(code Code, x Extra, arg *argument) (uint32, error) {
	switch x {
	case LabelExtra:
		if arg.kind == tokName {
			return uint32(p.label(arg.token).label), nil
		}
	case FuncExtra:
		if name, ok := arg.name(); ok {
			if id, ok := p.byName[name]; ok {
				return uint32(id), nil
			}
			return 0, p.fail(arg.token, "unknown function %s%s", quote(name), guess(name, maps.Keys(p.byName)))
		}
	case TrapCodeExtra:
		if v, msg := parseNumber(arg.text); arg.kind == tokNumber && msg == "" && v <= math.MaxUint32 {
			return uint32(v), nil
		}
		return 0, p.fail(arg.token, "%s: %s is not a code: want a number from 0 to %d", code, quote(arg.text), uint32(math.MaxUint32))
	case RegExtra:
		if o := registerNamed(arg.token); o.Kind() == KindReg {
			return uint32(o.Number()), nil
		}
	case GlobalExtra, CounterExtra:
		what, n := "global", len(p.b.declared.globals)
		if x == CounterExtra {
			what, n = "counter", p.b.declared.counters
		}
		if v, msg := parseNumber(arg.text); arg.kind == tokNumber && msg == "" && v < uint64(n) {
			return uint32(v), nil
		}
		return 0, p.fail(arg.token, "%s: there is no %s %s: the program has declared %d", code, what, quote(arg.text), n)
	case SignatureExtra:
		if arg.kind == '(' {
			return uint32(arg.signature), nil
		}
	case HostExtra:
		if name, ok := arg.name(); ok {
			if id, ok := p.hosts[name]; ok {
				return uint32(id), nil
			}
			return 0, p.fail(arg.token, "unknown function of the host %s%s", quote(name), guess(name, maps.Keys(p.hosts)))
		}
	}
	return 0, p.fail(arg.token, "%s: unexpected %s: want %s", code, quote(arg.text), x)
}
