package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

func TestRun(t *testing.T) {
	echo := write(t, "echo.cj", "copyjit 1\nfunc echo (i, i, i, i, i, i) (i, i, i, i, i, i) slots 2\n\treturn\n"+
		"func \"\" ()\n\treturn\nfunc \"a b\" () (i)\n\tmov a, 4\n\treturn\n")
	for _, tier := range tiers() {
		prints(t, "6765\n", "run", programs+"fib.cj", "20", "-tier", tier)
		prints(t, "-1\n", "run", programs+"fib.cj", "-1", "-tier", tier)
		prints(t, "7\n6\n5\n4\n3\n2\n1\n", "run", programs+"many.cj", "-func", "reverse", "1", "2", "3", "4", "5", "6", "7", "-tier", tier)
		prints(t, "-1\n-9223372036854775808\n255\n1000\n-1\n8\n", "run", echo, "-tier", tier,
			"-1", "-9223372036854775808", "0xff", "1e3", "18446744073709551615", "8")
		prints(t, "", "run", echo, "-func", "", "-tier", tier)
		prints(t, "4\n", "run", echo, "-func", "a b", "-tier", tier)
	}
	prints(t, "5\n", "run", write(t, "crlf.cj", "copyjit 1\r\nfunc f () (i)\r\n\tmov a, 5\r\n\treturn\r\n"))
}

// TestFactorial: 1 … 3628800 for 0 … 10, on every tier.
func TestFactorial(t *testing.T) {
	for _, tier := range tiers() {
		for n, want := range []string{"1", "1", "2", "6", "24", "120", "720", "5040", "40320", "362880", "3628800"} {
			prints(t, want+"\n", "run", "../../testdata/factorial.cj", fmt.Sprint(n), "-tier", tier)
		}
	}
}

// wholeMachine is a program with floats, and with everything that an instance has.
const wholeMachine = `copyjit 1
memory 16, 64
data 8, "\x2a"
global 40
global f 0.5
counters 2
host print (i)
host print_f (f)
table double, [], half

func all (i) (i, i) slots 1
	mov [0], a
	count 1
	gget a, 0
	mov x, 0
	load8u x, x+8
	add a, a, x
	calli [0], (i) (i)
	callh print
	fgget fa, 1
	callh print_f
	gget a, 0
	mov x, 7
	return

func double (i) (i)
	add a, a, a
	count 1
	return

func half (f) (f)
	fmul fa, fa, 0.5
	return

func mixed (i, f, f32, i, f, f, f, f, i) (f32, f, i, f) slots 3
	fmov fx, fo
	fdemote fa, [0]
	mov a, y
	return
`

func TestRunWholeMachine(t *testing.T) {
	file := write(t, "all.cj", wholeMachine)
	for _, tier := range tiers() {
		prints(t, "164\n0.5\n40\n7\n", "run", file, "0", "-tier", tier)
		prints(t, "-0.75\n", "run", file, "-func", "half", "-1.5", "-tier", tier)
		prints(t, "-inf\n", "run", file, "-func", "half", "-inf", "-tier", tier)
		prints(t, "nan\n", "run", file, "-func", "half", "nan", "-tier", tier)
		prints(t, "0.1\n6\n9\n-5e+20\n", "run", file, "-func", "mixed", "1", "2", "nan", "4", "-5e20", "6", "0.1", "8", "9", "-tier", tier)
		for _, index := range []string{"1", "2", "-1"} {
			fails(t, 1, []string{fileName(file) + ": ", " in function all, pc 6, line 18"}, "run", file, index, "-tier", tier)
		}
		got := copyjit("run", file, "-v", "0", "-tier", tier)
		if !strings.Contains(got.stderr, "\ncounter 0: 0\ncounter 1: 2\n") {
			t.Errorf("-v says\n%swant the counters", got.stderr)
		}
	}
}

// TestReadme: the programs in the README are those of examples.
func TestReadme(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := os.ReadFile("../../jit/example_test.go")
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, block := range strings.Split(string(readme), "```\n") {
		if !strings.HasPrefix(block, "copyjit 1\n") {
			continue
		}
		n++
		if !strings.Contains(string(examples), block) {
			t.Errorf("no example has the program\n%s", block)
		}
	}
	if n == 0 {
		t.Error("there is no program in the README")
	}
}

// TestHostImports: what the tool provides is there, under its own signature only.
func TestHostImports(t *testing.T) {
	const has = ", copyjit provides only print (i) and print_f (f)"
	for _, h := range []string{"log (i, f) (i)", "print (i, i)", "print (i) (i)", "print (f)", "print (i) inslots", `"a\nb" ()`} {
		file := write(t, "host.cj", "copyjit 1\nhost print_f (f)\nhost "+h+"\nfunc f ()\n\treturn\n")
		for _, tier := range tiers() {
			fails(t, 1, []string{fileName(file) + ": the program imports the host function " + h + has}, "run", file, "-tier", tier)
		}
		if got := copyjit("dump", file); got.status != 0 {
			t.Errorf("a dump calls nothing, yet: %+v", got)
		}
	}
	file := write(t, "print.cj", "copyjit 1\nhost print (i)\nfunc f (i)\n\tcallh print\n\treturn\n")
	var stderr strings.Builder
	want := "copyjit run: " + fileName(file) + ": host function print, called in function f, pc 0, line 4: no room\n"
	if status := start([]string{"run", file, "5"}, full{}, &stderr); status != 1 || stderr.String() != want {
		t.Errorf("print to a full stdout: status %d, %q, want %q", status, stderr.String(), want)
	}
}

// badPrograms are texts that are no program, and what the message about them
// must have besides the file's name: where, what, what would be right.
var badPrograms = map[string]struct {
	text string
	want []string
}{
	"unknown mnemonic":   {"func f (i) (i)\n\tmovv a, 1\n\treturn\n", []string{":3:2: ", `"movv"`, `did you mean "mov"?`}},
	"missing label":      {"func f (i) (i)\n\tjump nowhere\n", []string{":3:7: ", "label", `"nowhere"`}},
	"slot outside":       {"func f (i) (i) slots 2\n\tmov a, [2]\n\treturn\n", []string{":3:10: ", "[2]", "2 slots"}},
	"slot unwritten":     {"func f (i) (i) slots 2\n\tmov a, [1]\n\treturn\n", []string{":3:2: ", "function f, pc 0", "[1]", "not written"}},
	"slot on one path":   {"func f (i) (i) slots 2\n\tbeq a, 0, l\n\tmov [1], 1\nl:\n\tmov a, [1]\n\treturn\n", []string{":6:2: ", "pc 2", "[1]", "not written on every path"}},
	"register unwritten": {"func f () (i)\n\treturn\n", []string{":3:2: ", "register a", "not written"}},
	"fall off the end":   {"func f (i) (i)\n\tadd a, 1\nfunc g ()\n\treturn\n", []string{":3:2: ", "function f, pc 0", "falls off the end"}},
	"missing function":   {"func f (i) (i)\n\tcall g\n\treturn\n", []string{":3:7: ", "function", `"g"`}},
	"wrong parameters":   {"func f (i) (i)\n\tcall g\n\treturn\nfunc g (i, i) (i)\n\treturn\n", []string{":3:2: ", "call g", "argument 1", "register x"}},
	"no operations":      {"func f ()\n", []string{":2:6: ", "function f", "no operations"}},
	"function twice":     {"func f ()\n\treturn\nfunc f ()\n\treturn\n", []string{":4:6: ", `"f"`, "line 2"}},
	"NUL":                {"func f ()\n\tret\x00urn\n", []string{":3:5: ", "NUL"}},
	"no UTF-8":           {"func \xff ()\n\treturn\n", []string{":2:6: ", `"\xff"`}},
	"a long line":        {"func f ()\n\t" + strings.Repeat("x", 100_000) + "\n", []string{":3:2: ", "unknown operation"}},
}

func TestBadPrograms(t *testing.T) {
	for name, tc := range badPrograms {
		file := write(t, "bad.cj", "copyjit 1\n"+tc.text)
		t.Run(name, func(t *testing.T) {
			want := append([]string{fileName(file) + tc.want[0]}, tc.want...)
			for _, tier := range tiers() {
				fails(t, 1, want, "run", file, "-tier", tier)
			}
			fails(t, 1, want, "dump", file)
		})
	}
}

func TestBadFiles(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	for name, text := range map[string]string{
		"empty": "", "version": "copyjit 2\n", "no magic": "func f ()\n\treturn\n", "BOM": "\xef\xbb\xbfcopyjit 1\n",
		"binary": "\x7fELF\x02\x01\x01\x00", "blank": "\n\ncopyjit 1\n",
	} {
		file := write(t, "bad.cj", text)
		t.Run(name, func(t *testing.T) {
			fails(t, 1, []string{fileName(file) + ":1:"}, "run", file)
			fails(t, 1, []string{fileName(file) + ":1:"}, "dump", file)
		})
	}
	for _, command := range []string{"run", "dump"} {
		fails(t, 1, []string{fileName(dir) + " is a directory, want a .cj file"}, command, dir)
		fails(t, 1, []string{fileName(in("none.cj")) + ": no such file"}, command, in("none.cj"))
		fails(t, 1, []string{`"": `}, command, "")
		fails(t, 1, []string{`a\nb\x1b`}, command, in("a\nb\x1b"))
		fails(t, 1, []string{`a\x00b`}, command, in("a\x00b"))
		fails(t, 1, []string{"aaa"}, command, in(strings.Repeat("a", 300)))
		fails(t, 1, []string{"aaa"}, command, strings.Repeat("a", 100_000))
		fails(t, 1, nil, command, programs+"fib.cj/x")
	}
	none := write(t, "none.cj", "copyjit 1\n")
	fails(t, 1, []string{fileName(none) + ": the file has no function to call"}, "run", none)
	if got := copyjit("dump", none); got.status != 0 || !strings.Contains(got.stdout, "0 operations") {
		t.Errorf("dump of a program without functions: %+v", got)
	}
}

// TestEndlessFile: a file without an end is not read for ever.
func TestEndlessFile(t *testing.T) {
	if _, err := os.Stat("/dev/zero"); err != nil {
		t.Skip(err)
	}
	defer func(old int64) { maxFile = old }(maxFile)
	maxFile = 1 << 20
	fails(t, 1, []string{"/dev/zero has more than 1048576 bytes, want a .cj file"}, "run", "/dev/zero")
}

func TestBadCalls(t *testing.T) {
	fib := programs + "fib.cj"
	const want = "want a whole number from -9223372036854775808 to 18446744073709551615"
	for _, tc := range []struct {
		args string
		want []string
	}{
		{"-func nope 1", []string{fib, `no function "nope"`, "the file has fib, fast"}},
		{"-func= 1", []string{`no function ""`, "the file has fib, fast"}},
		{"", []string{"function fib takes 1 argument, got 0: func fib (i) (i)"}},
		{"1 2", []string{"function fib takes 1 argument, got 2: func fib (i) (i)"}},
		{"x", []string{`argument 1 of function fib is "x", ` + want}},
		{"1.5", []string{`argument 1 of function fib is "1.5", ` + want}},
		{"18446744073709551616", []string{want}},
		{"-9223372036854775809", []string{want}},
		{"1e999999999", []string{want}},
		{"-- -", []string{`is "-", ` + want}},
	} {
		for _, tier := range tiers() {
			args := append([]string{"run", "-tier", tier, fib}, strings.Fields(tc.args)...)
			fails(t, 2, append(tc.want, "copyjit run: "), args...)
		}
	}
	fails(t, 2, []string{`is "\x00", `}, "run", fib, "\x00")
	all := write(t, "all.cj", wholeMachine)
	const float = "want a float64 such as 1.5, -2e9, 0x1p-3, inf or nan"
	for arg, want := range map[string]string{
		"x": float, "": float, "nan:": float, "0x1": float,
		"-1e309": "want a float64, at most 1.7976931348623157e+308 in magnitude, or inf",
	} {
		fails(t, 2, []string{fmt.Sprintf("argument 1 of function half is %q, %s", arg, want)}, "run", all, "-func", "half", arg)
	}
	fails(t, 2, []string{`argument 3 of function mixed is "1e39", want a float32, at most 3.4028235e+38 in magnitude, or inf`},
		"run", all, "-func", "mixed", "1", "2", "1e39", "4", "5", "6", "7", "8", "9")
	fails(t, 2, []string{"function mixed takes 9 arguments, got 0: func mixed (i, f, f32, i, f, f, f, f, i) (f32, f, i, f)"},
		"run", all, "-func", "mixed")
	fails(t, 2, []string{`argument 1 of function all is "nan", ` + want}, "run", all, "nan")
	fails(t, 2, []string{`argument 1 of function all is "-inf", ` + want}, "run", all, "-inf")
	fails(t, 2, []string{"takes 2 arguments, got 1"}, "run", programs+"loop.cj", "-func", "count", "5")

	var many strings.Builder
	many.WriteString("copyjit 1\nfunc \"a\\nb\" (i)\n\treturn\n")
	for i := range 1000 {
		fmt.Fprintf(&many, "func f%d ()\n\treturn\n", i)
	}
	file := write(t, "many.cj", many.String())
	fails(t, 2, []string{`the file has "a\nb", f0, f1, `, "f8 and 991 more"}, "run", file, "-func", "x")
	fails(t, 2, []string{`function "a\nb" takes 1 argument`}, "run", file)
}

func TestTraps(t *testing.T) {
	deep := write(t, "deep.cj", "copyjit 1\nfunc main (i) (i)\n\tcall down\n\treturn\n"+
		"func down (i) (i) slots 3\n\tadd a, 1\n\tcall down\n\treturn\n"+
		"func \"a\\nb\" ()\n\ttrap 5\n")
	for _, tier := range tiers() {
		for _, stack := range []string{"16", "24", "64", "4096", "1048576", "1048584"} {
			// On the smallest stacks there is no room for main.
			fn, line := "down", "line 6"
			if len(stack) == 2 && stack < "64" {
				fn, line = "main", "line 3"
			}
			fails(t, 1, []string{"copyjit run: " + fileName(deep) + ": stack overflow in function " + fn + ", pc 0, " + line,
				"(the stack has " + stack + " bytes, -stack sets another limit)"}, "run", deep, "1", "-tier", tier, "-stack", stack)
		}
		fails(t, 1, []string{"stack overflow in function main, pc 0"}, "run", deep, "1", "-tier", tier, "-stack=16")
		fails(t, 1, []string{"trap 22 in function check, pc 2, line "}, "run", programs+"trap.cj", "-func", "deep", "10", "-tier", tier)
		fails(t, 1, []string{"trap 0 in function plain, pc 0, line "}, "run", programs+"trap.cj", "-tier", tier)
		fails(t, 1, []string{`trap 5 in function a\nb, pc 0, line 10`}, "run", deep, "-func", "a\nb", "-tier", tier)
	}
}

func TestVerbose(t *testing.T) {
	for _, tier := range tiers() {
		got := copyjit("run", programs+"trap.cj", "-func", "deep", "3", "-v", "-tier", tier)
		want := []string{"compiled plain, code, largest, check, deep, within: 17 operations, ", " bytes, "}
		if tier == "interp" || !native() {
			want = []string{"interpreting plain, code, largest, check, deep, within: 17 operations\n"}
		}
		want = append(want, "\ndeep ran for ", "\nstack, innermost first:\ncheck:2 (line ", "copyjit run: ")
		for _, part := range want {
			if got.status != 1 || got.stdout != "" || !strings.Contains(got.stderr, part) {
				t.Errorf("-tier %s: status %d, stderr\n%swant %q", tier, got.status, got.stderr, part)
			}
		}
		got = copyjit("sum", "-v", "5", "-tier", tier)
		if got.status != 0 || got.stdout != "10\n" || !strings.Contains(got.stderr, " loop: 8 operations") ||
			!strings.Contains(got.stderr, "loop ran for ") {
			t.Errorf("sum -v -tier %s: %+v", tier, got)
		}
	}
}

// TestNoTier: where code cannot be compiled, -tier jit says so.
func TestNoTier(t *testing.T) {
	if native() {
		t.Skip("code can be compiled here")
	}
	fails(t, 1, []string{"copyjit sum: no compiled code on "}, "sum", "5", "-tier", "jit")
}

// TestFuncNames: a name is shown as the text format writes it.
func TestFuncNames(t *testing.T) {
	for _, name := range []string{"", "f", "f-1", ".x_Y", "a b", "a\nb", "é", "\xff", "1x", "-x", `"`, "~", "a/b", "\x7f"} {
		b := ops.NewBuilder()
		b.Func(name, ops.MakeSignature(nil, nil), 0)
		b.Return()
		p, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		if text := p.String(); !strings.Contains(text, "\nfunc "+funcName(name)+" ()\n") {
			t.Errorf("%q is shown as %s, but in the text format\n%s", name, funcName(name), text)
		}
	}
}
