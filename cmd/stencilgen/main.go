// Command stencilgen makes the tables of stencils out of the C templates, and proves
// them:
//
//	stencilgen [-target amd64] [-check] [-o dir] [-v]
//	stencilgen prove [-target amd64] [-op add] [-fresh] [-write | -check]
//	stencilgen prove -table [-target amd64]
//
// It needs clang 19, as clang-19 or as the environment variable CLANG says, and
// runs anywhere in the module. With -check it writes nothing and fails if the
// tables are not what it would write.
//
// To prove needs z3; see package prove. Without flags it proves every form of every
// stencil that it has not proved before. What is refuted is printed with inputs that show
// it, beside the instructions. With -table it prints what was proved when the committed
// results were written, which needs no z3.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/copyjit/copyjit/stencils/gen"
	"github.com/copyjit/copyjit/stencils/gen/rows"
)

func main() {
	if len(os.Args) > 1 && os.Args[1] == "prove" {
		os.Exit(prove(os.Args[2:]))
	}
	target := flag.String("target", "", "the only target to generate (default all)")
	check := flag.Bool("check", false, "compare instead of writing")
	out := flag.String("o", "", "directory for the targets' packages (default stencils/generated)")
	verbose := flag.Bool("v", false, "say what has been made")
	flag.Parse()
	if flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	if err := run(*target, *out, *check, *verbose); err != nil {
		fmt.Fprintln(os.Stderr, "stencilgen:", err)
		os.Exit(1)
	}
}

func run(target, out string, check, verbose bool) error {
	root, err := gen.FindRoot(".")
	if err != nil {
		return err
	}
	if out == "" {
		out = filepath.Join(root, "stencils", "generated")
	}
	targets := gen.Targets()
	if target != "" {
		targets = []string{target}
	}
	for _, t := range targets {
		o := gen.Options{Root: root, Target: t, Rows: rows.All()}
		if verbose {
			o.Log = func(format string, args ...any) { fmt.Printf(format+"\n", args...) }
		}
		files, err := gen.Generate(o)
		if err != nil {
			return err
		}
		act := gen.Write
		if check {
			act = gen.Compare
		}
		if err := act(filepath.Join(out, t), files); err != nil {
			return err
		}
	}
	return nil
}

// prove runs the prover, which is another program because it has the tables in it:
// this one must build when they do not. It returns the exit status.
func prove(args []string) int {
	cmd := exec.Command("go", append([]string{"run", "github.com/copyjit/copyjit/stencils/prove/proveall"}, args...)...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if err := cmd.Run(); err != nil {
		if exit := (*exec.ExitError)(nil); !errors.As(err, &exit) {
			fmt.Fprintln(os.Stderr, "stencilgen:", err)
		}
		return 1
	}
	return 0
}
