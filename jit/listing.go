package jit

import (
	"slices"
	"strings"
	"sync"

	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// A Piece is the copy of one part of a stencil in a Code.
type Piece struct {
	Func    ops.FuncID
	PC      int    // the operation that it belongs to
	Stencil string // the stencil's name
	Op      bool   // it is the operation's own; otherwise an entry or a poll before it
	Cold    bool   // it is the cold part
	Table   bool   // it is the operation's jump table, words of 32 bits: how far each label is from its word
	Offset  int    // from the start of the code, in bytes
	Code    []byte // the finished bytes
	Patches []Patch
}

// A Patch is a hole and what was written into it.
type Patch struct {
	Offset int // from the start of the piece
	Kind   stencils.Kind
	Value  stencils.Value
	Number int64 // value and addend; of an address, where in the code it is
}

// Exit returns what a number says that is a stencils.ValSite: why code leaves there
// and, if that is a trap, what traps.
func (p *Patch) Exit() (ops.Exit, ops.Reason) {
	return ops.Exit(p.Number & exitMask), ops.Reason(p.Number >> reasonShift & reasonMask)
}

// nativeName returns the name of a stencil.
func nativeName(i int) string { return splitNames()[i] }

var splitNames = sync.OnceValue(func() []string { return strings.Split(nativeNames, "\n") })

// Pieces returns what the machine code consists of, in the order of offsets, or
// nil if there is none or the code is closed. Of a Code that Prepare has made it
// returns what each function that is compiled consists of, in the order of the
// functions; offsets then count from the start of the function.
func (c *Code) Pieces() []Piece {
	e := c.engine
	e.mu.Lock()
	defer e.mu.Unlock()
	if c.size == 0 || c.state.Load() == codeFreed || e.mem == nil {
		return nil
	}
	a := c.apart()
	if a == nil {
		plan, _ := mapCode(c.program, e.counts)
		return piecesOf(plan, e.mem.Writable(c.block), e.counts)
	}
	var pieces []Piece
	for i := range a.units {
		if u := a.units[i].Load(); u != nil {
			plan, _ := mapFunc(c.program, u.id, e.counts)
			pieces = append(pieces, piecesOf(plan, e.mem.Writable(u.block), e.counts)...)
		}
	}
	return pieces
}

// labelBytes is the size of a label in a jump table.
const labelBytes = 4

// piecesOf returns what code consists of, in the order of offsets.
func piecesOf(plan *linker.Plan, code []byte, counts bool) []Piece {
	var pieces []Piece
	notOps := append(nativeSet.TwinsOf(nativeSet.Entry), nativeSet.TwinsOf(nativeSet.Poll)...)
	for i := range plan.Items {
		it := &plan.Items[i]
		s := &nativeSet.Stencils[it.Stencil]
		site := siteOf(it)
		piece := Piece{Func: site.Func, PC: site.PC, Stencil: nativeName(int(it.Stencil))}
		piece.Op = !slices.Contains(notOps, it.Stencil) && !(counts && i > 0 && slices.Contains(notOps, plan.Items[i-1].Stencil))
		table := 0
		for _, part := range []struct {
			*stencils.Part
			at   int
			cold bool
		}{{&s.Hot, plan.Offset(i), false}, {&s.Cold, plan.ColdOffset(i), true}} {
			if part.Size == 0 {
				continue
			}
			p := piece
			p.Cold, p.Offset = part.cold, part.at
			p.Code = slices.Clone(code[part.at : part.at+int(part.Size)])
			for _, h := range nativeSet.HolesOf(part.Part) {
				number, _ := plan.Value(i, &h) // it was there when the code was made
				patch := Patch{Offset: int(h.Offset), Kind: h.Kind, Value: h.Value, Number: number}
				switch {
				case h.Value == stencils.ValTarget || h.Value == stencils.ValTable:
					// The addend makes up for counting from elsewhere than the hole.
					patch.Number -= int64(h.Addend)
				case h.Kind == stencils.X86PC32:
					patch.Number += int64(h.Kind.Width()) // likewise: from behind the hole
				}
				p.Patches = append(p.Patches, patch)
				if h.Value == stencils.ValTable {
					table = int(patch.Number)
				}
			}
			pieces = append(pieces, p)
		}
		if table != 0 {
			piece.Table, piece.Offset = true, table
			piece.Code = slices.Clone(code[table : table+labelBytes*int(it.Imm+1)]) // and the default
			pieces = append(pieces, piece)
		}
	}
	slices.SortStableFunc(pieces, func(a, b Piece) int { return a.Offset - b.Offset })
	return pieces
}
