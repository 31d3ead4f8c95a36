package bpf

import (
	"github.com/copyjit/copyjit/ops"
)

// A filter becomes one function:
//
//	a      A, at first 0; the result
//	x      X, at first 0
//	y      the length of the packet
//	o      0, for addresses and selects
//	[0] …  M[0] …, as many as it uses
//
// Registers and slots hold 32 bits, zeros above. The packet is the linear memory: a
// load that is not all within it traps, as does a division by 0, and Run answers 0
// then.
var signature = ops.MakeSignature(
	[]ops.Type{ops.Int, ops.Int, ops.Int, ops.Int},
	[]ops.Type{ops.Int})

// A dialect is what filters mean where there are two opinions.
type dialect uint8

const (
	netDialect    dialect = iota // x/net/bpf's
	kernelDialect                // Linux'
)

// A translator makes programs of filters. Its memory is reused.
type translator struct {
	b      *ops.Builder
	labels []ops.Label // per instruction: its label, 0 if nothing has jumped there yet
	far    []farLoad
	raw    []RawInstruction // for checkNet
	vms    *vmChunk
}

// A farLoad is a load whose address may be one of the kernel's special offsets: what
// it does then stands behind the filter.
type farLoad struct {
	at, back ops.Label
	code     ops.Code
}

// translate makes a program of a filter that has been checked.
func (t *translator) translate(f *filter) (*ops.Program, error) {
	b, raw := t.b, f.raw
	var slots int
	var unset uint16
	if f.scratch {
		slots, unset = scratch(raw)
	}
	b.Grow(len(raw) + len(raw)/4 + 4) // or a little more
	b.Func("filter", signature, slots)
	for i := range slots {
		if unset>>i&1 != 0 {
			b.Mov(ops.Slot(i), ops.Imm(0))
		}
	}
	b.Label() // the one that stands for none
	t.labels = append(t.labels[:0], make([]ops.Label, len(raw))...)
	t.far = t.far[:0]
	reached := true // by the instruction before
	for i := range raw {
		r := &raw[i]
		if l := t.labels[i]; l != 0 {
			b.Bind(l)
		} else if !reached {
			continue // no operation may be unreachable
		}
		reached = t.instruction(r, i, f.dialect)
	}
	for _, f := range t.far {
		t.farLoad(f)
	}
	return b.Build()
}

// label returns the label of an instruction.
func (t *translator) label(i int) ops.Label {
	if t.labels[i] == 0 {
		t.labels[i] = t.b.Label()
	}
	return t.labels[i]
}

// word returns an immediate for operations that read 32 bits of it.
func word(k uint32) ops.Operand { return ops.Imm(int64(int32(k))) }

// set appends dst = k.
func (t *translator) set(dst ops.Operand, k uint32) {
	if int32(k) >= 0 {
		t.b.Mov(dst, ops.Imm(int64(k)))
	} else {
		t.b.Op(ops.Add32, dst, ops.O, word(k)) // shorter than an immediate of 64 bits
	}
}

// instruction appends what instruction i does, and reports whether the next one is
// reached from it.
func (t *translator) instruction(r *RawInstruction, i int, d dialect) bool {
	b, row := t.b, &rows[r.Op]
	switch row.kind {
	case loadAbs, loadMsh:
		return t.load(row, r.K, d)
	case loadInd:
		if d == kernelDialect {
			t.loadAnywhere(row, r.K)
		} else {
			b.Load(row.code, ops.A, ops.X, r.K)
		}
	case loadLen:
		b.Mov(row.dst, ops.Y)
	case loadImm:
		t.set(row.dst, r.K)
	case loadMem:
		b.Mov(row.dst, ops.Slot(int(r.K)))
	case store:
		b.Mov(ops.Slot(int(r.K)), row.dst)
	case alu:
		if r.K > 31 && (row.code == ops.Shl32 || row.code == ops.Shr32) {
			b.Mov(ops.A, ops.Imm(0)) // the kernel refuses it
		} else {
			b.Op(row.code, ops.A, ops.A, word(r.K))
		}
	case aluX:
		b.Op(row.code, ops.A, ops.A, ops.X)
		if d == netDialect && (row.code == ops.Shl32 || row.code == ops.Shr32) {
			b.Select(ops.SelGeU32, ops.A, ops.X, ops.Imm(32), ops.O)
		}
	case negate:
		b.Op(ops.Neg32, ops.A, ops.A, ops.Operand{})
	case copyAX:
		if row.dst == ops.X {
			b.Mov(ops.X, ops.A)
		} else {
			b.Mov(ops.A, ops.X)
		}
	case jump:
		if r.K == 0 {
			return true
		}
		b.Jump(t.label(i + 1 + int(r.K)))
		return false
	case branch:
		return t.branch(row, word(r.K), i+1+int(r.Jt), i+1+int(r.Jf), i+1)
	case branchX:
		return t.branch(row, ops.X, i+1+int(r.Jt), i+1+int(r.Jf), i+1)
	case retK:
		t.set(ops.A, r.K)
		b.Return()
		return false
	case retA:
		b.Return()
		return false
	case unknown:
		b.Mov(ops.A, ops.Imm(int64(r.K))) // for Run
		b.Trap(0)
		return false
	}
	return true
}

// branch appends a jump to one of two instructions, where next is the one that comes
// now, and reports whether that is reached without a jump.
func (t *translator) branch(row *row, r ops.Operand, yes, no, next int) bool {
	switch {
	case yes == no && no == next:
		return true
	case yes == no:
		t.b.Jump(t.label(yes))
		return false
	case yes == next:
		t.b.Branch(row.other, ops.A, r, t.label(no))
		return true
	}
	t.b.Branch(row.code, ops.A, r, t.label(yes))
	if no == next {
		return true
	}
	t.b.Jump(t.label(no))
	return false
}

// load appends a load from a known address.
func (t *translator) load(row *row, k uint32, d dialect) bool {
	b := t.b
	if d == kernelDialect && k >= 1<<31 {
		switch {
		case k >= networkOffset:
			k = k - networkOffset + networkHeader
		case k >= linkOffset:
			k -= linkOffset
		default: // nowhere
			b.Mov(ops.A, ops.Imm(0))
			b.Return()
			return false
		}
	}
	if row.kind == loadMsh {
		b.Load(row.code, ops.X, ops.O, k)
		b.Op(ops.And32, ops.X, ops.X, ops.Imm(15))
		b.Op(ops.Shl32, ops.X, ops.X, ops.Imm(2))
	} else {
		b.Load(row.code, ops.A, ops.O, k)
	}
	return true
}

// loadAnywhere appends a load from X + k as the kernel understands it: modulo 2³²,
// and numbers that are negative with a sign are special offsets.
func (t *translator) loadAnywhere(row *row, k uint32) {
	b := t.b
	f := farLoad{b.Label(), b.Label(), row.code}
	b.Op(ops.Add32, ops.A, ops.X, word(k))
	b.Branch(ops.BLt32, ops.A, ops.Imm(0), f.at)
	b.Load(row.code, ops.A, ops.A, 0)
	b.Bind(f.back)
	t.far = append(t.far, f)
}

// farLoad appends what a load does with a special offset, which is in A.
func (t *translator) farLoad(f farLoad) {
	const network = networkOffset - linkOffset
	b := t.b
	link := b.Label()
	b.Bind(f.at)
	b.Op(ops.Sub32, ops.A, ops.A, word(linkOffset&(1<<32-1)))
	b.Branch(ops.BLtU32, ops.A, ops.Imm(network), link)
	// What was between 2³¹ and linkOffset stays about there: behind every packet.
	b.Op(ops.Sub32, ops.A, ops.A, ops.Imm(network-networkHeader))
	b.Bind(link)
	b.Load(f.code, ops.A, ops.A, 0)
	b.Jump(f.back)
}

// scratch returns how many words of scratch memory a filter has, and which may be
// read before they are written, as bits.
func scratch(raw []RawInstruction) (words int, unset uint16) {
	reads := false
	for i := range raw {
		switch rows[raw[i].Op].kind {
		case loadMem:
			reads = true
			fallthrough
		case store:
			words = max(words, int(raw[i].K)+1)
		}
	}
	if reads {
		unset, _ = unsetScratch(raw)
	}
	return words, unset
}
