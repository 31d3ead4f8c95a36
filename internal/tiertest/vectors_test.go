package tiertest

import "testing"

// TestReadVectors checks that a table becomes cases that hold for the machine and for
// nothing else, and that a malformed one is an error.
func TestReadVectors(t *testing.T) {
	p, err := readVectors("v", "# op\ta\tb\texpected\nrems\t0xfffffffffffffff9\t0x2\t0xffffffffffffffff\nneg\t0x1\t0x0\t0xfffffffffffffffe\n")
	if err != nil {
		t.Fatal(err)
	}
	var wrong []int // lines
	for i := range p.Cases {
		if c := &p.Cases[i]; c.Diff(p.Program, c.Interpret(p.Program)) != "" {
			wrong = append(wrong, c.Line)
		}
	}
	// The remainder in a register and as an immediate is right, −1 is not −2.
	if len(p.Cases) != 3 || len(wrong) != 1 || wrong[0] != 3 {
		t.Errorf("%d cases, wrong are those of lines %d", len(p.Cases), wrong)
	}
	for _, c := range []struct{ table, want string }{
		{"pow\t0x1\t0x2\t0x3", `v:1: "pow\t0x1\t0x2\t0x3": want an operation, two operands and a result`},
		{"add\t0x1\t0x2", `v:1: "add\t0x1\t0x2": want an operation, two operands and a result`},
		{"add\t0x1\t0x2\tthree", `v:1: strconv.ParseUint: parsing "three": invalid syntax`},
	} {
		if _, err := readVectors("v", c.table); err == nil || err.Error() != c.want {
			t.Errorf("%q: %v, want %s", c.table, err, c.want)
		}
	}
}
