package tiertest

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// vectorCodes has the operations of alu_vectors.tsv.
var vectorCodes = map[string]ops.Code{
	"add": ops.Add, "sub": ops.Sub, "mul": ops.Mul, "mulhs": ops.Mulh, "mulhu": ops.MulhU,
	"divs": ops.Div, "divu": ops.DivU, "rems": ops.Rem, "remu": ops.RemU,
	"and": ops.And, "or": ops.Or, "xor": ops.Xor, "neg": ops.Neg, "not": ops.Not,
	"shl": ops.Shl, "shr": ops.Shr, "sar": ops.Sar, "rotl": ops.Rotl, "rotr": ops.Rotr,
}

// Vectors returns a program with a case for each of the outside vectors of
// alu_vectors.tsv, a table of operations, operands and results which others have
// collected, and one more for each that has a right operand: the operation with that
// as an immediate. The table is not part of the module: the test is skipped where it
// does not lie beside it.
func Vectors(t testing.TB) Program {
	t.Helper()
	const name = "../shared/data/alu_vectors.tsv"
	table, err := os.ReadFile(filepath.Join(root(t), name))
	if os.IsNotExist(err) {
		t.Skipf("there is no %s beside the module", name)
	} else if err != nil {
		t.Fatal(err)
	}
	p, err := readVectors(name, string(table))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// readVectors returns the program of a table: lines of an operation, left and right
// operand and result, separated by tabs.
func readVectors(name, table string) (Program, error) {
	p := Program{Name: name}
	b := ops.NewBuilder()
	for i, line := range strings.Split(table, "\n") {
		if line == "" || line[0] == '#' {
			continue
		}
		fields := strings.Split(line, "\t")
		code, ok := vectorCodes[fields[0]]
		if !ok || len(fields) != 4 {
			return Program{}, fmt.Errorf("%s:%d: %q: want an operation, two operands and a result", name, i+1, line)
		}
		var v [3]uint64
		for j := range v {
			var err error
			if v[j], err = strconv.ParseUint(fields[1+j], 0, 64); err != nil {
				return Program{}, fmt.Errorf("%s:%d: %w", name, i+1, err)
			}
		}
		rights := []ops.Operand{ops.X, ops.Uimm(v[1])}
		if code.Info().R == ops.None {
			rights = []ops.Operand{{}}
		}
		for _, r := range rights {
			c := Case{File: name, Line: i + 1, Sig: vectorSignature, Args: v[:2], Want: v[2:]}
			c.Func = fmt.Sprintf("%s %#x, %#x, line %d, %s", fields[0], v[0], v[1], i+1, r)
			c.ID = b.Func(c.Func, c.Sig, 0)
			b.Op(code, ops.A, ops.A, r)
			b.Return()
			p.Cases = append(p.Cases, c)
		}
	}
	var err error
	p.Program, err = b.Build()
	return p, err
}

var vectorSignature = ops.MakeSignature([]ops.Type{ops.Int, ops.Int}, []ops.Type{ops.Int})
