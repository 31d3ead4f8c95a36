package gen

import (
	"fmt"
	"math"

	"github.com/copyjit/copyjit/stencils"
)

// A table is a stencils.Set and what its listing needs besides.
type table struct {
	target *Target
	rows   int
	set    stencils.Set
	list   []*stencil // in the order of set.Stencils
	forms  []*form    // of all stencils, those without one of their own included

	runs    map[string]uint16          // of fields and holes that are in the set
	code    map[string]uint32          // the parts' bytes that are in the set
	layouts map[stencils.Layout]uint16 // their indices

	byContent map[string]uint16 // indices of stencils
}

// newTable puts the stencils into a set. Stencils with the same content become
// one.
func newTable(t *Target, rows int, all []*stencil, facts []stencils.Fact) (*table, error) {
	tab := &table{target: t, rows: rows, runs: make(map[string]uint16), code: make(map[string]uint32), layouts: make(map[stencils.Layout]uint16), byContent: make(map[string]uint16)}
	tab.set.Target = t.Name
	tab.set.Regs, tab.set.RegBits, tab.set.Trap = t.numbers(), uint8(t.FieldBits), t.Trap
	tab.set.Facts = facts
	tab.set.Index = make([]uint16, rows<<stencils.KeyBits)
	if _, err := tab.layout(new(part)); err != nil { // the first: of parts that are not there
		return nil, err
	}
	for _, s := range all {
		n, err := tab.family(s)
		if err != nil {
			return nil, fmt.Errorf("%s: %s: %w", s.file, s.names[0], err)
		}
		switch {
		case s.form != nil:
			tab.forms = append(tab.forms, s.form)
			for _, key := range s.form.keys {
				tab.set.Index[key] = n + 1
			}
		case s.names[0] == nameEntry:
			tab.set.Entry = n
		case s.names[0] == namePoll:
			tab.set.Poll = n
		case s.names[0] == nameLinked:
			tab.set.Linked = n
		case s.names[0] == nameUnlinked:
			tab.set.Unlinked = n
		}
	}
	tab.set.Code += string(make([]byte, stencils.Slack))
	if tab.set.Twins != nil {
		tab.set.Twins = append(tab.set.Twins, make([]stencils.Twin, len(tab.list)-len(tab.set.Twins))...)
	}
	return tab, tab.set.Check()
}

// family puts a stencil and its twins into the set, unless it has them already, and
// returns the index of the first.
func (tab *table) family(s *stencil) (uint16, error) {
	content := s.content()
	if n, ok := tab.byContent[content]; ok {
		if tab.list[n] != s { // a twin by two ways
			tab.list[n].names = append(tab.list[n].names, s.names...)
		}
		return n, nil
	}
	n, err := tab.add(s)
	if err != nil {
		return 0, err
	}
	tab.byContent[content] = n
	var twin stencils.Twin
	if s.wide != nil {
		if twin.Wide, err = tab.family(s.wide); err != nil {
			return 0, err
		}
	}
	if s.far != nil {
		if twin.Far, err = tab.family(s.far); err != nil {
			return 0, err
		}
	}
	if twin != (stencils.Twin{}) {
		tab.set.Twins = append(tab.set.Twins, make([]stencils.Twin, len(tab.list)-len(tab.set.Twins))...)
		tab.set.Twins[n] = twin
	}
	return n, nil
}

// content returns what tells two stencils apart.
func (s *stencil) content() string {
	text := s.parts()
	for _, twin := range []*stencil{s.wide, s.far} {
		if text += ";"; twin != nil {
			text += twin.content()
		}
	}
	return text
}

// parts returns what a stencil is, but for its twins.
func (s *stencil) parts() string {
	return fmt.Sprint(s.hot.code, s.hot.holes, s.hot.fields, s.cold.code, s.cold.holes, s.cold.fields)
}

// add appends a stencil to the set and returns its index.
func (tab *table) add(s *stencil) (uint16, error) {
	hot, err := tab.part(&s.hot)
	if err != nil {
		return 0, err
	}
	cold, err := tab.part(&s.cold)
	if err != nil {
		return 0, err
	}
	n := len(tab.list)
	if n == math.MaxUint16 {
		return 0, fmt.Errorf("too many stencils for an index of 16 bits")
	}
	tab.set.Stencils = append(tab.set.Stencils, stencils.Stencil{Hot: hot, Cold: cold})
	tab.list = append(tab.list, s)
	return uint16(n), nil
}

// part appends a part's code and layout, unless the set has them already.
func (tab *table) part(p *part) (stencils.Part, error) {
	if len(p.holes) > math.MaxUint8 || len(p.fields) > math.MaxUint8 {
		return stencils.Part{}, fmt.Errorf("%d holes and %d fields; at most %d of each are possible", len(p.holes), len(p.fields), math.MaxUint8)
	}
	if len(p.code) == 0 {
		return stencils.Part{}, nil
	}
	at, ok := tab.code[string(p.code)]
	if !ok {
		at = uint32(len(tab.set.Code))
		tab.code[string(p.code)] = at
		tab.set.Code += string(p.code)
	}
	lay, err := tab.layout(p)
	return stencils.Part{Code: at, Size: uint16(len(p.code)), Layout: lay}, err
}

// layout returns the index of a part's layout.
func (tab *table) layout(p *part) (uint16, error) {
	fields, err := run(tab, &tab.set.Fields, p.fields)
	if err != nil {
		return 0, err
	}
	holes, err := run(tab, &tab.set.Holes, p.holes)
	if err != nil {
		return 0, err
	}
	lay := stencils.Layout{Fields: fields, Holes: holes, NumFields: uint8(len(p.fields)), NumHoles: uint8(len(p.holes))}
	n, ok := tab.layouts[lay]
	if !ok {
		if len(tab.set.Layouts) == math.MaxUint16 {
			return 0, fmt.Errorf("too many layouts for an index of 16 bits")
		}
		n = uint16(len(tab.set.Layouts))
		tab.layouts[lay] = n
		tab.set.Layouts = append(tab.set.Layouts, lay)
	}
	return n, nil
}

// run returns where in all the items start, appending them if need be.
func run[T any](tab *table, all *[]T, items []T) (uint16, error) {
	if len(items) == 0 {
		return 0, nil
	}
	key := fmt.Sprintf("%T%v", items, items)
	start, ok := tab.runs[key]
	if !ok {
		if len(*all)+len(items) > math.MaxUint16 {
			return 0, fmt.Errorf("too many holes or fields for an index of 16 bits")
		}
		start = uint16(len(*all))
		*all = append(*all, items...)
		tab.runs[key] = start
	}
	return start, nil
}
