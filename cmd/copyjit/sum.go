package main

import (
	"errors"
	"fmt"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

// sum prints the sum of 0 … N−1.
func sum(e *env, args []string) error {
	fs := e.flags()
	opt := addExecFlags(fs)
	rest, err := e.parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("want one number N, got %s", plural(len(rest), "argument"))
	}
	n, err := parseCount(rest[0])
	if err != nil {
		return err
	}
	s := ops.State{Reg: [ops.NumRegs]uint64{n}}
	if err := e.exec(opt, sample.Program(sample.Loop), 0, &s); err != nil {
		return err
	}
	fmt.Fprintln(e.stdout, s.Reg[0])
	return nil
}

// parseCount reads a whole number of 64 bits, also in the form 1e9.
func parseCount(text string) (uint64, error) {
	neg, n, err := parseDecimal(text)
	switch {
	case errors.Is(err, errNoNumber):
		return 0, usagef("N is %s, want a whole number such as 1000000000 or 1e9", quote(text))
	case neg && (n != 0 || err != nil):
		return 0, usagef("N is %s, want a number from 0 on", quote(text))
	case errors.Is(err, errFraction):
		return 0, usagef("N is %s, want a whole number", quote(text))
	case err != nil:
		return 0, usagef("N is %s, want at most 18446744073709551615 (2⁶⁴−1)", quote(text))
	}
	return n, nil
}
