package jit

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// TestOnePass: one pass makes the code that a plan makes, to the byte, of whole programs
// and of functions compiled apart.
func TestOnePass(t *testing.T) {
	if nativeBook() == nil {
		t.Skip("code is made by plans here")
	}
	programs := map[string]*ops.Program{
		"loop": sample.Program(sample.Loop), "fib": sample.Program(sample.Fib),
	}
	for _, p := range append(tiertest.Corpus(t), tiertest.Forms(t)...) {
		programs[p.Name] = p.Program
	}
	for seed := range uint64(300) {
		programs[string(rune('0'+seed))] = tiertest.Random(rand.New(rand.NewPCG(seed, 1))).Program
	}
	var pass linker.Pass
	for name, p := range programs {
		code, err := onePass(&pass, nativeBook(), p)
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		plan, _ := mapCode(p, false)
		samePlan(t, name, code, plan)
		for id := range ops.FuncID(p.NumFuncs()) {
			code, err := onePassFunc(&pass, apartBook(), p, id)
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
			plan, _ := mapFunc(p, id, false)
			samePlan(t, name+", apart", code, plan)
		}
	}
}

func samePlan(t *testing.T, name string, code []byte, plan *linker.Plan) {
	t.Helper()
	want := make([]byte, plan.Size+stencils.Slack)
	if err := plan.Emit(want); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	if want = want[:plan.Size]; !bytes.Equal(code, want) {
		t.Errorf("%s: one pass makes %d bytes, a plan %d, and they are not the same", name, len(code), len(want))
	}

}
