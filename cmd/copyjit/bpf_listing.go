package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"

	"github.com/copyjit/copyjit/bpf"
)

// A listing is a filter as tcpdump -ddd prints it: how many instructions there are,
// then one a line, of four numbers: code, jt, jf and k.
type listing struct {
	name   string // of the file, "" of an expression
	lines  []int  // on which each instruction is
	filter []bpf.RawInstruction
}

// maxListing is how long a listing can be: a file that is none should not be read
// for long.
const maxListing = 1 << 20

// readListing reads a listing from a file.
func readListing(file string) (*listing, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, fileError(file, err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxListing+1))
	switch {
	case err != nil:
		return nil, fileError(file, err)
	case len(text) > maxListing:
		return nil, fmt.Errorf("%s has more than %d bytes, want a listing of tcpdump -ddd", fileName(file), maxListing)
	}
	return parseListing(fileName(file), text)
}

// fileError is an error of a file with its name, once.
func fileError(file string, err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return fmt.Errorf("%s: %w", fileName(file), err)
}

// parseListing reads a listing.
func parseListing(name string, text []byte) (*listing, error) {
	l := &listing{name: name}
	want := -1 // instructions, by the first line
	lines := bufio.NewScanner(bytes.NewReader(text))
	lines.Buffer(nil, maxListing+1)
	number := 0
	for lines.Scan() {
		number++
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) == 0:
			continue
		case want < 0:
			n, err := strconv.ParseUint(fields[0], 10, 31)
			if err != nil || len(fields) != 1 {
				return nil, fmt.Errorf("%s:%d: %s, want the number of instructions (a listing of tcpdump -ddd)", name, number, quote(lines.Text()))
			}
			want = int(n)
		default:
			r, err := parseInstruction(fields)
			if err != nil {
				return nil, fmt.Errorf("%s:%d: %w", name, number, err)
			}
			l.filter, l.lines = append(l.filter, r), append(l.lines, number)
		}
	}
	if len(l.filter) != max(want, 0) || want < 0 {
		return nil, fmt.Errorf("%s: %s, want %d by its first line (a listing of tcpdump -ddd)", name, plural(len(l.filter), "instruction"), max(want, 0))
	}
	return l, lines.Err()
}

// parseInstruction reads the numbers of an instruction.
func parseInstruction(fields []string) (r bpf.RawInstruction, err error) {
	if len(fields) != 4 {
		return r, fmt.Errorf("%s, want code, jt, jf and k", plural(len(fields), "number"))
	}
	var values [4]uint64
	for i, bits := range [4]int{16, 8, 8, 32} {
		if values[i], err = strconv.ParseUint(fields[i], 10, bits); err != nil {
			return r, fmt.Errorf("%s is %s, want a number from 0 to %d", [4]string{"code", "jt", "jf", "k"}[i], quote(fields[i]), uint64(1)<<bits-1)
		}
	}
	return bpf.RawInstruction{Op: uint16(values[0]), Jt: uint8(values[1]), Jf: uint8(values[2]), K: uint32(values[3])}, nil
}

// locate adds the line to an error that names an instruction.
func (l *listing) locate(err error) error {
	var program *bpf.ProgramError
	if !errors.As(err, &program) {
		return err
	}
	switch {
	case program.Index >= 0 && l.name != "":
		return fmt.Errorf("%s:%d: %s", l.name, l.lines[program.Index], program.Msg)
	case l.name != "":
		return fmt.Errorf("%s: %s", l.name, strings.TrimPrefix(program.Msg, "bpf: "))
	}
	return err
}

// compileExpression compiles an expression for packets like those of a capture file,
// with tcpdump.
func compileExpression(ctx context.Context, expression, file string) (*listing, error) {
	tool, err := exec.LookPath("tcpdump")
	if err != nil {
		return nil, errors.New("an expression needs tcpdump, which is not installed; a listing of tcpdump -ddd does not")
	}
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, tool, "-ddd", "-r", file, "--", expression)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return nil, errInterrupted
		}
		// It says first what it reads, and then what is wrong.
		said := strings.Split(strings.TrimSpace(stderr.String()), "\n")
		return nil, fmt.Errorf("%s: %w: %s", quote(expression), err, said[len(said)-1])
	}
	l, err := parseListing("tcpdump", stdout.Bytes())
	if err == nil {
		l.name = ""
	}
	return l, err
}
