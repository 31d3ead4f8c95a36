package main

import (
	"context"
	"fmt"
	"math/big"
	"strings"

	"github.com/copyjit/copyjit/internal/sample"
	"github.com/copyjit/copyjit/ops"
)

// sum prints the sum of 0 … N−1.
func sum(e *env, args []string) error {
	fs := e.flags("N")
	opt := addExecFlags(fs)
	rest, err := e.parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 1 {
		return usagef("want one number N, got %d arguments", len(rest))
	}
	n, err := parseCount(rest[0])
	if err != nil {
		return err
	}
	s := ops.State{Reg: [ops.NumRegs]uint64{n}}
	if err := e.exec(context.Background(), opt, sample.Program(sample.Loop), 0, &s); err != nil {
		return err
	}
	fmt.Fprintln(e.stdout, s.Reg[0])
	return nil
}

// parseCount reads a whole number of 64 bits, also in the form 1e9.
func parseCount(text string) (uint64, error) {
	mantissa, exponent, _ := strings.Cut(strings.ToLower(text), "e")
	// A rational number is exact whatever the form; but its size is that of the
	// number, so keep out what cannot be meant.
	if len(mantissa) > 100 || len(exponent) > 4 {
		return 0, usagef("N is %.30q…, want a whole number from 0 to 2⁶⁴−1", text)
	}
	r, ok := new(big.Rat).SetString(text)
	switch {
	case !ok || strings.ContainsAny(text, "/pPxXoObB_"):
		return 0, usagef("N is %q, want a whole number such as 1000000000 or 1e9", text)
	case r.Sign() < 0:
		return 0, usagef("N is %s, want a number from 0 on", text)
	case !r.IsInt():
		return 0, usagef("N is %s, want a whole number", text)
	case !r.Num().IsUint64():
		return 0, usagef("N is %s, want at most 18446744073709551615 (2⁶⁴−1)", text)
	}
	return r.Num().Uint64(), nil
}
