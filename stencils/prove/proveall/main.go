// Command proveall is stencilgen prove: see there. It is a program of its own because
// it has the tables of stencils in it, and stencilgen must build when they do not.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/copyjit/copyjit/stencils"
	"github.com/copyjit/copyjit/stencils/gen"
	"github.com/copyjit/copyjit/stencils/generated/amd64"
	"github.com/copyjit/copyjit/stencils/generated/arm64"
	"github.com/copyjit/copyjit/stencils/generated/riscv64"
	"github.com/copyjit/copyjit/stencils/prove"
)

// sets are the tables as they were when this program was built.
var sets = map[string]*stencils.Set{"amd64": &amd64.Set, "arm64": &arm64.Set, "riscv64": &riscv64.Set}

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "stencilgen:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	flags := flag.NewFlagSet("stencilgen prove", flag.ExitOnError)
	target := flags.String("target", "", "the only target (default all)")
	op := flags.String("op", "", "the only operation, by its mnemonic (default all)")
	fresh := flags.Bool("fresh", false, "do not believe the cache of former results")
	write := flags.Bool("write", false, "write what has been proved beside the tables")
	check := flags.Bool("check", false, "prove what the written results do not cover, and a random tenth of what they do")
	seed := flags.Uint64("seed", 0, "of the random tenth (default a new one)")
	table := flags.Bool("table", false, "print the table of the written results, and prove nothing")
	flags.Parse(args)
	if flags.NArg() > 0 || *write && (*check || *op != "") || *table && (*write || *check || *fresh || *op != "") {
		flags.Usage()
		os.Exit(2)
	}
	root, err := gen.FindRoot(".")
	if err != nil {
		return err
	}
	names := prove.Targets()
	if *target != "" {
		names = []string{*target}
	}
	if *table {
		return printTable(root, names)
	}
	solver, err := prove.SolverVersion()
	if err != nil {
		return err
	}
	if *seed == 0 {
		*seed = rand.Uint64()
	}
	var report prove.Report
	failed := 0
	for _, name := range names {
		set := sets[name]
		if set == nil {
			return fmt.Errorf("no target %q: there are %q", name, prove.Targets())
		}
		o := prove.Options{Op: *op, Progress: progress(name)}
		if !*fresh && !*check {
			if o.Cache, err = openCache(name); err != nil {
				return err
			}
		}
		file := filepath.Join(root, filepath.FromSlash(prove.ResultFile(name)))
		if *check {
			if o.Only, err = uncoveredOrTenth(file, set, *seed); err != nil {
				return err
			}
		}
		results, err := prove.Prove(set, o)
		if o.Progress != nil {
			fmt.Fprint(os.Stderr, "\r\033[K")
		}
		if err != nil {
			return err
		}
		if len(results) == 0 && *op != "" {
			return fmt.Errorf("%s: no operation %q, nor a stencil or lemma of that name", name, *op)
		}
		if o.Cache != nil {
			if err := o.Cache.Save(); err != nil {
				return err
			}
		}
		report.Add(name, results)
		failed += explain(set, results)
		if *write && failed == 0 {
			data, err := prove.WriteCommitted(set, solver, results)
			if err != nil {
				return err
			}
			if err := os.WriteFile(file, data, 0o644); err != nil {
				return err
			}
		}
	}
	if err := report.Write(os.Stdout); err != nil {
		return err
	}
	if failed > 0 {
		return fmt.Errorf("%d forms are not proved", failed)
	}
	return nil
}

// printTable prints what the written results say was proved, and how.
func printTable(root string, names []string) error {
	var report prove.Report
	for _, name := range names {
		data, err := os.ReadFile(filepath.Join(root, filepath.FromSlash(prove.ResultFile(name))))
		if err != nil {
			return err
		}
		committed, err := prove.ReadCommitted(data)
		if err != nil {
			return fmt.Errorf("%s: %w", prove.ResultFile(name), err)
		}
		if !report.AddCommitted(committed) {
			return fmt.Errorf("%s does not say what the proofs took: run make prove", prove.ResultFile(name))
		}
	}
	return report.Write(os.Stdout)
}

// progress returns what shows how far a proof is, on a terminal; nil elsewhere.
func progress(target string) func(done, all int) {
	if info, err := os.Stderr.Stat(); err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	start := time.Now()
	last := start
	return func(done, all int) {
		now := time.Now()
		if now.Sub(last) < 200*time.Millisecond {
			return
		}
		last = now
		fmt.Fprintf(os.Stderr, "\r\033[K%s: %d of %d forms, %d %%, %v", target, done, all, 100*done/all, now.Sub(start).Round(time.Second))
	}
}

// openCache opens the cache of a target, in the user's directory for such things.
func openCache(target string) (*prove.Cache, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return nil, err
	}
	return prove.OpenCache(filepath.Join(dir, "copyjit", "proofs-"+target))
}

// uncoveredOrTenth returns which forms to prove again.
func uncoveredOrTenth(file string, set *stencils.Set, seed uint64) (func(prove.Result) bool, error) {
	data, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		fmt.Printf("%s: no written results: all forms\n", set.Target)
		return nil, nil
	} else if err != nil {
		return nil, err
	}
	committed, err := prove.ReadCommitted(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	uncovered, err := committed.Uncovered(set)
	if err != nil {
		return nil, err
	}
	fmt.Printf("%s: %d operations are not covered; a tenth of the others with -seed %d\n", set.Target, len(uncovered), seed)
	random := rand.New(rand.NewPCG(seed, 0))
	return func(r prove.Result) bool { return slices.Contains(uncovered, r.Op) || random.IntN(10) == 0 }, nil
}

// explain prints what is not proved, with counterexample and disassembly, and
// returns how many forms that are.
func explain(set *stencils.Set, results []prove.Result) (failed int) {
	for _, r := range results {
		if r.Verdict == prove.Proved || r.Verdict == prove.TestedOnly {
			continue
		}
		if failed++; failed > 20 {
			continue // the rest is likely more of the same
		}
		if err := r.Explain(os.Stdout, set); err != nil {
			fmt.Println(err)
		}
	}
	return failed
}
