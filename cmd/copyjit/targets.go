package main

import (
	"fmt"
	"runtime"

	"github.com/copyjit/copyjit/jit"
)

// compiledPlatforms are those for which there are stencils, entry code and code
// memory. Everywhere else there is the interpreter.
var compiledPlatforms = []string{"linux/amd64", "linux/arm64", "linux/riscv64"}

// targets prints which platforms have compiled code and what this one allows.
func targets(e *env, args []string) error {
	fs := e.flags()
	verbose := fs.Bool("v", false, "also say how code memory and interruption work here")
	if err := e.noArgs(fs, args); err != nil {
		return err
	}
	engine, err := jit.NewEngine(jit.Config{})
	if err != nil {
		return err
	}
	defer engine.Close()
	fmt.Fprintf(e.stdout, "%-14s %s\n", "platform", "tiers")
	for _, p := range compiledPlatforms {
		fmt.Fprintf(e.stdout, "%-14s %s, %s\n", p, jit.TierNative, jit.TierInterp)
	}
	fmt.Fprintf(e.stdout, "%-14s %s\n", "all others", jit.TierInterp)
	fmt.Fprintf(e.stdout, "\nhere: %s/%s, %s", runtime.GOOS, runtime.GOARCH, engine.Tier())
	if why := engine.Fallback(); why != nil {
		fmt.Fprintf(e.stdout, "; %s", reason(why))
	}
	fmt.Fprintln(e.stdout)
	if *verbose && engine.Tier() == jit.TierNative {
		fmt.Fprintln(e.stdout, "code memory: one memory file mapped twice, writable and executable")
		fmt.Fprintln(e.stdout, "interruption: compiled code polls the goroutine's stack guard at function entries and back-edges")
	}
	return nil
}
