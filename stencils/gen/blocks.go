package gen

import (
	"slices"

	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// A block is a run of instructions with one entry and one end. Its jumps are not
// among its instructions: they are made anew when its place is known.
type block struct {
	insts []*inst
	cond  *inst // a conditional jump at the end, or nil
	taken dest  // where it goes
	jump  *inst // an unconditional jump at the end, or nil
	next  dest  // where control goes otherwise; nowhere behind an indirect jump
	exit  bool  // it ends by leaving compiled code
	cold  bool  // it belongs in the cold part
}

// rewrite makes the two parts of a stencil out of the functions of a template. Jumps
// out of a part have the reach that is asked for.
// Where control goes on behind the first function, the second is.
func rewrite(funcs [][]*inst, out reach, t *Target) (hot, cold part, err error) {
	blocks, err := flowGraph(funcs, t)
	if err != nil {
		return part{}, part{}, err
	}
	simplify(blocks)
	live := reachable(blocks)
	chill(blocks, live)
	return layout(blocks, hotOrder(blocks, live), coldOrder(blocks, live), out, t)
}

// flowGraph cuts the functions into blocks and joins them.
func flowGraph(funcs [][]*inst, t *Target) ([]*block, error) {
	var blocks []*block
	for n, insts := range funcs {
		first := len(blocks)
		more, err := cut(insts, dest(first), t)
		if err != nil {
			return nil, err
		}
		blocks = append(blocks, more...)
		if n+1 == len(funcs) {
			break
		}
		after := dest(len(blocks))
		for _, b := range more {
			for _, d := range []*dest{&b.taken, &b.next} {
				if *d == toCont {
					*d = after
				}
			}
			for _, i := range b.insts {
				if i.dest == toCont {
					i.dest = after
				}
			}
		}
	}
	return blocks, nil
}

// cut makes blocks of one function. The first one gets the number first.
func cut(insts []*inst, first dest, t *Target) ([]*block, error) {
	index := make(map[int]int) // offset → index of the instruction
	for n, i := range insts {
		index[i.offset] = n
	}
	leader := make([]bool, len(insts)+1)
	leader[0] = true
	for n, i := range insts {
		if i.dest == inside {
			to, ok := index[i.offset+i.Target]
			if !ok {
				return nil, i.errorf("it jumps to %#x, where no instruction of the function starts", i.offset+i.Target)
			}
			leader[to] = true
		}
		if i.Flow != decode.Next {
			leader[n+1] = true
		}
	}
	number := make([]dest, len(insts)) // of the block that starts there
	last := first - 1
	for n := range insts {
		if leader[n] {
			last++
		}
		number[n] = last
	}
	var blocks []*block
	for n, i := range insts {
		if leader[n] {
			blocks = append(blocks, &block{taken: nowhere, next: nowhere})
		}
		b := blocks[len(blocks)-1]
		to := i.dest
		if to == inside {
			to = number[index[i.offset+i.Target]]
		}
		switch i.Flow {
		case decode.Jump:
			b.jump, b.next = i, to
			continue
		case decode.Cond:
			b.cond, b.taken = i, to
		case decode.Indirect:
			b.insts = append(b.insts, i)
			b.exit = isExit(i, t)
			continue
		default:
			b.insts = append(b.insts, i)
		}
		if n+1 == len(insts) {
			return nil, i.errorf("control falls off the end of the function")
		}
		if leader[n+1] { // control falls into the next block
			b.next = number[n+1]
		}
	}
	return blocks, nil
}

// simplify leads jumps to a block that only jumps on to where that goes, and
// drops conditions that make no difference.
func simplify(blocks []*block) {
	thread := func(d dest) dest {
		for range blocks { // a loop of empty blocks goes nowhere: give up after a round
			if d < 0 || len(blocks[d].insts) > 0 || blocks[d].cond != nil {
				break
			}
			d = blocks[d].next
		}
		return d
	}
	for _, b := range blocks {
		b.taken, b.next = thread(b.taken), thread(b.next)
		if b.taken == b.next {
			b.cond, b.taken = nil, nowhere
		}
	}
}

// reachable returns which blocks control can come to: from the entry, or through
// an address that is taken.
func reachable(blocks []*block) []bool {
	live := make([]bool, len(blocks))
	var visit func(d dest)
	visit = func(d dest) {
		if d < 0 || live[d] {
			return
		}
		live[d] = true
		b := blocks[d]
		visit(b.taken)
		visit(b.next)
		for _, i := range b.insts {
			visit(i.dest)
		}
	}
	visit(0)
	return live
}

// chill marks the blocks that lead to exits only. The first block stays where
// control enters, in the hot part.
func chill(blocks []*block, live []bool) {
	cold := func(d dest) bool { return d >= 0 && blocks[d].cold }
	for changed := true; changed; {
		changed = false
		for n, b := range blocks {
			if n == 0 || b.cold || !live[n] {
				continue
			}
			if b.exit || cold(b.next) && (b.cond == nil || cold(b.taken)) {
				b.cold, changed = true, true
			}
		}
	}
}

// hotOrder returns the order of the hot blocks: the entry first, each followed by
// one that it leads to where possible, and last one that leads to the
// continuation, so that no jump is needed there.
func hotOrder(blocks []*block, live []bool) []dest {
	last := nowhere
	for n, b := range blocks {
		if n > 0 && live[n] && !b.cold && (b.next == toCont || b.taken == toCont) {
			last = dest(n)
		}
	}
	return order(blocks, last, func(d dest) bool { return live[d] && !blocks[d].cold })
}

// coldOrder returns the order of the cold blocks.
func coldOrder(blocks []*block, live []bool) []dest {
	return order(blocks, nowhere, func(d dest) bool { return live[d] && blocks[d].cold })
}

// order chains the blocks that belong, the last one excepted.
func order(blocks []*block, last dest, belongs func(dest) bool) []dest {
	var list []dest
	free := func(d dest) bool { return d >= 0 && d != last && belongs(d) && !slices.Contains(list, d) }
	for n := range blocks {
		for d := dest(n); free(d); {
			list = append(list, d)
			b := blocks[d]
			if d = b.next; !free(d) {
				d = b.taken
			}
		}
	}
	if last != nowhere {
		list = append(list, last)
	}
	return list
}
