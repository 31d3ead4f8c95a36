package linker

import (
	"github.com/copyjit/copyjit/stencils"
)

// Stencils for far places and large values are longer than their twins for near
// and small ones. Every item starts with the shortest stencil. One whose holes
// cannot take what they must gets the next; that moves others away from each other,
// so some of their holes may not reach then. As stencils only grow, this ends; and
// as it is cut off after a few rounds, it takes linear time.

// maxRounds is how often distances are looked at before all that could be far is
// taken to be: more than a few are for contrived programs only.
const maxRounds = 8

// fit gives the items, which have been placed, the shortest stencils that will do.
func (p *Plan) fit() error {
	set := p.Set
	if len(set.Twins) != len(set.Stencils) {
		return nil
	}
	entries := set.TwinsOf(set.Entry)
	grown := false
	for i := range p.Items {
		it := &p.Items[i]
		for uint(it.Stencil) < uint(len(set.Twins)) && set.Twins[it.Stencil].Wide != 0 && !p.fits(it, 0, false) {
			it.Stencil, grown = set.Twins[it.Stencil].Wide, true
		}
	}
	if grown {
		if err := p.replace(entries); err != nil {
			return err
		}
	}
	for round := 0; ; round++ {
		grown = false
		cold := uint(p.Cold)
		for i := range p.Items {
			it := &p.Items[i]
			if uint(it.Stencil) >= uint(len(set.Twins)) {
				continue // Emit complains
			}
			coldSize := uint(set.Stencils[it.Stencil].Cold.Size)
			for far := set.Twins[it.Stencil].Far; far != 0 && (round == maxRounds || !p.fits(it, cold, true)); far = set.Twins[far].Far {
				it.Stencil, grown = far, true
			}
			cold += coldSize
		}
		if !grown {
			return nil
		}
		if err := p.replace(entries); err != nil {
			return err
		}
	}
}

// replace places all items anew.
func (p *Plan) replace(entries []uint16) error {
	places := Places{Colds: p.Room(len(p.Items))}
	for i := range p.Items {
		it := &p.Items[i]
		for _, e := range entries {
			if it.Stencil == e {
				places.Align()
			}
		}
		places.Place(it, i, &p.Set.Stencils[it.Stencil])
	}
	return p.sizes(&places)
}

// fits reports whether the values, or the distances, of an item fit in its holes.
// What there is not at all is for Emit to complain about.
func (p *Plan) fits(it *Item, cold uint, distances bool) bool {
	s := &p.Set.Stencils[it.Stencil]
	return p.partFits(it, &s.Hot, uint(it.hot), cold, distances) && p.partFits(it, &s.Cold, cold, cold, distances)
}

func (p *Plan) partFits(it *Item, part *stencils.Part, at, cold uint, distances bool) bool {
	holes := p.Set.HolesOf(part)
	for k := range holes {
		h := &holes[k]
		if h.Kind.Relative() != distances {
			continue
		}
		v, ok := it.value(h.Value)
		if !ok {
			v, ok = p.address(it, h.Value, cold)
		}
		v += int64(h.Addend)
		if distances {
			v -= int64(at) + int64(h.Offset)
		}
		var code [8]byte
		if ok && !patch(h.Kind, &code, v) {
			return false
		}
	}
	return true
}
