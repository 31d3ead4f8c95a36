package main

import (
	"fmt"
	"runtime"

	"github.com/copyjit/copyjit/jit"
)

// compiled are the platforms that have stencils, entry code and code memory.
var compiled = []string{"linux/amd64", "linux/arm64", "linux/riscv64"}

// targets prints which platforms have compiled code and what this one allows.
func targets(e *env, args []string) error {
	fs := e.flags("")
	verbose := fs.Bool("v", false, "also say how code memory and interruption work here")
	rest, err := e.parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) != 0 {
		return usagef("want no arguments, got %d", len(rest))
	}
	fmt.Fprintln(e.stdout, "target         tiers")
	for _, platform := range compiled {
		fmt.Fprintf(e.stdout, "%-14s jit, interp\n", platform)
	}
	fmt.Fprintln(e.stdout, "all others     interp")
	engine, err := jit.NewEngine(jit.Config{})
	if err != nil {
		return err
	}
	defer engine.Close()
	fmt.Fprintf(e.stdout, "\nhere: %s/%s, %s\n", runtime.GOOS, runtime.GOARCH, engine.Tier())
	if why := engine.Fallback(); why != nil {
		fmt.Fprintf(e.stdout, "not compiled: %v\n", why)
	}
	if *verbose && engine.Tier() == jit.TierNative {
		fmt.Fprintln(e.stdout, "code memory: one memory file mapped twice, writable and executable")
		fmt.Fprintln(e.stdout, "interruption: compiled code polls the goroutine's stack guard at function entries and back-edges")
	}
	return nil
}
