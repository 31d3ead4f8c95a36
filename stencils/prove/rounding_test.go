package prove

import (
	"encoding/binary"
	"errors"
	"testing"
	"time"

	table "github.com/copyjit/copyjit/stencils/generated/riscv64"
)

// A conversion that rounds in another way makes another operation of one that rounds: each
// way proves one of them and is refuted for the others.
func TestRoundingModes(t *testing.T) {
	if testing.Short() {
		t.Skip("asks the solver")
	}
	solver, err := NewSolver(time.Minute)
	if errors.Is(err, ErrNoSolver) {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	}
	defer solver.Close()
	modes := map[string]uint32{"fnearest": 0, "ftrunc": 1, "ffloor": 2, "fceil": 3}
	all, err := forms(&table.Set)
	if err != nil {
		t.Fatal(err)
	}
	tried := 0
	for _, f := range all {
		right, ok := modes[f.op()]
		if !ok || f.title() != f.op()+"_rr" {
			continue
		}
		part := table.Set.Stencils[f.stencil].Hot
		for at := int(part.Code); at < int(part.Code)+int(part.Size); at += 4 {
			v := rv{w: binary.LittleEndian.Uint32([]byte(table.Set.Code[at:][:4]))}
			if v.w&0x7f != 0x53 || v.f7()>>2 != 0x18 {
				continue // not a conversion to an integer
			}
			for mode := range uint32(4) {
				set, code := table.Set, []byte(table.Set.Code)
				binary.LittleEndian.PutUint32(code[at:], v.w&^(7<<12)|mode<<12)
				set.Code = string(code)
				p := &prover{target: targets["riscv64"], set: &set, solver: solver}
				want := Refuted
				if mode == right {
					want = Proved
				}
				if r := p.prove(f); r.Verdict != want {
					t.Errorf("%s, rounding in the way %d: %v, want %v: %v", f.title(), mode, r.Verdict, want, r.Err)
				}
				tried++
			}
		}
	}
	if tried != 4*4 {
		t.Errorf("only %d ways tried", tried)
	}
}
