package tiertest

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// A Program is a program and calls of its functions with what they do.
type Program struct {
	Name string // the file's, or what has generated it
	*ops.Program
	Cases []Case
}

// A Case is a call and what it does.
type Case struct {
	File string // Name of its Program
	Line int    // in a file
	Func string
	ID   ops.FuncID
	Sig  ops.Signature

	Args []uint64
	Want []uint64 // the results, if there is no trap

	Trap ops.Reason // or 0
	Code uint32     // of ReasonExplicit
	In   string     // the function that traps, if the case says it

	World string // what Want is of the rest: see World; "" if the case does not say

	Exact bool // NaNs among the results are told apart
}

// String returns the case as a file of the corpus has it.
func (c *Case) String() string {
	name := c.Func
	if strings.ContainsAny(name, " ,") {
		name = strconv.Quote(name)
	}
	return strings.TrimSuffix("call "+name+" "+numbers(c.Args), " ") + " -> " + c.want()
}

// want returns what the case wants, as a file of the corpus has it.
func (c *Case) want() string {
	switch {
	case c.Trap == 0 && len(c.Want) == 0:
		return "nothing"
	case c.Trap == 0:
		return numbers(c.Want)
	}
	text := c.Trap.String()
	if c.Trap == ops.ReasonExplicit {
		text += fmt.Sprint(" ", c.Code)
	}
	if c.In != "" {
		text += " in " + c.In
	}
	return text
}

func numbers(list []uint64) string {
	text := make([]string, len(list))
	for i, v := range list {
		text[i] = fmt.Sprint(int64(v))
	}
	return strings.Join(text, ", ")
}

// Corpus returns the programs of testdata/programs with their cases.
func Corpus(t testing.TB) []Program {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(root(t), "testdata", "programs", "*.cj"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no programs in testdata/programs (%v)", err)
	}
	var list []Program
	for _, file := range files {
		list = append(list, readFile(t, file))
	}
	return list
}

// Factorial returns the program of testdata/factorial.cj with its cases: the factorials
// of 0 … 10.
func Factorial(t testing.TB) Program {
	t.Helper()
	return readFile(t, filepath.Join(root(t), "testdata", "factorial.cj"))
}

func readFile(t testing.TB, file string) Program {
	t.Helper()
	src, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	p, err := Read(filepath.Base(file), src)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// root returns the directory of the module, where testdata is.
func root(t testing.TB) string {
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("the tests do not run within the module")
		}
		dir = parent
	}
}

// Read returns the program of a text with the cases in its comments.
func Read(name string, src []byte) (Program, error) {
	parsed, err := ops.Parse(name, src)
	if err != nil {
		return Program{}, err
	}
	p := Program{Name: name, Program: parsed}
	for i, line := range strings.Split(string(src), "\n") {
		_, text, ok := strings.Cut(line, "; call ")
		if !ok {
			continue
		}
		c := Case{File: name, Line: i + 1}
		if err := c.read(parsed, strings.TrimSpace(text)); err != nil {
			return Program{}, fmt.Errorf("%s:%d: %w", name, c.Line, err)
		}
		p.Cases = append(p.Cases, c)
	}
	return p, nil
}

// read reads what follows "; call ".
func (c *Case) read(p *ops.Program, text string) error {
	call, want, ok := strings.Cut(text, "->")
	if !ok {
		return fmt.Errorf("%q: want name arguments -> outcome", text)
	}
	var err error
	var args string
	if quoted, e := strconv.QuotedPrefix(call); e == nil {
		c.Func, _ = strconv.Unquote(quoted)
		args = call[len(quoted):]
	} else {
		c.Func, args, _ = strings.Cut(strings.TrimSpace(call), " ")
	}
	if c.ID, ok = p.Lookup(c.Func); !ok {
		return fmt.Errorf("there is no function %q", c.Func)
	}
	c.Sig = p.Func(c.ID).Sig
	if c.Args, err = readNumbers(args, c.Sig.Params()); err != nil {
		return fmt.Errorf("arguments of %s: %w", c.Func, err)
	}
	want = strings.TrimSpace(want)
	if c.Trap, want = readReason(want); c.Trap != 0 {
		return c.readTrap(p, want)
	}
	if want == "nothing" {
		want = ""
	}
	if c.Want, err = readNumbers(want, c.Sig.Results()); err != nil {
		return fmt.Errorf("results of %s: %w", c.Func, err)
	}
	for i, t := range c.Sig.Results() {
		c.Want[i] = anyNaN(t, c.Want[i])
	}
	return nil
}

// readReason takes the name of a Reason.
func readReason(text string) (ops.Reason, string) {
	for r := ops.Reason(1); !strings.HasPrefix(r.String(), "Reason("); r++ {
		if rest, ok := strings.CutPrefix(text, r.String()); ok {
			return r, rest
		}
	}
	return 0, text
}

// readTrap reads what follows the name of the Reason.
func (c *Case) readTrap(p *ops.Program, text string) error {
	code, in, ok := strings.Cut(text, " in ")
	if ok {
		c.In = strings.TrimSpace(in)
		if _, ok := p.Lookup(c.In); !ok {
			return fmt.Errorf("there is no function %q", c.In)
		}
	}
	if code = strings.TrimSpace(code); code != "" {
		v, err := strconv.ParseUint(code, 0, 32)
		if err != nil {
			return fmt.Errorf("%q is no trap code", code)
		}
		c.Code = uint32(v)
	}
	return nil
}

// readNumbers reads a list of numbers of these types.
func readNumbers(text string, types []ops.Type) ([]uint64, error) {
	var list []uint64
	for f := range strings.SplitSeq(text, ",") {
		f = strings.TrimSpace(f)
		if f == "" && len(list) == 0 {
			break
		}
		t := ops.Int
		if len(list) < len(types) {
			t = types[len(list)]
		}
		v, err := readNumber(f, t)
		if err != nil {
			return nil, err
		}
		list = append(list, v)
	}
	if len(list) != len(types) {
		return nil, fmt.Errorf("%d numbers for a signature that has %d", len(list), len(types))
	}
	return list, nil
}

// readNumber reads a number of a type: an integer, which of a float is its bits, or
// f:1.5 for a float64 and s:1.5 for a float32, with inf and nan and hexadecimal
// floats as strconv has them. A NaN with a payload is written as its bits.
func readNumber(text string, t ops.Type) (uint64, error) {
	for _, float := range []struct {
		prefix string
		ops.Type
		bits int
	}{{"f:", ops.Float, 64}, {"s:", ops.Float32, 32}} {
		literal, ok := strings.CutPrefix(text, float.prefix)
		if !ok {
			continue
		}
		if t != float.Type {
			return 0, fmt.Errorf("%s for a number of type %s", text, t)
		}
		v, err := strconv.ParseFloat(literal, float.bits)
		if err != nil {
			return 0, err
		}
		if float.bits == 32 {
			return uint64(math.Float32bits(float32(v))), nil
		}
		return math.Float64bits(v), nil
	}
	v, err := strconv.ParseUint(text, 0, 64)
	if err == nil {
		return v, nil
	}
	s, err := strconv.ParseInt(text, 0, 64)
	return uint64(s), err
}
