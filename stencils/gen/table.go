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

	runs map[string]uint16 // of fields and holes that are in the set
}

// newTable puts the stencils into a set. Stencils with the same content become
// one.
func newTable(t *Target, rows int, all []*stencil, facts []stencils.Fact) (*table, error) {
	tab := &table{target: t, rows: rows, runs: make(map[string]uint16)}
	tab.set.Target = t.Name
	tab.set.Regs, tab.set.RegBits, tab.set.Trap = t.numbers(), uint8(t.FieldBits), t.Trap
	tab.set.Facts = facts
	tab.set.Index = make([]uint16, rows<<stencils.KeyBits)
	byContent := make(map[string]uint16)
	for _, s := range all {
		content := s.content()
		n, ok := byContent[content]
		if !ok {
			var err error
			if n, err = tab.add(s); err != nil {
				return nil, fmt.Errorf("%s: %s: %w", s.file, s.names[0], err)
			}
			byContent[content] = n
		} else {
			tab.list[n].names = append(tab.list[n].names, s.names...)
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
	tab.set.Code = append(tab.set.Code, make([]byte, stencils.Slack)...)
	return tab, tab.set.Check()
}

// content returns what tells two stencils apart.
func (s *stencil) content() string {
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

// part appends a part's code, and its fields and holes unless the set has them
// already.
func (tab *table) part(p *part) (stencils.Part, error) {
	if len(p.holes) > math.MaxUint8 || len(p.fields) > math.MaxUint8 {
		return stencils.Part{}, fmt.Errorf("%d holes and %d fields; at most %d of each are possible", len(p.holes), len(p.fields), math.MaxUint8)
	}
	if len(p.code) == 0 {
		return stencils.Part{}, nil
	}
	out := stencils.Part{
		Code:      uint32(len(tab.set.Code)),
		Size:      uint16(len(p.code)),
		NumFields: uint8(len(p.fields)),
		NumHoles:  uint8(len(p.holes)),
	}
	tab.set.Code = append(tab.set.Code, p.code...)
	var err error
	if out.Fields, err = run(tab, &tab.set.Fields, p.fields); err != nil {
		return out, err
	}
	out.Holes, err = run(tab, &tab.set.Holes, p.holes)
	return out, err
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
