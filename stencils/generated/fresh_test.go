// Package generated_test checks the generated tables: that they are what their
// inputs give, and that they are complete.
package generated_test

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen"
	"github.com/copyjit/copyjit/stencils/gen/rows"
	"github.com/copyjit/copyjit/stencils/generated/amd64"
	"github.com/copyjit/copyjit/stencils/generated/arm64"
	"github.com/copyjit/copyjit/stencils/generated/riscv64"
)

var regenerate = flag.Bool("regenerate", false, "compile all templates again and compare the tables")

const stale = "the tables of %s are stale: run go generate ./stencils"

// A target is what the tests need of a generated package.
type target struct {
	set   *stencils.Set
	names []string
	sum   string
}

var targets = map[string]target{
	"amd64":   {&amd64.Set, lines(amd64.Names), amd64.Sum},
	"arm64":   {&arm64.Set, lines(arm64.Names), arm64.Sum},
	"riscv64": {&riscv64.Set, lines(riscv64.Names), riscv64.Sum},
}

func lines(text string) []string { return strings.Split(strings.TrimSuffix(text, "\n"), "\n") }

// The tables are as they were made: no number in them has changed since. This
// needs no clang either.
func TestSum(t *testing.T) {
	for name, tgt := range targets {
		if got := tgt.set.Sum(); got != tgt.sum {
			t.Errorf("the tables of %s are corrupted: their sum is %s, the generator wrote %s; run make stencils", name, got, tgt.sum)
		}
	}
}

// The tables come from the templates, the operation table, the flags and the
// generator as they are now. This needs no clang.
func TestDigest(t *testing.T) {
	for _, name := range gen.Targets() {
		digest, clang, err := gen.ReadHeader(filepath.Join(name, gen.TableFile))
		if err != nil {
			t.Fatal(err)
		}
		if major, _, _ := strings.Cut(clang, "."); major != gen.ClangMajor {
			t.Errorf("%s was made with clang %s; the generator wants %s", name, clang, gen.ClangMajor)
		}
		want, err := gen.Digest("../..", name, clang, rows.All())
		if err != nil {
			t.Fatal(err)
		}
		if digest != want {
			t.Errorf(stale, name)
		}
	}
}

// Generating again gives the same bytes, and nothing else lies beside them.
func TestRegenerate(t *testing.T) {
	if !*regenerate {
		t.Skip("takes minutes: with -regenerate; make check-stencils compares the bytes too")
	}
	for _, name := range gen.Targets() {
		files, err := gen.Generate(gen.Options{Root: "../..", Target: name, Rows: rows.All()})
		if errors.Is(err, gen.ErrNoClang) {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		if err := gen.Write(dir, files); err != nil {
			t.Fatal(err)
		}
		_, made, err := gen.ReadHeader(filepath.Join(name, gen.TableFile))
		if err != nil {
			t.Fatal(err)
		}
		if _, here, err := gen.ReadHeader(filepath.Join(dir, gen.TableFile)); err != nil {
			t.Fatal(err)
		} else if here != made {
			t.Skipf("clang %s is here; the tables of %s were made with %s", here, name, made)
		}
		if err := gen.Compare(name, files); err != nil {
			t.Errorf(stale+"\n%v", name, err)
		}
		if err := gen.Write(dir, files); err != nil {
			t.Errorf("writing again: %v", err)
		}
		orphan := filepath.Join(dir, "old.go")
		if err := os.WriteFile(orphan, []byte("package old\n"), 0o666); err != nil {
			t.Fatal(err)
		}
		if err := gen.Compare(dir, files); err == nil || !strings.Contains(err.Error(), "orphan") {
			t.Errorf("an orphan gives %v", err)
		}
		if err := gen.Write(dir, files); err == nil {
			t.Error("a file that was not generated is deleted")
		}
	}
}

func TestEveryTargetIsTested(t *testing.T) {
	for _, name := range gen.Targets() {
		if targets[name].set == nil {
			t.Errorf("no test of %s", name)
		}
	}
}

// Every target has its file wherever targets are known, so that one of which a
// piece is missing is not taken for done.
func TestTargetFiles(t *testing.T) {
	for _, name := range gen.Targets() {
		for _, pattern := range []string{
			"c/abi_%s.h", "gen/%s.go", "gen/decode/%s.go", "gen/testdata/reject/%s",
			"../linker/%s.go", "../jit/target_%s.go", "../jit/enter_%s.s",
			"../internal/codemem/arch_*%s.go", "../internal/codemem/call_*%s.s", "../internal/codemem/code_%s_test.go",
		} {
			pattern = filepath.Join("..", strings.ReplaceAll(pattern, "%s", name))
			if files, err := filepath.Glob(pattern); err != nil || len(files) != 1 {
				t.Errorf("%d files %s, want one", len(files), pattern)
			}
		}
	}
}

func TestCheck(t *testing.T) {
	for name, tg := range targets {
		if err := tg.set.Check(); err != nil {
			t.Error(err)
		}
		if tg.set.Target != name || len(tg.set.Regs) != ops.NumRegs+2*ops.NumFRegs || len(tg.names) != len(tg.set.Stencils) {
			t.Errorf("%s: target %s, %d registers, %d names of %d stencils", name, tg.set.Target, len(tg.set.Regs), len(tg.names), len(tg.set.Stencils))
		}
	}
}

// Every operation, with any operands that the table allows, has a stencil under
// the key that its operands' numbers give; other keys have none.
func TestIndex(t *testing.T) {
	for name, tg := range targets {
		want := make([]bool, ops.NumCodes<<stencils.KeyBits)
		for _, code := range ops.Codes() {
			info := code.Info()
			for _, d := range operands(info.D) {
				for _, l := range operands(info.L) {
					for _, r := range operands(info.R) {
						want[key(code, d, l, r)] = true
					}
				}
			}
		}
		if len(tg.set.Index) != len(want) {
			t.Fatalf("%s: %d keys; want %d", name, len(tg.set.Index), len(want))
		}
		for k := range want {
			if want[k] && tg.set.Index[k] == 0 {
				t.Errorf("%s: %s has no stencil for the key %#x", name, ops.Code(k>>stencils.KeyBits), k)
			}
			if same := k & 7; tg.set.Index[k] != 0 && same != 0 && same&(same-1) != 0 && same != 7 {
				t.Errorf("%s: the contradictory key %#x has a stencil", name, k)
			}
		}
	}
}

// An operand is what a key says of it, and its number.
type operand struct{ kind, number int }

const noPlace = 14 // as in ops: what has no place

// operands returns three operands of each kind, so that all coincidences occur.
func operands(kinds ops.Kinds) (list []operand) {
	if kinds.Has(ops.KindNone) {
		list = append(list, operand{0, noPlace})
	}
	for n := range 3 {
		if kinds.Has(ops.KindReg) || kinds.Has(ops.KindFReg) {
			list = append(list, operand{ops.FormReg, n})
		}
		if kinds.Has(ops.KindSlot) {
			list = append(list, operand{ops.FormSlot, ops.FirstSlot + n})
		}
	}
	if kinds.Has(ops.KindImm) {
		list = append(list, operand{ops.FormImm32, noPlace}, operand{ops.FormImm64, noPlace})
	}
	return list
}

func key(code ops.Code, d, l, r operand) int {
	same := 0
	for _, c := range []struct {
		a, b operand
		bit  int
	}{{d, l, stencils.SameDL}, {d, r, stencils.SameDR}, {l, r, stencils.SameLR}} {
		if c.a.number == c.b.number {
			same |= c.bit
		}
	}
	return int(code)<<stencils.KeyBits | (d.kind<<4|l.kind<<2|r.kind)<<stencils.CoincidenceBits | same
}

// The C templates and Go mean the same by their numbers.
func TestFacts(t *testing.T) {
	want := map[string]int{
		"ExitReturn": int(ops.ExitReturn), "ExitTrap": int(ops.ExitTrap),
		"ExitEntry": int(ops.ExitEntry), "ExitSafepoint": int(ops.ExitSafepoint),
		"ReasonExplicit": int(ops.ReasonExplicit), "ReasonStackOverflow": int(ops.ReasonStackOverflow),
		"ReasonDivideByZero": int(ops.ReasonDivideByZero), "ReasonIntegerOverflow": int(ops.ReasonIntegerOverflow),
		"FrameSlots": 8 * ops.HeaderWords,
	}
	for name, tg := range targets {
		for fact, n := range want {
			if got, ok := tg.set.Fact(fact); !ok || got != uint64(n) {
				t.Errorf("%s: %s is %d in C and %d in Go", name, fact, got, n)
			}
		}
	}
}

// minimal is how many bytes the hot parts of the stencils have that loops are made
// of: the first of each that the layout tries, where values are small and places near.
var minimal = []struct {
	name                  string
	amd64, arm64, riscv64 int
}{
	{"mov_rr", 3, 4, 4},
	{"mov_rr_dl", 0, 0, 0},
	{"mov_rs", 7, 4, 4},        // mov d, [l]
	{"add_rrr", 6, 4, 4},       // mov d, l; add d, r
	{"add_rrr_dl", 3, 4, 4},    // add d, r
	{"add_rri", 8, 4, 4},       // lea d, [l+imm]
	{"add_rri_dl", 7, 4, 4},    // add d, imm
	{"sub_rri_dl", 7, 4, 8},    // sub d, imm; riscv64 needs it in a register
	{"mul_rri", 7, 8, 8},       // imul d, l, imm; the others need it in a register
	{"add_ssi_dl", 11, 12, 12}, // add [d], imm
	{"add_rrw", 13, 20, 28},    // mov d, imm; add d, l
	{"blt_rr", 9, 8, 4},        // cmp l, r; jl target
	{"beq_rr", 9, 8, 4},        // cmp l, r; je target
	{"beq_ri", 13, 8, 8},       // cmp l, imm; je target
	{"jump", 5, 4, 4},          // jmp target
	{"call", 29, 20, 28},       // lea rax, [behind]; add fp, imm; mov [fp], rax; jmp target; sub fp, imm
	{"return", 2, 8, 8},        // jmp [fp]
	{"poll", 14, 12, 12},       // mov rax, [ctx+16]; cmp [rax], 0; js cold
	{"entry", 31, 28, 24},      // lea rax, [fp+imm]; cmp rax, [ctx+24]; ja cold; and the poll
}

func TestMinimal(t *testing.T) {
	for _, m := range minimal {
		for target, want := range map[string]int{"amd64": m.amd64, "arm64": m.arm64, "riscv64": m.riscv64} {
			tg := targets[target]
			n := slices.IndexFunc(tg.names, func(s string) bool { return slices.Contains(strings.Fields(s), m.name) })
			if n < 0 {
				t.Errorf("%s: no stencil %s", target, m.name)
			} else if got := int(tg.set.Stencils[n].Hot.Size); got != want {
				t.Errorf("%s: %s has %d bytes; want %d", target, m.name, got, want)
			}
		}
	}
}

// The tables cost a program nothing when it starts: they are data, and no code
// makes them.
func TestNoInit(t *testing.T) {
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("there is no go command")
	}
	for name := range targets {
		path := "github.com/copyjit/copyjit/stencils/generated/" + name
		// As the target's own programs have it: compilers for 32 bits fill tables
		// of 64-bit words at start-up, but there nothing imports them.
		list := exec.Command(goTool, "list", "-export", "-f", "{{.Export}}", path)
		list.Env = append(os.Environ(), "GOARCH="+name)
		archive, err := list.Output()
		if err != nil {
			t.Skipf("go list: %v", err)
		}
		symbols, err := exec.Command(goTool, "tool", "nm", "-size", strings.TrimSpace(string(archive))).Output()
		if err != nil {
			t.Skipf("go tool nm: %v", err)
		}
		seen := false
		for line := range strings.Lines(string(symbols)) {
			f := strings.Fields(line) // address size type name
			if len(f) < 4 {
				continue
			}
			seen = seen || f[3] == path+".Set"
			// The compiler writes an init that only returns, and then doesn't call it.
			const onlyReturns = 16
			if size, err := strconv.Atoi(f[1]); f[2] == "T" && (err != nil || size > onlyReturns) {
				t.Errorf("%s has code: %s", name, line)
			}
		}
		if !seen {
			t.Errorf("go tool nm does not show the tables of %s", name)
		}
	}
}
