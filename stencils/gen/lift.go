package gen

import (
	"slices"
	"strings"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// lift turns a function into instructions. Every relocation becomes a hole of
// the instruction that it is in, or where the instruction goes.
func lift(fn *function, t *Target) ([]*inst, error) {
	var list []*inst
	relocs := fn.relocs
	for off := 0; off < len(fn.code); {
		d, err := t.Decode(fn.code[off:])
		if err != nil {
			return nil, fn.errorf(off, "%v", err)
		}
		i := &inst{Inst: d, fn: fn, offset: off, code: fn.code[off : off+d.Len : off+d.Len], dest: nowhere}
		if d.Flow == decode.Jump || d.Flow == decode.Cond {
			i.dest = inside
		}
		for len(relocs) > 0 && relocs[0].offset < off+d.Len {
			if err := i.relocate(&relocs[0], t); err != nil {
				return nil, err
			}
			relocs = relocs[1:]
		}
		if i.PCRel >= 0 && i.dest == nowhere {
			return nil, i.errorf("an address relative to the pc that nothing relocates")
		}
		list = append(list, i)
		off += d.Len
	}
	if len(relocs) > 0 {
		return nil, fn.errorf(relocs[0].offset, "a relocation for %s behind all instructions", relocs[0].symbol)
	}
	if len(list) == 0 {
		return nil, fn.errorf(-1, "it is empty")
	}
	joinLoads(list)
	return list, nil
}

// joinLoads tells jumps through a register of the loads in front of them. Nothing
// else may lead to such a jump.
func joinLoads(list []*inst) {
	entered := make(map[int]bool) // offsets that are jumped to
	for _, i := range list {
		if i.dest == inside {
			entered[i.offset+i.Target] = true
		}
	}
	for n, i := range list {
		if n > 0 && i.Flow == decode.Indirect && !i.Memory && !entered[i.offset] {
			i.through(list[n-1])
		}
	}
}

// through makes a jump through a register that the instruction in front of it loads
// a jump through memory, for targets that need two instructions for that.
func (i *inst) through(load *inst) {
	if load.Memory && load.Writes == decode.Set(i.Via) && len(load.holes) == 0 {
		i.Memory, i.Base, i.Disp = true, load.Base, load.Disp
	}
}

// aimAtTable gives the instruction a hole for the address of the jump table, or for
// a part of how far it is from there.
func (i *inst) aimAtTable(r *reloc, rel *Relocation, t *Target) error {
	switch {
	case i.Flow != decode.Next:
		return i.errorf("it jumps to %s, which is data", r.symbol)
	case !rel.Kind.Relative() || rel.Kind == 0:
		return i.errorf("%s for %s, which needs a distance", rel.Name, r.symbol)
	case r.addend != int64(int32(r.addend)):
		return i.errorf("%s for %s%+d: the addend is too large", rel.Name, r.symbol, r.addend)
	}
	if i.PCRel >= 0 {
		i.dest = toTable
	}
	i.holes = append(i.holes, stencils.Hole{Offset: uint16(r.offset - i.offset), Kind: rel.Kind, Value: stencils.ValTable, Addend: int32(r.addend)})
	return nil
}

// relocate consumes a relocation.
func (i *inst) relocate(r *reloc, t *Target) error {
	rel := t.Relocations[r.typ]
	at := r.offset - i.offset
	if at < 0 || at+rel.Size > i.Len {
		return i.errorf("%s for %s does not lie within the instruction", rel.Name, r.symbol)
	}
	if rel.Half {
		if r.addend != int64(i.offset) || i.PCRel < 0 || at == i.PCRel {
			return i.errorf("%s for the upper half at %#x, which is another instruction's", rel.Name, r.addend)
		}
		return nil
	}
	if places[r.symbol] == toTable {
		return i.aimAtTable(r, &rel, t)
	}
	if d, ok := places[r.symbol]; ok {
		want := 0
		if t.FromEnd {
			want = at - i.Len
		}
		switch {
		case !rel.PCRel || at != i.PCRel:
			return i.errorf("%s for %s: code is only jumped to, or its address taken relative to the pc (CODE_ADDRESS in abi.h)", rel.Name, r.symbol)
		case int(r.addend) != want:
			return i.errorf("%s for %s, but %+d bytes away from it", rel.Name, r.symbol, int(r.addend)-want)
		case i.Flow == decode.Next && (d == toTarget || i.Writes == 0):
			return i.errorf("it reads memory at %s, which is code", r.symbol)
		}
		i.dest = d
		return nil
	}
	v, ok := values[r.symbol]
	switch {
	case !ok:
		return i.errorf("%s for the unknown symbol %s", rel.Name, r.symbol)
	case rel.PCRel:
		return i.errorf("%s for %s: a value has no address", rel.Name, r.symbol)
	case r.addend != 0 && v != stencils.ValSite:
		// Clang computes with the values of holes as if they were addresses, and a
		// value near the end of its range would overflow.
		return i.errorf("%s for %s%+d: only a site may have an addend", rel.Name, r.symbol, r.addend)
	case r.addend != int64(int32(r.addend)):
		return i.errorf("%s for %s%+d: the addend is too large", rel.Name, r.symbol, r.addend)
	}
	kind := rel.Kind
	switch v {
	case stencils.ValSite, stencils.ValPC, stencils.ValExtra:
		if rel.Word != 0 {
			kind = rel.Word
		}
	case stencils.ValImm, stencils.ValImmHigh, stencils.ValImmLow:
		if rel.Imm != nil && !slices.Contains(rel.Imm, mnemonic(i.Text)) {
			return i.errorf("%s for %s: only %s is right for every number (IMM in abi.h)", rel.Name, r.symbol, strings.Join(rel.Imm, " or "))
		}
		if rel.Low != 0 {
			kind = rel.Low
		}
	}
	for k, b := range i.code[at : at+rel.Size] {
		if b&byte(kind.Bits()>>(8*k)) != 0 {
			return i.errorf("%s for %s: its bits are not zero", rel.Name, r.symbol)
		}
	}
	i.holes = append(i.holes, stencils.Hole{Offset: uint16(at), Kind: kind, Value: v, Addend: int32(r.addend)})
	return nil
}
