package prove

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// An answer is what a solver says about a question.
type answer uint8

const (
	unknown    answer = iota // it gave up
	impossible               // unsat: the bits cannot all be 1
	possible                 // sat
)

// A Solver is a z3 process that questions are put to over a pipe.
type Solver struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

// ErrNoSolver says that z3 is not installed.
var ErrNoSolver = errors.New("z3 is not installed; it is needed to prove stencils (Debian: apt-get install z3)")

// SolverVersion returns what z3 calls itself.
func SolverVersion() (string, error) {
	out, err := exec.Command("z3", "--version").Output()
	if errors.Is(err, exec.ErrNotFound) {
		return "", ErrNoSolver
	}
	return strings.TrimSpace(string(out)), err
}

// NewSolver starts a process that gives up on a question after a time.
func NewSolver(timeout time.Duration) (*Solver, error) {
	return startSolver(fmt.Sprintf("-t:%d", timeout.Milliseconds()))
}

// startSolver starts a process with a limit as z3 has them.
func startSolver(limit string) (*Solver, error) {
	s := &Solver{cmd: exec.Command("z3", "-in", "-smt2", limit)}
	var err error
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); errors.Is(err, exec.ErrNotFound) {
		return nil, ErrNoSolver
	} else if err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends the process.
func (s *Solver) Close() error {
	s.in.Close()
	return s.cmd.Wait()
}

// ask puts a question. If it is possible, model has values of the unknowns.
func (s *Solver) ask(q *script) (a answer, model map[term]uint64, err error) {
	if _, err := io.WriteString(s.in, q.text.String()); err != nil {
		return unknown, nil, fmt.Errorf("z3: %w", err)
	}
	line, err := s.line()
	switch {
	case err != nil:
		return unknown, nil, err
	case line == "unsat":
		return impossible, nil, nil
	case line == "unknown" || line == "timeout":
		return unknown, nil, nil
	case line != "sat":
		return unknown, nil, fmt.Errorf("z3 says %q", line)
	}
	model = make(map[term]uint64)
	for _, v := range q.vars {
		if _, err := fmt.Fprintf(s.in, "(get-value (%s))\n", q.done[v]); err != nil {
			return unknown, nil, fmt.Errorf("z3: %w", err)
		}
		if line, err = s.line(); err != nil {
			return unknown, nil, err
		}
		if model[v], err = value(line); err != nil {
			return unknown, nil, err
		}
	}
	return possible, model, nil
}

func (s *Solver) line() (string, error) {
	line, err := s.out.ReadString('\n')
	if err != nil {
		return "", fmt.Errorf("z3: %w", err)
	}
	return strings.TrimSpace(line), nil
}

// value reads the answer ((t12 #x00ff)) or ((t12 #b0)).
func value(line string) (uint64, error) {
	text := strings.TrimRight(line[strings.LastIndexByte(line, ' ')+1:], ")")
	if digits, ok := strings.CutPrefix(text, "#x"); ok {
		return strconv.ParseUint(digits, 16, 64)
	}
	if digits, ok := strings.CutPrefix(text, "#b"); ok {
		return strconv.ParseUint(digits, 2, 64)
	}
	return 0, fmt.Errorf("z3 gives the value %q", line)
}
