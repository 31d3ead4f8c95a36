package gen

import (
	"fmt"
	"math"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// A piece is an instruction of a part while its place is being found.
type piece struct {
	*inst       // for a jump the one that it comes from, for the sake of messages
	jump   bool // a jump to dest, made anew
	cond   bool // conditional: inst's condition,
	invert bool // or its opposite
	to     dest
	reach  reach
	at     int // offset in the part
	size   int
}

// A side is a part while the places of its pieces are being found.
type side struct {
	hot    bool
	pieces []*piece
	starts map[dest]int // block → index of its first piece
	size   int
}

// layout places the blocks in the two orders and encodes all jumps, those out of a
// part with the reach that is asked for.
func layout(blocks []*block, hotOrder, coldOrder []dest, out reach, t *Target) (hot, cold part, err error) {
	sides := [2]*side{
		{hot: true, starts: make(map[dest]int)},
		{hot: false, starts: make(map[dest]int)},
	}
	for n, order := range [][]dest{hotOrder, coldOrder} {
		s := sides[n]
		for k, d := range order {
			behind := nowhere // what control falls into
			if k+1 < len(order) {
				behind = order[k+1]
			} else if s.hot {
				behind = toCont
			}
			s.add(d, blocks[d], behind)
		}
		if err := s.place(out, t); err != nil {
			return part{}, part{}, err
		}
	}
	if hot, err = sides[0].encode(sides[1], t); err != nil {
		return part{}, part{}, err
	}
	cold, err = sides[1].encode(sides[0], t)
	return hot, cold, err
}

// add appends a block and the jumps that it needs.
func (s *side) add(d dest, b *block, behind dest) {
	s.starts[d] = len(s.pieces)
	for _, i := range b.insts {
		s.pieces = append(s.pieces, &piece{inst: i, to: i.dest, size: i.Len})
	}
	next := b.next
	if b.cond != nil {
		p := &piece{inst: b.cond, jump: true, cond: true, to: b.taken}
		if b.taken == behind {
			p.invert, p.to, next = true, next, behind
		}
		s.pieces = append(s.pieces, p)
	}
	if next != behind && next != nowhere {
		from := b.jump
		switch {
		case from != nil:
		case b.cond != nil:
			from = b.cond
		default:
			from = b.insts[len(b.insts)-1]
		}
		s.pieces = append(s.pieces, &piece{inst: from, jump: true, to: next})
	}
}

// offset returns where a destination is in the side, if it is there.
func (s *side) offset(d dest) (int, bool) {
	if d == toCont {
		return s.size, s.hot
	}
	n, ok := s.starts[d]
	switch {
	case !ok:
		return 0, false
	case n == len(s.pieces):
		return s.size, true
	}
	return s.pieces[n].at, true
}

// place finds the offsets of all pieces. Jumps within the side start short and
// grow if they do not reach; growing never makes another one shorter, so this
// ends. Jumps out of the side have the reach out.
func (s *side) place(out reach, t *Target) error {
	for {
		at := 0
		for _, p := range s.pieces {
			p.at = at
			if p.jump {
				if _, within := s.offset(p.to); !within {
					p.reach = out
				}
				b, err := p.branch(t)
				if err != nil {
					return p.errorf("%v", err)
				}
				p.size = len(b.Code)
			}
			at += p.size
		}
		s.size = at
		if s.size > math.MaxUint16 {
			return s.pieces[0].errorf("the stencil has %d bytes; at most %d are possible", s.size, math.MaxUint16)
		}
		grown := false
		for _, p := range s.pieces {
			to, within := s.offset(p.to)
			if !p.jump || !within || p.reach == far {
				continue
			}
			if b, _ := p.branch(t); !t.Aim(b.Code, to-p.at) {
				p.reach, grown = far, true
			}
		}
		if !grown {
			return nil
		}
	}
}

// branch encodes a jump, not aimed yet.
func (p *piece) branch(t *Target) (Branch, error) {
	if p.cond {
		return t.Jump(p.code, p.invert, p.reach)
	}
	return t.Jump(nil, false, p.reach)
}

// encode writes the part.
func (s *side) encode(other *side, t *Target) (part, error) {
	var out part
	for _, p := range s.pieces {
		code, texts := p.inst.code, []line{{size: p.Len, text: p.Text}}
		holes := p.holes
		if p.jump {
			b, err := p.branch(t)
			if err != nil {
				return part{}, p.errorf("%v", err)
			}
			where := ""
			if code, holes, where, err = s.aim(p, b, other, t); err != nil {
				return part{}, err
			}
			if texts, err = jumpLines(code, where, t); err != nil {
				return part{}, p.errorf("made anew: %v", err)
			}
		} else if p.PCRel >= 0 && p.Flow == decode.Next && p.to != toTable {
			to, within := s.offset(p.to)
			if p.to == here {
				to, within = p.at, true
			}
			code = append([]byte(nil), code...)
			if !within || !t.AimPC(code, p.PCRel, to-p.at) {
				return part{}, p.errorf("the address of %v cannot be taken here", p.to)
			}
		}
		for _, h := range holes {
			h.Offset += uint16(p.at)
			out.holes = append(out.holes, h)
		}
		for _, ln := range texts {
			ln.at += p.at
			ln.fn, ln.offset = p.fn, p.offset
			out.lines = append(out.lines, ln)
		}
		out.code = append(out.code, code...)
	}
	if len(out.code) != s.size {
		return part{}, fmt.Errorf("layout: %d bytes were planned and %d written", s.size, len(out.code))
	}
	return out, nil
}

// jumpLines decodes a jump of one or more instructions, the last of which goes
// where that is said.
func jumpLines(code []byte, where string, t *Target) ([]line, error) {
	var lines []line
	for at := 0; at < len(code); {
		d, err := t.Decode(code[at:])
		if err != nil {
			return nil, err
		}
		lines = append(lines, line{at: at, size: d.Len, text: d.Text})
		at += d.Len
	}
	last := &lines[len(lines)-1]
	last.text = withoutTarget(last.text) + where
	return lines, nil
}

// aim makes a jump go where it should, or gives it a hole, and says where.
func (s *side) aim(p *piece, b Branch, other *side, t *Target) (code []byte, holes []stencils.Hole, where string, err error) {
	if to, within := s.offset(p.to); within {
		if !t.Aim(b.Code, to-p.at) {
			return nil, nil, "", p.errorf("made anew, it does not reach %v", p.to)
		}
		return b.Code, nil, fmt.Sprintf("%#x", to), nil
	}
	h := stencils.Hole{Offset: uint16(b.Hole), Kind: b.Kind, Value: stencils.ValTarget, Addend: b.Addend}
	where = "target"
	if p.to != toTarget {
		to, ok := other.offset(p.to)
		if !ok {
			return nil, nil, "", p.errorf("it goes %v", p.to)
		}
		h.Value, where = stencils.ValCold, "cold"
		if other.hot {
			h.Value, where = stencils.ValHot, "hot"
		}
		h.Addend += int32(to)
		where += fmt.Sprintf("+%#x", to)
	}
	return b.Code, []stencils.Hole{h}, where, nil
}
