package ops

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "rewrite the table of operations in doc.go")

// TestManual compares the manual's table of operations with the table.
func TestManual(t *testing.T) {
	const head = "//\toperation            d      l      r      effect\n"
	kinds := func(k Kinds) string {
		switch k {
		case None:
			return ""
		case Place:
			return "place"
		case Value:
			return "value"
		case FPlace:
			return "fplace"
		case FValue:
			return "fvalue"
		}
		t.Errorf("the manual has no word for operands that are %s", k)
		return k.String()
	}
	want := head
	for _, c := range Codes() {
		row := c.Info()
		want += fmt.Sprintf("//\t%-20s %-6s %-6s %-6s %s\n", syntax(c), kinds(row.D), kinds(row.L), kinds(row.R), row.Doc)
	}

	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	before, after, ok := strings.Cut(string(doc), head)
	if !ok {
		t.Fatalf("doc.go has no table that begins with %q", head)
	}
	got := head
	for strings.HasPrefix(after, "//\t") {
		line, rest, _ := strings.Cut(after, "\n")
		got, after = got+line+"\n", rest
	}
	if got == want {
		return
	}
	if *update {
		if err := os.WriteFile("doc.go", []byte(before+want+after), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	t.Errorf("the table in doc.go differs from the operations (go test ./ops -run Manual -update rewrites it):\ngot\n%swant\n%s", got, want)
}

// TestTable checks what the rest of the package takes for granted of each row.
func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range Codes() {
		row := c.Info()
		if seen[row.Name] {
			t.Errorf("two operations are called %s", row.Name)
		}
		seen[row.Name] = true
		if !plainName(row.Name) || row.Name == funcWord {
			t.Errorf("%q is no mnemonic: the text format cannot tell it", row.Name)
		}
		if row.Doc == "" || strings.HasSuffix(row.Doc, ".") {
			t.Errorf("%s: Doc is %q: want a sentence without its full stop", c, row.Doc)
		}
		if row.L.Has(KindImm) && row.R.Has(KindImm) {
			t.Errorf("%s: l and r could both be immediates: an Op has room for one", c)
		}
		if row.D.Has(KindImm) {
			t.Errorf("%s: d could be an immediate", c)
		}
		for _, k := range []Kinds{row.D, row.L, row.R} {
			if k == 0 || k.Has(KindNone) && k != None {
				t.Errorf("%s: operands that are %s: want either none or some, not both or neither", c, k)
			}
		}
		if hasLabel := row.Extra == LabelExtra; hasLabel != (row.Flow == Branch || row.Flow == Goto) {
			t.Errorf("%s: its flow and its label disagree", c)
		}
		if len(roles(row))+1 > maxArguments && row.Extra != NoExtra {
			t.Errorf("%s: more operands than Parse reads", c)
		}
		if Form(c)<<FormBits>>FormBits != Form(c) {
			t.Errorf("%s: its code does not fit in a Form", c)
		}
	}
	if c := Code(NumCodes); c.Valid() || Code(0).Valid() {
		t.Error("codes outside the table are valid")
	}
}

// TestNames checks that every value of an enumeration has a name.
func TestNames(t *testing.T) {
	check := func(s string) {
		t.Helper()
		if s == "" || strings.ContainsAny(s, "(%") {
			t.Errorf("a value has the name %q", s)
		}
	}
	for e := range numExits {
		check(e.String())
	}
	for r := range numReasons {
		check(r.String())
	}
	for x := NoExtra; x <= HostExtra; x++ {
		check(x.String())
	}
	for _, k := range []Kind{KindNone, KindReg, KindFReg, KindSlot, KindImm} {
		check(k.String())
	}
	check(Int.String())
	for _, out := range []string{numExits.String(), numReasons.String(), Code(NumCodes).String(), Extra(99).String(), Kind(99).String(), Type(9).String()} {
		if !strings.HasSuffix(out, ")") {
			t.Errorf("a value outside its enumeration has the name %q", out)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		s, t string
		want int
	}{
		{"mov", "mov", 0}, {"mvo", "mov", 1}, {"mo", "mov", 1}, {"moov", "mov", 1}, {"max", "mov", 2},
		{"retrun", "return", 1}, {"", "abc", 3}, {"abc", "", 3}, {"ca", "abc", 3},
	} {
		if got := distance(c.s, c.t); got != c.want {
			t.Errorf("distance(%q, %q) = %d, want %d", c.s, c.t, got, c.want)
		}
	}
}
