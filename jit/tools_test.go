package jit

import (
	"os"
	"runtime"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/internal/perfmap"
	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// TestParseTools: tools by their names, in any order, and what is none.
func TestParseTools(t *testing.T) {
	for text, want := range map[string]Tools{
		"":                    0,
		"gdb":                 ToolGDB,
		"gdb,perfmap":         ToolPerfMap | ToolGDB,
		"jitdump,,jitdump":    ToolJITDump,
		"perfmap,jitdump,gdb": ToolPerfMap | ToolJITDump | ToolGDB,
	} {
		got, err := ParseTools(text)
		if err != nil || got != want {
			t.Errorf("ParseTools(%q) = %v, %v", text, got, err)
		}
		if again, err := ParseTools(got.String()); again != want || err != nil {
			t.Errorf("ParseTools(%q) = %v, %v", got, again, err)
		}
	}
	if _, err := ParseTools("perf"); err == nil || err.Error() != `jit: there is no tool "perf", want perfmap, jitdump, gdb` {
		t.Error(err)
	}
}

// TestToolsVariable: the environment variable counts for every engine that compiles,
// and a mistake in it is an error that says where it is.
func TestToolsVariable(t *testing.T) {
	if nativeSet == nil || runtime.GOOS != "linux" {
		t.Skip("there is no compiled code here")
	}
	t.Setenv(ToolsVariable, "perf")
	if _, err := NewEngine(Config{}); err == nil || !strings.HasSuffix(err.Error(), "in the environment variable "+ToolsVariable) {
		t.Error(err)
	}
	if _, err := NewEngine(Config{Tier: TierInterp}); err != nil {
		t.Error(err)
	}
	t.Setenv(ToolsVariable, "perfmap")
	path := perfmap.Path(os.Getpid())
	t.Cleanup(func() { os.Remove(path) })
	e, err := NewEngine(Config{Tier: TierNative})
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := e.Compile(mustParse(t, "func visible ()\n\treturn\n")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(text), "copyjit.visible\n") {
		t.Errorf("%s: %q, %v", path, text, err)
	}
}

// TestSymbols: symbols cover all code of a program, each function's in two parts, and
// those of a function that is not compiled its stub.
func TestSymbols(t *testing.T) {
	if nativeSet == nil {
		t.Skip("there is no compiled code here")
	}
	p := mustParse(t, "func first (i) (i)\n\tdiv a, a, a\n\tcall second\n\treturn\nfunc second (i) (i)\n\tdivu a, a, a\n\treturn\n")
	plan, _ := mapCode(p, false)
	list := symbolsOf(p, plan)
	var got []string
	end := uint32(0)
	for _, s := range list {
		got = append(got, s.Name)
		if s.Offset < end || s.Offset-end > linker.EntryAlign+stencils.Slack || s.Size == 0 {
			t.Errorf("%s is at %d, %d bytes, behind %d", s.Name, s.Offset, s.Size, end)
		}
		end = s.Offset + s.Size
		if len(s.Lines) == 0 || s.Lines[0].Offset != s.Offset {
			t.Errorf("%s has the lines %v, from %d on", s.Name, s.Lines, s.Offset)
		}
	}
	if want := "copyjit.first copyjit.second copyjit.first.cold copyjit.second.cold"; strings.Join(got, " ") != want {
		t.Errorf("symbols are %v, want %s", got, want)
	}
	if int(end) != plan.Size {
		t.Errorf("symbols end at %d, the code at %d", end, plan.Size)
	}

	one, _ := mapFunc(p, 1, false)
	if list := symbolsOf(p, one); len(list) != 2 || list[0].Name != "copyjit.second" {
		t.Errorf("symbols of one function are %v", list)
	}
	b := ops.NewBuilder()
	b.Func("", ops.MakeSignature(nil, nil), 0)
	b.Return()
	unnamed, err := b.Build()
	if err != nil {
		t.Fatal(err)
	}
	plan, _ = mapCode(unnamed, false)
	if list := symbolsOf(unnamed, plan); list[0].Name != "copyjit.func0" || list[0].Lines != nil {
		t.Errorf("symbols of a function without a name are %v", list)
	}
}

// TestExitNumbers: what there is to count fits.
func TestExitNumbers(t *testing.T) {
	if exit := ops.Exit(numCounted).String(); !strings.HasPrefix(exit, "Exit(") {
		t.Errorf("the exit %q is not counted apart", exit)
	}
	if reason := ops.Reason(numCounted).String(); !strings.HasPrefix(reason, "Reason(") {
		t.Errorf("the reason %q is not counted apart", reason)
	}
}
