package prove

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/copyjit/copyjit/stencils"
)

// Committed are the results that are kept with the tables: for each operation of a
// target one digest over all of its forms, and for each lemma one, so that whoever has no solver can tell
// that exactly these tables were proved.
type Committed struct {
	Prover string // Version of the prover
	Solver string
	ops    map[string]string // by operation or lemma
	rows   []*reportRow      // by family, what it took
}

// summaries returns the digest of each lemma and operation, in the order in which they
// are proved.
func summaries(set *stencils.Set, solver string) (names []string, sums map[string]string, err error) {
	all, err := forms(set)
	if err != nil {
		return nil, nil, err
	}
	hashes := make(map[string][]byte)
	for _, t := range tasks(set.Target, all) {
		op := t.op()
		if hashes[op] == nil {
			names = append(names, op)
			if reason := testedOnly[set.Target][op]; reason != "" {
				hashes[op] = []byte("tested only: " + reason)
			}
		}
		d := t.digest(set, solver)
		hashes[op] = append(hashes[op], d[:]...)
	}
	sums = make(map[string]string)
	for op, h := range hashes {
		sum := sha256.Sum256(h)
		sums[op] = hex.EncodeToString(sum[:8])
	}
	return names, sums, nil
}

// WriteCommitted returns the file for a set all of whose forms have been proved, or
// are tested only, with these results.
func WriteCommitted(set *stencils.Set, solver string, results []Result) ([]byte, error) {
	names, sums, err := summaries(set, solver)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "# What has been proved of the stencils for %s, written by stencilgen prove -write.\n", set.Target)
	fmt.Fprintf(&b, "prover %s\nsolver %s\n", Version(), solver)
	for _, name := range names {
		fmt.Fprintf(&b, "%s %s\n", name, sums[name])
	}
	var report Report
	report.Add(set.Target, results)
	for _, row := range report.rows {
		fmt.Fprintf(&b, "%s %s\n", familyLine, row.line())
	}
	return b.Bytes(), nil
}

// familyLine starts a line that says what the proofs of a family took: see reportRow.line.
const familyLine = "family"

// ReadCommitted reads such a file.
func ReadCommitted(data []byte) (*Committed, error) {
	c := &Committed{ops: make(map[string]string)}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		name, rest, ok := strings.Cut(line, " ")
		switch {
		case !ok:
			return nil, fmt.Errorf("line %d: %q is not an operation and a digest", n, line)
		case name == "#":
		case name == "prover":
			c.Prover = rest
		case name == "solver":
			c.Solver = rest
		case name == familyLine:
			row, err := parseRow(rest)
			if err != nil {
				return nil, fmt.Errorf("line %d: %w", n, err)
			}
			c.rows = append(c.rows, row)
		default:
			c.ops[name] = rest
		}
	}
	return c, lines.Err()
}

// Uncovered returns the operations and lemmas of a set that the results do not cover: those
// whose stencils, meaning or prover have changed since.
func (c *Committed) Uncovered(set *stencils.Set) ([]string, error) {
	names, sums, err := summaries(set, c.Solver)
	if err != nil {
		return nil, err
	}
	var list []string
	for _, name := range names {
		if c.ops[name] != sums[name] {
			list = append(list, name)
		}
	}
	return list, nil
}

// ResultFile returns the path of the file with a target's results, from the root of
// the module.
func ResultFile(target string) string { return "stencils/prove/results/" + target + ".txt" }
