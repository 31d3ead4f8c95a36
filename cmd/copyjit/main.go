// Command copyjit runs, shows and measures copyjit programs.
//
//	copyjit sum N [-tier interp|jit]
//	copyjit run FILE.cj [-func NAME] [-tier interp|jit] [-cpuprofile FILE] [-tools perfmap,jitdump,gdb] [ARGS]
//	copyjit dump FILE.cj
//	copyjit bpf LISTING CAPTURE.pcap
//	copyjit bpf -expr EXPRESSION CAPTURE.pcap
//	copyjit bench
//	copyjit targets
//
// Programs that run calls may import two functions of the host, print (i) and
// print_f (f), which print their argument, a line each.
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
		{"run", "FILE.cj [ARGS]", "call a function with integers (signed) and floats; print its results, a line each", run},
		{"dump", "FILE.cj", "print each operation, its stencil, its bytes and what was patched in", dump},
		{"bpf", "LISTING CAPTURE.pcap", "run a packet filter (tcpdump -ddd) over a capture file; print what it accepts and how fast", runBPF},
		{"bench", "", "print a table of compile and run times on both tiers", bench},
		{"targets", "", "print which platforms have compiled code, and what this one allows", targets},
	}
}

// An env is what a command may touch.
type env struct {
	*command
	stdout *output
	stderr io.Writer
}

// An output remembers that it could not be written, so that commands need not
// look each time they print.
type output struct {
	w   io.Writer
	err error
}

func (o *output) Write(b []byte) (int, error) {
	if o.err != nil {
		return 0, o.err
	}
	n, err := o.w.Write(b)
	o.err = err
	return n, err
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
	switch args[0] {
	case "help", "-h", "-help", "--help":
		if len(args) == 1 {
			printUsage(stdout)
			return 0
		}
		args = []string{args[1], "-h"} // help COMMAND is COMMAND -h
	}
	for i := range commands {
		c := &commands[i]
		if c.name != args[0] {
			continue
		}
		out := &output{w: stdout}
		err := c.run(&env{command: c, stdout: out, stderr: stderr}, args[1:])
		if err == nil || errors.Is(err, flag.ErrHelp) {
			err = out.err
		}
		var usage *usageError
		switch {
		case err == nil:
			return 0
		case errors.As(err, &usage):
			fmt.Fprintf(stderr, "copyjit %s: %s (try: copyjit %s -h)\n", c.name, oneLine(usage.msg), c.name)
			return 2
		default:
			fmt.Fprintf(stderr, "copyjit %s: %s\n", c.name, reason(err))
			return 1
		}
	}
	fmt.Fprintf(stderr, "copyjit: unknown command %s (try: copyjit help)\n", quote(args[0]))
	return 2
}

func printUsage(w io.Writer) {
	fmt.Fprintln(w, "copyjit runs, shows and measures copyjit programs.")
	fmt.Fprintln(w)
	for i := range commands {
		fmt.Fprintf(w, "  copyjit %-24s %s\n", commands[i].synopsis(), commands[i].short)
	}
	fmt.Fprintln(w)
	fmt.Fprintln(w, "Flags may stand before or after arguments; copyjit COMMAND -h lists them.")
}

func (c *command) synopsis() string { return strings.TrimSpace(c.name + " " + c.args) }
