package tooltest

import (
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// gdb runs commands of GDB on a program and returns what it says.
func gdb(t *testing.T, program string, commands ...string) string {
	t.Helper()
	args := []string{"-nx", "-batch", "-iex", "set auto-load off"}
	for _, c := range append([]string{
		"set pagination off",
		"set confirm off",
		"set width 0",
		"set breakpoint pending on",
		"handle SIGURG nostop noprint", // by which Go preempts its own code
	}, commands...) {
		args = append(args, "-ex", c)
	}
	out, err := run(t, t.TempDir(), nil, "gdb", append(args, program)...)
	if strings.Contains(out, "ptrace: Operation not permitted") {
		t.Skip("GDB may not trace processes here\n" + out)
	}
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return out
}

// TestGDB: bt names a function of a program, its line, and the Go functions that
// called it; disassemble names it too.
func TestGDB(t *testing.T) {
	need(t, "gdb")
	fib, err := filepath.Abs("../../testdata/programs/fib.cj")
	if err != nil {
		t.Fatal(err)
	}
	// A breakpoint in shared memory, which nobody may write to, has to be one of the
	// processor's. There the function is called for the first time.
	out := gdb(t, build(t, command),
		"break main.(*env).sayCompiled",
		"run run -v -tools gdb "+fib+" 20",
		"delete",
		"hbreak copyjit.fib",
		"continue",
		"bt",
		"disassemble",
		"info line *$pc",
		"delete",
		"continue")
	if noHardware(out) {
		t.Skip("no breakpoints of the processor here\n" + out)
	}
	match(t, "bt", out, `^#0 +copyjit\.fib \(\) at .*testdata/programs/fib\.cj:12$`)
	match(t, "bt", out, `^#1 .* in github\.com/copyjit/copyjit/jit\.enter \(\)`)
	match(t, "bt", out, `^#\d .* in github\.com/copyjit/copyjit/jit\.\(\*Instance\)\.Call \(`)
	match(t, "bt", out, `^#\d .* in main\.main \(\)`)
	match(t, "disassemble", out, `^Dump of assembler code for function copyjit\.fib:$`)
	match(t, "disassemble", out, `^=> 0x[0-9a-f]+ <\+0>:`)
	match(t, "disassemble", out, `<copyjit\.fib\.cold`)
	match(t, "info line", out, `^Line 12 of ".*fib\.cj" starts at address 0x[0-9a-f]+ <copyjit\.fib>`)
	match(t, "the program", out, `6765$`)
	match(t, "the program", out, `exited normally`)
}

// TestGDBFrames: bt shows all frames of compiled code, then Go, at every instruction of
// calls and returns, also where functions are compiled one by one.
func TestGDBFrames(t *testing.T) {
	need(t, "gdb")
	if runtime.GOARCH != "amd64" {
		t.Skip("callers in compiled code are seen on amd64 only")
	}
	const steps = 90
	program := build(t, deep)
	for _, args := range []string{"", "apart"} {
		commands := []string{"set environment GODEBUG=asyncpreemptoff=1", "break main.compiled", "run " + args, "delete",
			"hbreak copyjit.middle", "continue", "delete",
			// The scheduler asks whoever is stopped so long to yield. Polls shall find
			// something positive: the context's limit.
			"set {long}($rdi+16) = $rdi+24"}
		for range steps {
			commands = append(commands, "echo \\nstep\\n", "bt", "x/i $pc", "stepi")
		}
		out := gdb(t, program, commands...)
		if noHardware(out) {
			t.Skip("no breakpoints of the processor here\n" + out)
		}
		deepest, last, returned, traces := 0, 1, false, strings.Split(out, "\nstep\n")[1:]
		for i, trace := range traces {
			var names []string
			for _, m := range regexp.MustCompile(`(?m)^#\d+ .*?([\w./()*]+) \(.*\) (at|from) `).FindAllStringSubmatch(trace, -1) {
				name := m[1][strings.LastIndexByte(m[1], '/')+1:]
				if name == "copyjit.middle" {
					name = "copyjit.leaf" // at the entry of either
				}
				names = append(names, strings.TrimSuffix(strings.TrimPrefix(name, "copyjit."), ".cold"))
			}
			all := strings.Join(names, " ")
			if strings.HasPrefix(all, "jit.") {
				break // the outermost has returned
			}
			n := strings.Count(all, "leaf ")
			if n < last-1 || n > last+1 || returned != (n == last-1) || !strings.HasPrefix(all, strings.Repeat("leaf ", n)+"jit.enter ") ||
				!strings.HasSuffix(all, " main.main") || strings.Contains(trace, "stopped:") {
				t.Fatalf("%q: step %d of %d, with %d frames before: %v\n%s", args, i, len(traces), last, names, trace)
			}
			deepest, last = max(deepest, n), n
			returned = regexp.MustCompile(`jmp +\*\(%rsi\)`).MatchString(trace)
		}
		t.Logf("%q: %d stops, up to %d frames, %d at the end", args, len(traces), deepest, last)
		if deepest != 4 || last != 1 {
			t.Errorf("%q: up to %d frames of compiled code, want 4\n%s", args, deepest, out)
		}
	}
}

// noHardware reports whether GDB says that it cannot set breakpoints of the processor.
func noHardware(out string) bool {
	return strings.Contains(out, "No hardware breakpoint support") || strings.Contains(out, "Cannot insert hardware breakpoint")
}

// TestGDBReuse: GDB knows of code while it is there, and no longer.
func TestGDBReuse(t *testing.T) {
	need(t, "gdb")
	commands := []string{"set environment COPYJIT_TOOLS=gdb", "set environment GODEBUG=asyncpreemptoff=1", "break main.compiled", "break main.freed", "run 1"}
	for range 5 {
		commands = append(commands, "info functions ^copyjit\\.", "continue")
	}
	out := gdb(t, build(t, reuse), commands...)
	stops := strings.Split(out, " hit Breakpoint ")
	if len(stops) != 6 {
		t.Fatalf("%d stops, want 5\n%s", len(stops)-1, out)
	}
	for i, want := range []struct{ early, late bool }{{true, false}, {false, false}, {false, true}, {false, false}, {false, false}} {
		for name, known := range map[string]bool{"early": want.early, "late": want.late} {
			if got := strings.Contains(stops[i+1], "copyjit."+name); got != known {
				t.Errorf("stop %d: GDB knows %s: %v, want %v\n%s", i+1, name, got, known, stops[i+1])
			}
		}
	}
	match(t, "the program", out, `exited normally`)
}
