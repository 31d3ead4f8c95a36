package main

import (
	"fmt"
	"runtime"

	"github.com/copyjit/copyjit/jit"
)

// compiledPlatforms are those for which there are stencils, entry code and code
// memory, and the features of processors on which these rely. Everywhere else there
// is the interpreter.
var compiledPlatforms = []struct{ name, features string }{
	{"linux/amd64", "x86-64 (GOAMD64=v1)"},
	{"linux/arm64", "armv8-a (GOARM64=v8.0)"},
	{"linux/riscv64", "rv64g"},
}

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
	both := fmt.Sprintf("%s, %s", jit.TierNative, jit.TierInterp)
	fmt.Fprintf(e.stdout, "%-14s %s\n", "platform", "tiers")
	for _, p := range compiledPlatforms {
		fmt.Fprintf(e.stdout, "%-14s %-12s compiled for %s\n", p.name, both, p.features)
	}
	fmt.Fprintf(e.stdout, "%-14s %-12s no stencils, or compiled code has not been tested there\n", "all others", jit.TierInterp)
	fmt.Fprintf(e.stdout, "\nhere: %s/%s, %s", runtime.GOOS, runtime.GOARCH, engine.Tier())
	if why := engine.Fallback(); why != nil {
		fmt.Fprintf(e.stdout, "; %s", reason(why))
	}
	fmt.Fprintln(e.stdout)
	if *verbose && engine.Tier() == jit.TierNative {
		p := engine.Platform()
		fmt.Fprintf(e.stdout, "code memory: %s\n", p.CodeMemory)
		fmt.Fprintf(e.stdout, "interruption: %s\n", p.Interruption)
	}
	return nil
}
