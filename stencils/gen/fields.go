package gen

import (
	"encoding/binary"
	"fmt"
	"slices"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen/decode"
)

// A renamingError says that an encoding depends on the register that is in it, so
// that another assignment must be tried.
type renamingError struct{ error }

// A place is a register field: the bit where it starts, counted from the part's
// first byte, and the operand whose register is there.
type place struct{ bit, role int }

// findFields finds where a part names the registers of its operands, clears these
// places, describes them in p.fields, and checks every renaming.
//
// Nothing is assumed about encodings. At each bit of an instruction where the
// register's number could be, every other register's number is written instead
// and the result decoded: it is a field if the instruction then is the same one
// but for one register.
func findFields(p *part, f *form, a assignment, t *Target) error {
	var places []place
	roles := f.roles()
	for _, ln := range p.lines {
		for role, is := range roles {
			if !is {
				continue
			}
			bits, err := instFields(p, ln, f.register(role, a, t), f.bank(role, t), t)
			if err != nil {
				return renamingError{fmt.Errorf("%w (operand %s)", err, roleNames[role])}
			}
			for _, b := range bits {
				places = append(places, place{b, role})
			}
		}
	}
	original := slices.Clone(p.code)
	for _, pl := range places {
		setBits(p.code, pl.bit, t.FieldBits, 0)
	}
	var err error
	if p.fields, err = groupFields(places, t); err != nil {
		return err
	}
	return checkRenamings(p, original, f, a, t)
}

// instFields returns the bits, counted from the part's first byte, at which an
// instruction names a register of the bank.
func instFields(p *part, ln line, r decode.Reg, bank []decode.Reg, t *Target) ([]int, error) {
	code := p.code[ln.at : ln.at+ln.size]
	want, err := t.Decode(code)
	if err != nil {
		return nil, ln.errorf("%v", err)
	}
	if !slices.Contains(want.Regs, r) {
		return nil, nil
	}
	taken := make(map[int]bool) // occurrences, as indices of Regs, that have a field
	var bits []int
	for bit := 0; bit+t.FieldBits <= 8*len(code); bit++ {
		if getBits(code, bit, t.FieldBits) != t.Number(r) || overlapsHole(p.holes, ln.at*8+bit, t.FieldBits) {
			continue
		}
		which, ok := renames(code, bit, want, r, bank, t)
		if !ok {
			continue
		}
		if taken[which] {
			return nil, ln.errorf("two places seem to name the same %s", t.name(r))
		}
		taken[which] = true
		bits = append(bits, ln.at*8+bit)
	}
	count := 0
	for _, x := range want.Regs {
		if x == r {
			count++
		}
	}
	if len(bits) != count {
		return nil, ln.errorf("it names %s %d times, but can be renamed in %d places only", t.name(r), count, len(bits))
	}
	return bits, nil
}

// renames reports whether the number of any register of the bank at a bit gives the
// same instruction but for one occurrence of r, and which occurrence that is.
func renames(code []byte, bit int, want decode.Inst, r decode.Reg, bank []decode.Reg, t *Target) (which int, ok bool) {
	which = -1
	changed := slices.Clone(code)
	for _, other := range bank {
		if other == r {
			continue
		}
		setBits(changed, bit, t.FieldBits, t.Number(other))
		got, err := t.Decode(changed)
		if err != nil || got.Len != want.Len || got.Shape != want.Shape || len(got.Regs) != len(want.Regs) {
			return 0, false
		}
		diff := -1
		for n := range got.Regs {
			if got.Regs[n] == want.Regs[n] {
				continue
			}
			if diff >= 0 || want.Regs[n] != r || got.Regs[n] != other {
				return 0, false
			}
			diff = n
		}
		if diff < 0 || which >= 0 && diff != which {
			return 0, false
		}
		which = diff
	}
	return which, true
}

func overlapsHole(holes []stencils.Hole, bit, n int) bool {
	for _, h := range holes {
		for k := range n {
			if at := bit + k - int(h.Offset)*8; at >= 0 && at < 64 && h.Kind.Bits()>>at&1 != 0 {
				return true
			}
		}
	}
	return false
}

func getBits(code []byte, bit, n int) uint8 {
	var v uint8
	for k := range n {
		v |= code[(bit+k)/8] >> ((bit + k) % 8) & 1 << k
	}
	return v
}

func setBits(code []byte, bit, n int, v uint8) {
	for k := range n {
		mask := byte(1) << ((bit + k) % 8)
		code[(bit+k)/8] &^= mask
		if v>>k&1 != 0 {
			code[(bit+k)/8] |= mask
		}
	}
}

// groupFields describes places by as few words of eight bytes as possible. A word
// starts behind the places of the one before: see stencils.Field.
func groupFields(places []place, t *Target) ([]stencils.Field, error) {
	slices.SortFunc(places, func(a, b place) int { return a.bit - b.bit })
	var fields []stencils.Field
	end := -1 // the first bit behind the place before
	for _, pl := range places {
		if pl.bit < end {
			return nil, fmt.Errorf("register fields overlap at bit %d", pl.bit)
		}
		end = pl.bit + t.FieldBits
		n := len(fields) - 1
		if n < 0 || end > int(fields[n].Offset)*8+64 {
			fields = append(fields, stencils.Field{Offset: uint16(pl.bit / 8 / t.InstAlign * t.InstAlign)})
			n++
		}
		f := &fields[n]
		mask := []*uint64{roleD: &f.D, roleL: &f.L, roleR: &f.R, roleS: &f.S}[pl.role]
		*mask |= 1 << (pl.bit - int(f.Offset)*8)
	}
	return fields, nil
}

// applyFields fills in registers as the linker does. The result has Slack bytes
// more than the code.
func applyFields(p *part, numbers [numRoles]uint8) []byte {
	code := append(slices.Clone(p.code), make([]byte, stencils.Slack)...)
	for _, f := range p.fields {
		at := code[f.Offset:]
		w := binary.LittleEndian.Uint64(at)
		w |= uint64(numbers[roleD])*f.D | uint64(numbers[roleL])*f.L | uint64(numbers[roleR])*f.R | uint64(numbers[roleS])*f.S
		binary.LittleEndian.PutUint64(at, w)
	}
	return code
}

// checkRenamings gives the operands every combination of registers that the form
// may meet and compares what is decoded with what should be. d is never the
// register of another operand, there are forms for that; l and r may be one, and s
// may be any of them.
func checkRenamings(p *part, original []byte, f *form, a assignment, t *Target) error {
	roles := f.roles()
	var want []decode.Inst
	for _, ln := range p.lines {
		d, err := t.Decode(original[ln.at:])
		if err != nil {
			return ln.errorf("%v", err)
		}
		want = append(want, d)
	}
	choices := func(role int) []decode.Reg {
		if roles[role] {
			return f.bank(role, t)
		}
		return f.bank(role, t)[:1] // without effect
	}
	for _, d := range choices(roleD) {
		for _, l := range choices(roleL) {
			for _, r := range choices(roleR) {
				if roles[roleD] && (roles[roleL] && d == l || roles[roleR] && d == r) {
					continue
				}
				for _, s := range choices(roleS) {
					regs := [numRoles]decode.Reg{d, l, r, s}
					code := applyFields(p, [numRoles]uint8{t.Number(d), t.Number(l), t.Number(r), t.Number(s)})
					for n, ln := range p.lines {
						if err := sameInst(code[ln.at:], want[n], regs, f, a, t); err != nil {
							return renamingError{ln.errorf("with d l r s in %s %s %s %s: %w", t.name(d), t.name(l), t.name(r), t.name(s), err)}
						}
					}
				}
			}
		}
	}
	return nil
}

// sameInst compares the first instruction of the code with the one wanted, whose
// registers are those of the assignment.
func sameInst(code []byte, want decode.Inst, regs [numRoles]decode.Reg, f *form, a assignment, t *Target) error {
	got, err := t.Decode(code)
	if err != nil {
		return err
	}
	ok := got.Len == want.Len && got.Shape == want.Shape && len(got.Regs) == len(want.Regs)
	for n := 0; ok && n < len(got.Regs); n++ {
		r := want.Regs[n]
		for role, is := range f.roles() {
			if is && want.Regs[n] == f.register(role, a, t) {
				r = regs[role]
			}
		}
		ok = got.Regs[n] == r
	}
	if !ok {
		return fmt.Errorf("it becomes %s", got.Text)
	}
	return nil
}

// errorf returns an error at the line.
func (ln line) errorf(format string, args ...any) error {
	return &lineError{ln, fmt.Errorf(format, args...)}
}

// A lineError is an error in code that has been rewritten: the template's place
// is where the instruction came from.
type lineError struct {
	line
	err error
}

func (e *lineError) Error() string {
	return e.fn.errorf(e.offset, "%s: %v", e.text, e.err).Error()
}

func (e *lineError) Unwrap() error { return e.err }
