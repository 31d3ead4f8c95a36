package jit

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/internal/tiertest"
	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// TestFlippedBits: whatever bit of compiled code changes, the validator names
// the item and the offset.
func TestFlippedBits(t *testing.T) {
	e := native(t, Tuning{})
	programs := []*ops.Program{sample.Program(sample.Loop), sample.Program(sample.Fib)}
	for _, p := range tiertest.Corpus(t) {
		programs = append(programs, p.Program)
	}
	bits := 0
	for _, p := range programs {
		c := mustCompile(t, e, p)
		code := slices.Clone(e.mem.Writable(c.block)[:c.size])
		plan, _ := mapCode(p, false)
		if err := plan.Validate(code); err != nil {
			t.Fatal(err)
		}
		for bit := range 8 * min(len(code), 600) {
			code[bit/8] ^= 1 << (bit % 8)
			var bad *linker.CodeError
			if err := plan.Validate(code); !errors.As(err, &bad) {
				t.Fatalf("bit %d of byte %#x: %v", bit%8, bit/8, err)
			}
			code[bit/8] ^= 1 << (bit % 8)
			bits++
		}
		c.Close()
	}
	t.Logf("%d bits flipped, all found", bits)
}

// TestCorruptedSet: a table that is not as generated is found by its sum, and
// by Check where it would lead outside.
func TestCorruptedSet(t *testing.T) {
	if nativeSet == nil {
		t.Skip("there are no stencils for this platform")
	}
	if err := nativeSet.Check(); err != nil {
		t.Fatal(err)
	}
	sum := nativeSet.Sum()
	set := *nativeSet
	code := set.Code
	for i := 0; i < len(code); i += 1 + len(code)/300 { // a sum of all takes a while
		set.Code = code[:i] + string([]byte{code[i] ^ 0x10}) + code[i+1:]
		if set.Sum() == sum {
			t.Fatalf("byte %d of the code changes and the sum does not", i)
		}
	}
	set.Code = code
	set.Stencils = slices.Clone(set.Stencils)
	set.Stencils[9].Hot.Code = uint32(len(set.Code))
	if err := set.Check(); err == nil || !strings.Contains(err.Error(), "stencil 9, hot part") {
		t.Errorf("a stencil behind the end: %v", err)
	}
}

// TestHoleOutOfRange: an operand that no hole can hold is an error that names
// function, pc and hole, not a wrong byte.
func TestHoleOutOfRange(t *testing.T) {
	e := native(t, Tuning{})
	p := mustParse(t, "func f () (i)\n mov a, 5\n return\n")
	if err := e.work.sel.run(nativeSet, p); err != nil {
		t.Fatal(err)
	}
	e.work.sel.items[1].Imm = 1 << 40
	plan, err := linker.Layout(nativeSet, e.work.sel.items)
	if err != nil {
		t.Fatal(err)
	}
	err = e.work.sel.explain(p, plan.Emit(make([]byte, plan.Size+stencils.Slack)))
	if err == nil || !strings.Contains(err.Error(), "function f, pc 0: linker: item 1") || !strings.Contains(err.Error(), " imm): the value 1099511627776 is out of range") {
		t.Errorf("got %v", err)
	}
}

// TestMissingStencil: a set that lacks a form says which.
func TestMissingStencil(t *testing.T) {
	if nativeSet == nil {
		t.Skip("there are no stencils for this platform")
	}
	set := *nativeSet
	set.Index = make([]uint16, len(set.Index))
	var sel selector
	err := sel.run(&set, mustParse(t, "func f ()\n return\n"))
	if err == nil || !strings.Contains(err.Error(), "function f, pc 0: no stencil for return") {
		t.Errorf("got %v", err)
	}
}

// TestCoverage: every form of every operation that verifies has a stencil, under
// every coincidence of its operands.
func TestCoverage(t *testing.T) {
	if nativeSet == nil {
		t.Skip("there are no stencils for this platform")
	}
	keys := map[uint32]bool{}
	for _, p := range tiertest.Forms(t) {
		for id := range ops.FuncID(p.NumFuncs()) {
			for pc := range p.Func(id).Len() {
				op := &p.Ops(id)[pc]
				key := rareKeyOf(op)
				if nativeSet.Index[key] == 0 {
					t.Errorf("%s has no stencil", p.OpString(id, pc))
				}
				for _, i := range nativeSet.TwinsOf(nativeSet.Index[key] - 1) { // see TestTwins
					keys[uint32(i)] = true
				}
			}
		}
	}
	for _, special := range []uint16{nativeSet.Entry, nativeSet.Poll, nativeSet.Linked, nativeSet.Unlinked} {
		for _, i := range nativeSet.TwinsOf(special) {
			keys[uint32(i)] = true
		}
	}
	missing := 0
	for i := range nativeSet.Stencils {
		if !keys[uint32(i)] {
			t.Errorf("no test of forms selects the stencil %s", nativeName(i))
			missing++
		}
	}
	t.Logf("%d of %d stencils selected by the tests of forms", len(nativeSet.Stencils)-missing, len(nativeSet.Stencils))
}

// TestDeterministic: compiling again gives the same bytes, on which the maps
// made later rely.
func TestDeterministic(t *testing.T) {
	e := native(t, Tuning{})
	for _, p := range tiertest.Corpus(t) {
		a, b := mustCompile(t, e, p.Program), mustCompile(t, e, p.Program)
		x, y := e.mem.Writable(a.block)[:a.size], e.mem.Writable(b.block)[:b.size]
		if !reflect.DeepEqual(x, y) {
			t.Errorf("%s: two compilations differ", p.Name)
		}
		a.Close()
		b.Close()
	}
}
