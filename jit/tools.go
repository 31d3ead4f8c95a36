package jit

import (
	"fmt"
	"os"
	"strings"
	"sync"

	"github.com/copyjit/copyjit/internal/codemem"
	"github.com/copyjit/copyjit/internal/gdbjit"
	"github.com/copyjit/copyjit/internal/jitdump"
	"github.com/copyjit/copyjit/internal/perfmap"
	"github.com/copyjit/copyjit/internal/symbols"
	"github.com/copyjit/copyjit/linker"
	"github.com/copyjit/copyjit/ops"
	"github.com/copyjit/copyjit/stencils"
)

// Tools are programs that an engine tells of its code, so that they know functions by
// their names. Compiling takes longer by far then; running does not.
type Tools uint8

// The tools. Of a function f they see copyjit.f, copyjit.f.cold what is rarely run of
// it, and copyjit.f.stub what stands for it while it has no code.
const (
	// ToolPerfMap writes /tmp/perf-PID.map, which perf report and others read. Samples
	// of code that was freed bear the name of what came to its place.
	ToolPerfMap Tools = 1 << iota

	// ToolJITDump writes jit-PID.dump to $JITDUMPDIR or the directory for temporary
	// files. With perf record -k mono and perf inject --jit all samples bear the right
	// name, and perf annotate shows instructions.
	ToolJITDump

	// ToolGDB tells GDB, now or when it is attached later. The executable needs its
	// symbol table, which go run, go test and -ldflags=-s leave out.
	ToolGDB
)

var toolNames = []string{"perfmap", "jitdump", "gdb"}

// ToolsVariable is the environment variable that names tools, separated by commas,
// for every engine to tell, besides those of its Config.
const ToolsVariable = "COPYJIT_TOOLS"

// ParseTools returns the tools that a text names, separated by commas.
func ParseTools(text string) (Tools, error) {
	var t Tools
names:
	for name := range strings.SplitSeq(text, ",") {
		for i, known := range toolNames {
			if name == known {
				t |= 1 << i
				continue names
			}
		}
		if name != "" {
			return 0, fmt.Errorf("jit: there is no tool %q, want %s", name, strings.Join(toolNames, ", "))
		}
	}
	return t, nil
}

// String names the tools as ParseTools reads them.
func (t Tools) String() string {
	var list []string
	for i, name := range toolNames {
		if t&(1<<i) != 0 {
			list = append(list, name)
		}
	}
	return strings.Join(list, ",")
}

// A teller tells tools of the code of an engine.
type teller struct {
	perfMap *perfmap.Map
	dump    *jitdump.Dump

	mu  sync.Mutex // the collector may close code memory
	gdb map[uintptr]bool
	err error // the first that occurred
}

// newTeller returns one that tells these tools, nil if there are none.
func newTeller(t Tools) (*teller, error) {
	more, err := ParseTools(os.Getenv(ToolsVariable))
	if err != nil {
		return nil, fmt.Errorf("%w, in the environment variable %s", err, ToolsVariable)
	}
	if t |= more; t == 0 {
		return nil, nil
	}
	tell := new(teller)
	if t&ToolPerfMap != 0 {
		if tell.perfMap, err = perfmap.Process(); err != nil {
			return nil, fmt.Errorf("jit: %w", err)
		}
	}
	if t&ToolJITDump != 0 {
		if tell.dump, err = jitdump.Process(); err != nil {
			return nil, fmt.Errorf("jit: %w", err)
		}
	}
	if t&ToolGDB != 0 {
		tell.gdb = map[uintptr]bool{}
	}
	return tell, nil
}

// memoryOptions returns what code memory must be like.
func (t *teller) memoryOptions() []codemem.Option {
	if t != nil && t.perfMap != nil {
		return []codemem.Option{codemem.Unnamed}
	}
	return nil
}

// loaded tells of code that has been installed.
func (t *teller) loaded(p *ops.Program, plan *linker.Plan, mem *codemem.Memory, block codemem.Block) {
	b := &symbols.Block{
		Addr: mem.Addr(block),
		Code: mem.Writable(block)[:plan.Size],
		File: p.File(),
	}
	b.Symbols = symbolsOf(p, plan)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.perfMap != nil {
		t.failed(t.perfMap.Load(b))
	}
	if t.dump != nil {
		t.failed(t.dump.Load(b))
	}
	if t.gdb != nil {
		gdbjit.Load(b)
		t.gdb[b.Addr] = true
	}
}

// failed notes an error: that a disk is full is no reason not to compile.
func (t *teller) failed(err error) {
	if t.err == nil && err != nil {
		t.err = fmt.Errorf("jit: telling tools of code: %w", err)
	}
}

// Freed tells of code that is gone; it is of codemem.Watcher.
func (t *teller) Freed(addr uintptr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gdb[addr] {
		delete(t.gdb, addr)
		gdbjit.Unload(addr)
	}
}

// Closed tells of all code that is gone; it is of codemem.Watcher.
func (t *teller) Closed() {
	t.mu.Lock()
	defer t.mu.Unlock()
	for addr := range t.gdb {
		gdbjit.Unload(addr)
	}
	clear(t.gdb)
}

// symbolsOf returns what is where in code: the functions, each in one piece, then
// their cold parts.
func symbolsOf(p *ops.Program, plan *linker.Plan) []symbols.Symbol {
	var list []symbols.Symbol
	var last ops.FuncID
	positions := p.File() != ""
	// part adds a part of an item.
	part := func(i, offset int, size uint16, suffix string) {
		site := siteOf(&plan.Items[i])
		if len(list) == 0 || site.Func != last || suffix == ".cold" && list[len(list)-1].Offset < uint32(plan.Cold) {
			last = site.Func
			list = append(list, symbols.Symbol{Name: symbolName(p, site.Func) + suffix, Offset: uint32(offset)})
		}
		s := &list[len(list)-1]
		s.Size = uint32(offset) + uint32(size) - s.Offset
		if !positions {
			return
		}
		if pos := uint32(p.Pos(site.Func, site.PC)); pos != 0 && (s.Lines == nil || s.Lines[len(s.Lines)-1].Line != pos) {
			s.Lines = append(s.Lines, symbols.Line{Offset: uint32(offset), Line: pos})
		}
	}
	for i := range plan.Items {
		it := &plan.Items[i]
		suffix := ""
		if it.Stencil == nativeSet.Unlinked {
			suffix = ".stub"
		}
		part(i, plan.Offset(i), nativeSet.Stencils[it.Stencil].Hot.Size, suffix)
		if c, ok := callAt(p, plan, i); ok {
			s := &list[len(list)-1]
			s.Calls = append(s.Calls, c)
		}
	}
	for i := range plan.Items {
		if size := nativeSet.Stencils[plan.Items[i].Stencil].Cold.Size; size != 0 {
			part(i, plan.ColdOffset(i), size, ".cold")
		}
	}
	return list
}

// callAt returns where in the code of an item the frame pointer is the callee's, if the
// item is a call: between the two instructions that end with an immediate. That is how
// amd64 does it; of other targets debuggers don't see callers in compiled code.
func callAt(p *ops.Program, plan *linker.Plan, i int) (c symbols.Call, ok bool) {
	it := &plan.Items[i]
	site := siteOf(it)
	if nativeSet.Target != "amd64" || it.Stencil == nativeSet.Entry || it.Stencil == nativeSet.Poll || it.Stencil == nativeSet.Unlinked {
		return c, false
	}
	if code := p.Ops(site.Func)[site.PC].Code(); code != ops.Call && code != ops.CallI {
		return c, false
	}
	var ends []uint32
	for _, h := range nativeSet.HolesOf(&nativeSet.Stencils[it.Stencil].Hot) {
		if h.Value == stencils.ValImm {
			ends = append(ends, uint32(plan.Offset(i)+int(h.Offset)+h.Kind.Width()))
		}
	}
	if len(ends) != 2 {
		return c, false
	}
	return symbols.Call{From: ends[0], To: ends[1], Moved: uint32(it.Imm)}, true
}

// symbolName returns the name by which tools know a function.
func symbolName(p *ops.Program, fn ops.FuncID) string {
	name := p.Func(fn).Name
	if name == "" {
		name = fmt.Sprintf("func%d", fn)
	}
	return "copyjit." + name
}
