package linker

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/generated/amd64"
)

// randomItem returns an item of a stencil with values that its fields and holes can
// take.
func randomItem(set *stencils.Set, rng *rand.Rand, stencil, items int) Item {
	it := Item{
		Stencil: uint16(stencil), Imm: uint64(int64(int32(rng.Uint32()))),
		Target: uint32(rng.IntN(items)), PC: rng.Uint32(), Site: rng.Uint32() &^ 0xfff,
		D: uint16(rng.Uint32()), L: uint16(rng.Uint32()), R: uint16(rng.Uint32()),
	}
	s := &set.Stencils[stencil]
	for _, part := range []*stencils.Part{&s.Hot, &s.Cold} {
		for _, f := range set.FieldsOf(part) {
			for _, reg := range []struct {
				mask   uint64
				number *uint16
			}{{f.D, &it.D}, {f.L, &it.L}, {f.R, &it.R}} {
				if reg.mask != 0 {
					*reg.number %= 1 << set.RegBits
				}
			}
			if f.S != 0 {
				it.Target %= 1 << set.RegBits
			}
		}
		for _, h := range set.HolesOf(part) {
			if h.Kind == stencils.X86Abs64 {
				it.Imm = rng.Uint64()
			}
		}
	}
	return it
}

// TestShapes: what shapes say of the stencils of amd64 makes the same code as their
// fields and holes do, and the validator finds nothing wrong with it. Each stencil
// stands between others, at random.
func TestShapes(t *testing.T) {
	set := &amd64.Set
	rng := rand.New(rand.NewPCG(5, 6))
	var items []Item
	total := 4 * len(set.Stencils)
	for _, n := range rng.Perm(total) {
		stencil := n % len(set.Stencils)
		if slices.ContainsFunc(set.HolesOf(&set.Stencils[stencil].Hot), func(h stencils.Hole) bool { return h.Value == stencils.ValTable }) {
			stencil = int(set.Poll) // there are no jump tables here
		}
		items = append(items, randomItem(set, rng, stencil, total))
	}
	plan, code := link(t, set, items) // compares
	if err := plan.Validate(code); err != nil {
		t.Error(err)
	}
	if !littleEndian {
		return // shapes are not used
	}
	buf := bytes.Repeat([]byte{0xaa}, len(code)+stencils.Slack)
	if !plan.fast(buf) || !bytes.Equal(buf[:len(code)], code) {
		t.Error("the code was not made by shapes")
	}
	shaped := 0
	for i := range set.Stencils {
		if int(set.Stencils[i].Hot.Layout) < len(set.Shapes) {
			shaped++
		}
	}
	if shaped < len(set.Stencils)*7/10 {
		t.Errorf("only %d of %d stencils have a shape", shaped, len(set.Stencils))
	}
}

// TestShapesOutOfRange: the shortcut refuses what does not fit, and the error names
// the hole.
func TestShapesOutOfRange(t *testing.T) {
	set := &amd64.Set
	tested := 0
	for i := range set.Stencils {
		for _, h := range set.HolesOf(&set.Stencils[i].Hot) {
			it := Item{Stencil: uint16(i)}
			switch {
			case h.Value == stencils.ValImm && h.Kind == stencils.X86Abs32S:
				it.Imm = 1 << 31
			case h.Value == stencils.ValExtra && h.Kind == stencils.X86Abs32S:
				it.Target = 1 << 31
			case h.Value == stencils.ValExtra8 && h.Kind == stencils.X86Abs32S:
				it.Target = 1 << 28
			case h.Value == stencils.ValTarget:
				it.Target = 1
			default:
				continue
			}
			tested++
			plan, err := Layout(set, []Item{it})
			if err != nil {
				t.Fatal(err)
			}
			var hole *HoleError
			if err := plan.Emit(make([]byte, plan.Size+stencils.Slack)); !errors.As(err, &hole) {
				t.Errorf("stencil %d, hole %+v: %v", i, h, err)
			}
		}
	}
	if tested == 0 {
		t.Error("nothing is tested")
	}
}
