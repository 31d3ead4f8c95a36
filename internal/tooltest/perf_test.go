package tooltest

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"
)

// record runs a program under perf record. It returns the file with the samples.
func record(t *testing.T, env []string, program string, args ...string) (file string) {
	t.Helper()
	dir := t.TempDir()
	file = filepath.Join(dir, "perf.data")
	env = append(env, "JITDUMPDIR="+dir)
	// The clock of the system needs no counters of the processor, which virtual
	// machines often have not.
	const show = `echo "pid $$"; exec "$0" "$@"` // which the name of the map takes
	out, err := run(t, dir, env, "perf", append([]string{"record", "-q", "-e", "cpu-clock", "-F", "997", "-k", "mono", "-g", "-o", file,
		"sh", "-c", show, program}, args...)...)
	pid := regexp.MustCompile(`(?m)^pid (\d+)$`).FindStringSubmatch(out)
	if pid == nil {
		t.Skipf("perf cannot record here: %v\n%s", err, out)
	}
	t.Cleanup(func() { os.Remove("/tmp/perf-" + pid[1] + ".map") })
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return file
}

// report returns what perf report says.
func report(t *testing.T, file string, args ...string) string {
	t.Helper()
	out, err := run(t, filepath.Dir(file), nil, "perf", append([]string{"report", "-i", file, "--stdio", "--no-children", "--percent-limit", "1"}, args...)...)
	if err != nil {
		t.Fatalf("perf report: %v\n%s", err, out)
	}
	return out
}

// inject has perf make files of what is in jitdump.
func inject(t *testing.T, file string) string {
	t.Helper()
	injected := file + ".jit"
	if out, err := run(t, filepath.Dir(file), nil, "perf", "inject", "--jit", "-i", file, "-o", injected); err != nil {
		t.Fatalf("perf inject: %v\n%s", err, out)
	}
	return injected
}

// TestPerfMap: perf report names functions, and the Go functions that called them.
func TestPerfMap(t *testing.T) {
	need(t, "perf")
	fib, err := filepath.Abs("../../testdata/programs/fib.cj")
	if err != nil {
		t.Fatal(err)
	}
	file := record(t, nil, build(t, command), "run", "-tools", "perfmap", fib, "37")
	out := report(t, file, "-g", "caller")
	match(t, "perf report", out, `^ +([6-9]\d|100)\.\d\d%.* copyjit\.fib *$`)
	match(t, "perf report", out, `^ +.*jit\.\(\*Instance\)\.Call$`)
	match(t, "perf report", out, `^ +.*main\.main$`)
}

// TestJITDump: so it does with perf inject --jit, and perf annotate shows the
// instructions between the lines of the source.
func TestJITDump(t *testing.T) {
	need(t, "perf")
	fib, err := filepath.Abs("../../testdata/programs/fib.cj")
	if err != nil {
		t.Fatal(err)
	}
	file := inject(t, record(t, nil, build(t, command), "run", "-tools", "jitdump", fib, "37"))
	out := report(t, file, "-g", "caller")
	match(t, "perf report", out, `^ +([6-9]\d|100)\.\d\d%.* jitted-\d+-\d+\.so .* copyjit\.fib *$`)
	match(t, "perf report", out, `^ +.*jit\.\(\*Instance\)\.Call$`)
	out, err = run(t, filepath.Dir(file), nil, "perf", "annotate", "-i", file, "--stdio", "copyjit.fib")
	if err != nil {
		t.Skipf("perf annotate, which needs objdump: %v\n%s", err, out)
	}
	match(t, "perf annotate", out, `copyjit\.fib`)
	match(t, "perf annotate", out, `\bcall fib$`)
	match(t, "perf annotate", out, `sub +\$0x1,%r12|sub\s+x|addi`)
}

// TestPerfReuse: code that comes to the place of other code. jitdump has times, so
// that both have their samples. The map has not: what is there last has all, and the
// name that was there first is gone.
func TestPerfReuse(t *testing.T) {
	need(t, "perf")
	program := build(t, reuse)
	file := record(t, []string{"COPYJIT_TOOLS=jitdump"}, program, "300")
	out := report(t, inject(t, file))
	match(t, "perf report with jitdump", out, `^ +[2-7]\d\.\d\d%.* copyjit\.early *$`)
	match(t, "perf report with jitdump", out, `^ +[2-7]\d\.\d\d%.* copyjit\.late *$`)

	file = record(t, []string{"COPYJIT_TOOLS=perfmap"}, program, "300")
	out = report(t, file)
	match(t, "perf report with a map", out, `^ +([6-9]\d|100)\.\d\d%.* copyjit\.late *$`)
	without(t, "perf report with a map", out, "copyjit.early")
}
