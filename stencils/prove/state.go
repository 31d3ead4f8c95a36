package prove

import (
	"fmt"
	"maps"
	"slices"

	"github.com/copyjit/copyjit/ops/meaning/bv"
)

type term = *bv.Term

// A state is what a processor holds at one point of one path.
type state struct {
	pool   *bv.Pool
	regs   [32]term    // integer registers, by the numbers of the target's manual
	fregs  [32][2]term // float registers: bits 0 to 63, and those above where there are more
	flags  flags
	cells  map[cell]term // what has been stored outside of linear memory
	memory term          // linear memory from address 0 on
	path   []term        // bits that are 1 on this path
	seen   map[place]bool
}

// A region is memory that is reached through a pointer of its own. Regions do not
// overlap: that is an assumption, see "Composition" in RATIONALE.md.
type region uint8

const (
	inContext  region = iota // from ctx
	inFrame                  // from fp
	inMemory                 // from mem: linear memory
	inPoll                   // the word that ctx.poll points to
	inGlobals                // from ctx.globals
	inCounters               // from ctx.counters
	inTable                  // from ctx.table
	inLinks                  // from ctx.links
	inJumps                  // the operation's jump table
	numRegions
)

// regionNames are the names of the variables that point to regions.
var regionNames = [numRegions]string{"ctx", "fp", "mem", "poll", "globals", "counters", "table", "links", "jumps"}

func (r region) String() string { return regionNames[r] }

// A cell is eight bytes of memory, aligned with regard to a symbolic offset.
type cell struct {
	region region
	symbol term  // the offset's unknown part, nil if there is none
	offset int64 // the rest of it
}

func (c cell) String() string {
	if c.symbol == nil {
		return fmt.Sprintf("[%s%+d]", c.region, c.offset)
	}
	return fmt.Sprintf("[%s+%s%+d]", c.region, c.symbol, c.offset)
}

func (s *state) clone() *state {
	c := *s
	c.cells, c.seen, c.path = maps.Clone(s.cells), maps.Clone(s.seen), slices.Clip(s.path)
	return &c
}

// assume adds a bit that is 1 from here on.
func (s *state) assume(bit term) { s.path = append(s.path, bit) }

// know returns a bit as it is on this path.
func (s *state) know(bit term) term {
	if len(s.path) == 0 || bit.IsConst() {
		return bit
	}
	f := s.pool.NewSubst()
	for _, p := range s.path {
		f.Assume(p)
	}
	return f.Apply(bit)
}

// address splits an address into the region and the offset in it.
func (s *state) address(addr term) (region, term, error) {
	found := -1
	for r, name := range regionNames {
		p := s.pool.Var(name, 64)
		if addr == p || addr.Op == bv.Sum && slices.Contains(addr.Args, p) {
			if found >= 0 {
				return 0, nil, fmt.Errorf("the address %s is made of two pointers", addr)
			}
			found = r
		}
	}
	if found < 0 {
		return 0, nil, fmt.Errorf("the address %s is not made of a pointer", addr)
	}
	offset := addr.Sub(s.pool.Var(regionNames[found], 64))
	return region(found), offset, nil
}

// cell returns where an access of so many bytes is, and the bit at which it starts.
func (s *state) cell(addr term, size uint8) (cell, uint8, error) {
	r, offset, err := s.address(addr)
	if err != nil {
		return cell{}, 0, err
	}
	c := cell{region: r}
	switch offset.Op {
	case bv.Const:
		c.offset = int64(offset.Value)
	case bv.Sum:
		c.offset = int64(offset.Value)
		c.symbol = offset.AddConst(-offset.Value)
	default:
		c.symbol = offset
	}
	within := uint8(c.offset & 7)
	if within+size > 8 {
		return cell{}, 0, fmt.Errorf("an access of %d bytes at %s lies across two words", size, addr)
	}
	c.offset &^= 7
	return c, 8 * within, nil
}

// A place is an offset in one of a stencil's parts.
type place struct {
	cold   bool
	offset int
}

func (p place) String() string {
	if p.cold {
		return fmt.Sprintf("cold+%#x", p.offset)
	}
	return fmt.Sprintf("hot+%#x", p.offset)
}
