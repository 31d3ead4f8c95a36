package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"

	"github.com/copyjit/copyjit/jit"
	"github.com/tetratelabs/wazero"
)

func main() {
	out := flag.String("o", "results", "`directory` for results.md and results.svg")
	verbose := flag.Bool("v", false, "print each time as it is measured")
	flag.Parse()
	if flag.NArg() != 0 {
		fmt.Fprintln(os.Stderr, "bench: want no arguments")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *out, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// newPeers returns all peers, in the order of the table.
func newPeers(ctx context.Context, dir string) []*peer {
	return []*peer{
		newCopyjit("copyjit", jit.TierNative, fast, false, "compiled; filters with a Runner of package bpf for each."),
		newCopyjit("copyjit, VM.Run", jit.TierNative, fast, true, "filters that several goroutines may run at once."),
		newCopyjit("copyjit, interpreter", jit.TierInterp, slow, false, "the tier of platforms without compiled code."),
		newGo(),
		newNet(),
		newWazero(ctx, "wazero, compiler", wazero.NewRuntimeConfigCompiler(), fast),
		newWazero(ctx, "wazero, interpreter", wazero.NewRuntimeConfigInterpreter(), slow),
		newGoja(),
		newGopherLua(),
		newLuaJIT(ctx, dir),
		newC(ctx, dir, "tcc", "tcc"),
		newC(ctx, dir, "gcc -O1", "gcc", "-O1"),
		newC(ctx, dir, "gcc -O2", "gcc", "-O2"),
	}
}

// run measures and writes the results.
func run(ctx context.Context, out string, verbose bool) error {
	dir, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	peers := newPeers(ctx, dir)
	say := func(format string, args ...any) {
		if verbose {
			fmt.Fprintf(os.Stderr, format+"\n", args...)
		}
	}
	results := result{}
	for i := range tasks {
		t := &tasks[i]
		fmt.Fprintf(os.Stderr, "%s …\n", t.name)
		if results[t], err = measure(ctx, t, peers, say); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(out, 0o777); err != nil {
		return err
	}
	table := results.table(peers)
	fmt.Print(table)
	if err := os.WriteFile(filepath.Join(out, "results.md"), []byte(table), 0o666); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(out, "results.svg"), []byte(results.plot(peers)), 0o666)
}
