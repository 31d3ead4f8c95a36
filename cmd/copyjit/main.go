// Command copyjit runs, shows and measures copyjit programs.
//
//	copyjit sum N [-tier interp|jit]
//	copyjit run FILE.cj [-func NAME] [-tier interp|jit] [ARGS]
//	copyjit dump FILE.cj
//	copyjit bench
//	copyjit targets
//
// It exits with status 0, 1 if a program or a file is at fault, 2 if the command
// line is.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// A command is one of the subcommands.
type command struct {
	name  string
	args  string // what follows the name in the usage
	short string
	run   func(*env, []string) error
}

var commands []command

// The table refers to functions that print it.
func init() {
	commands = []command{
		{"sum", "N", "print the sum of 0 … N−1 modulo 2⁶⁴; N as 1000000000 or 1e9", sum},
		{"run", "FILE.cj [ARGS]", "call a function of a program and print its results", run},
		{"dump", "FILE.cj", "print each operation, its stencil, its bytes and what was patched in", dump},
		{"bench", "", "print a table of compile and run times on both tiers", bench},
		{"targets", "", "print which platforms have compiled code, and what this one allows", targets},
	}
}

// An env is what a command may touch.
type env struct {
	name           string
	stdout, stderr io.Writer
	help           func() // prints the command's usage
}

// A usageError is a mistake on the command line.
type usageError struct{ msg string }

func (e *usageError) Error() string { return e.msg }

func usagef(format string, args ...any) error {
	return &usageError{fmt.Sprintf(format, args...)}
}

func main() { os.Exit(start(os.Args[1:], os.Stdout, os.Stderr)) }

// start runs the command line and returns the exit status.
func start(args []string, stdout, stderr io.Writer) int {
	if len(args) == 0 {
		printUsage(stderr)
		return 2
	}
	name := args[0]
	if name == "help" || name == "-h" || name == "-help" || name == "--help" {
		printUsage(stdout)
		return 0
	}
	for _, c := range commands {
		if c.name != name {
			continue
		}
		err := c.run(&env{name: name, stdout: stdout, stderr: stderr}, args[1:])
		var usage *usageError
		switch {
		case err == nil:
			return 0
		case errors.Is(err, flag.ErrHelp):
			return 0
		case errors.As(err, &usage):
			fmt.Fprintf(stderr, "copyjit %s: %s (try: copyjit %s -h)\n", name, usage.msg, name)
			return 2
		default:
			fmt.Fprintf(stderr, "copyjit %s: %s\n", name, oneLine(err))
			return 1
		}
	}
	fmt.Fprintf(stderr, "copyjit: unknown command %q (try: copyjit help)\n", name)
	return 2
}

func oneLine(err error) string { return strings.ReplaceAll(err.Error(), "\n", "; ") }

func printUsage(w io.Writer) {
	fmt.Fprintln(w, "copyjit runs, shows and measures copyjit programs.")
	fmt.Fprintln(w)
	for _, c := range commands {
		fmt.Fprintf(w, "  copyjit %-20s %s\n", strings.TrimSpace(c.name+" "+c.args), c.short)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "Flags may stand before or after arguments; copyjit COMMAND -h lists them.")
}

// flags returns the flag set of the command.
func (e *env) flags(args string) *flag.FlagSet {
	fs := flag.NewFlagSet(e.name, flag.ContinueOnError)
	// The flag package would print its usage on every mistake; here only -h does.
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	e.help = func() {
		fmt.Fprintf(e.stdout, "usage: copyjit %s [flags]\n", strings.TrimSpace(e.name+" "+args))
		fs.SetOutput(e.stdout)
		fs.PrintDefaults()
	}
	return fs
}

// parse separates flags from arguments, in whatever order they come. What looks
// like a number is an argument, so that negative ones need no "--".
func (e *env) parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		switch a := args[0]; {
		case a == "--":
			return append(rest, args[1:]...), nil
		case len(a) < 2 || a[0] != '-' || a[1] >= '0' && a[1] <= '9' || a[1] == '.':
			rest, args = append(rest, a), args[1:]
		default:
			// Parse stops at the first argument that is no flag, which may be a
			// negative number that it takes for one: hand it one flag at a time.
			n := 1
			if name := strings.TrimLeft(a, "-"); !strings.Contains(name, "=") && takesValue(fs, name) {
				n = 2
			}
			n = min(n, len(args))
			if err := fs.Parse(args[:n]); err != nil {
				if errors.Is(err, flag.ErrHelp) {
					e.help()
					return nil, err
				}
				return nil, &usageError{err.Error()}
			}
			args = args[n:]
		}
	}
	return rest, nil
}

func takesValue(fs *flag.FlagSet, name string) bool {
	f := fs.Lookup(name)
	if f == nil {
		return false
	}
	b, ok := f.Value.(interface{ IsBoolFlag() bool })
	return !ok || !b.IsBoolFlag()
}
