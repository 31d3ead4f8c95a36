package ops

import (
	"maps"
	"slices"
	"strconv"
)

// declarations read the lines before the first function, behind their first word.
var declarations map[string]func(*parser) error

func init() { // not a cycle, but the compiler sees one
	declarations = map[string]func(*parser) error{
		memoryWord:  (*parser).memory,
		dataWord:    (*parser).data,
		globalWord:  (*parser).global,
		counterWord: (*parser).counters,
		tableWord:   (*parser).table,
		hostWord:    (*parser).host,
	}
}

// memory reads how much memory there is: memory 65536, 131072.
func (p *parser) memory() error {
	t := p.tok
	if p.b.declared.memory != (MemorySize{}) {
		return p.fail(t, "a second memory")
	}
	min, err := p.number(MaxMemory, "the size of the memory in bytes")
	if err != nil {
		return err
	}
	max := min
	if p.tok.kind == ',' {
		p.next()
		t = p.tok
		if max, err = p.number(MaxMemory, "the largest size of the memory in bytes"); err != nil {
			return err
		}
	}
	if max < min {
		return p.fail(t, "the largest size of the memory, %d bytes, is less than the first, %d", max, min)
	}
	p.b.Memory(min, max)
	return nil
}

// data reads what memory holds at first: data 16, "\x00\x01text".
func (p *parser) data() error {
	offset, err := p.number(MaxMemory, "an offset in the memory")
	if err != nil {
		return err
	}
	if err := p.expect(',', `","`); err != nil {
		return err
	}
	t := p.tok
	if err := p.expect(tokString, "a string"); err != nil {
		return err
	}
	bytes, err := strconv.Unquote(t.text)
	if err != nil {
		return p.fail(t, "malformed string %s: want one as in Go", quote(t.text))
	}
	if size := p.b.declared.memory.Min; offset > size || uint64(len(bytes)) > size-offset {
		return p.fail(t, "%d bytes at %d are outside the memory, which has %d at first", len(bytes), offset, size)
	}
	p.b.Data(offset, bytes)
	return nil
}

// global reads a global's first value: an integer, f and a float64, f32 and a
// float32.
func (p *parser) global() error {
	typ := slices.Index(typeNames[:], p.tok.text)
	if p.tok.kind != tokName || typ < 0 {
		typ = int(Int)
	} else {
		p.next()
	}
	t := p.tok
	if Type(typ) == Int && t.kind != tokNumber || t.kind != tokNumber && t.kind != tokName {
		return p.fail(t, "unexpected %s: want the value of the global", t.describe())
	}
	p.next()
	v, msg := uint64(0), ""
	if Type(typ) == Int {
		v, msg = parseNumber(t.text)
	} else {
		v, msg = parseFloat(t.text, Type(typ) == Float32)
	}
	if msg != "" {
		return p.fail(t, "%s: %s", quote(t.text), msg)
	}
	p.b.Global(v)
	return nil
}

// counters reads how many there are.
func (p *parser) counters() error {
	t := p.tok
	n, err := p.number(MaxGlobals, "the number of counters")
	if err != nil {
		return err
	}
	if p.b.declared.counters != 0 {
		return p.fail(t, "counters a second time")
	}
	p.b.Counters(int(n))
	return nil
}

// table reads functions, or [] where there is none.
func (p *parser) table() error {
	for {
		switch t := p.tok; t.kind {
		case '[':
			p.next()
			if err := p.expect(']', `"]": [] is a place without a function`); err != nil {
				return err
			}
			p.b.Table(NoFunc)
		default:
			t, err := p.funcName()
			if err != nil {
				return err
			}
			name, _ := t.name()
			id, ok := p.byName[name]
			if !ok {
				return p.fail(t, "unknown function %s%s", quote(name), guess(name, maps.Keys(p.byName)))
			}
			p.b.Table(id)
		}
		if p.tok.kind != ',' {
			return nil
		}
		p.next()
	}
}

// host reads the name and the signature of a function of the host.
func (p *parser) host() error {
	t, err := p.funcName()
	if err != nil {
		return err
	}
	name, _ := t.name()
	if _, ok := p.hosts[name]; ok {
		return p.fail(t, "a second function %s of the host", quote(name))
	}
	sig, err := p.signature()
	if err != nil {
		return err
	}
	if p.hosts == nil {
		p.hosts = make(map[string]HostID)
	}
	p.hosts[name] = p.b.Host(name, sig)
	return nil
}
