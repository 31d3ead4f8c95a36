package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// flags returns an empty flag set for the command.
func (e *env) flags() *flag.FlagSet {
	fs := flag.NewFlagSet(e.name, flag.ContinueOnError)
	// The flag package would print its usage on every mistake; here only -h does.
	fs.SetOutput(io.Discard)
	fs.Usage = func() {}
	return fs
}

// parse separates flags from arguments, in whatever order they come. What looks
// like a number is an argument, so that negative ones need no "--".
func (e *env) parse(fs *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		switch a := args[0]; {
		case a == "--":
			return append(rest, args[1:]...), nil
		case !isFlag(a):
			rest, args = append(rest, a), args[1:]
		default:
			// Parse stops at the first argument that is no flag, which may be a
			// negative number that it takes for one: hand it one flag at a time.
			n, err := words(fs, args)
			if err == nil {
				err = fs.Parse(args[:n])
			}
			switch {
			case errors.Is(err, flag.ErrHelp):
				e.help(fs)
				return nil, err
			case err != nil:
				return nil, &usageError{err.Error()}
			}
			args = args[n:]
		}
	}
	return rest, nil
}

// isFlag reports whether an argument is a flag: it begins with a dash and looks
// like no negative number.
func isFlag(arg string) bool {
	if len(arg) < 2 || arg[0] != '-' {
		return false
	}
	_, err := formatOf(ops.Float).parse(arg)
	return strings.Trim(arg[1:2], "0123456789.") != "" && errors.Is(err, errNoFloat)
}

// words returns how many arguments the flag at the beginning takes up.
func words(fs *flag.FlagSet, args []string) (int, error) {
	name, _, hasValue := strings.Cut(strings.TrimPrefix(args[0][1:], "-"), "=")
	if name == "h" || name == "help" {
		return 1, nil // Parse knows these
	}
	f := fs.Lookup(name)
	if f == nil {
		if known(fs) == "" {
			return 0, fmt.Errorf("there is no flag -%s, nor any other", shorten(name))
		}
		return 0, fmt.Errorf("there is no flag -%s, want %s", shorten(name), known(fs))
	}
	if b, ok := f.Value.(interface{ IsBoolFlag() bool }); hasValue || ok && b.IsBoolFlag() {
		return 1, nil
	}
	if len(args) == 1 {
		value, _ := flag.UnquoteUsage(f)
		return 0, fmt.Errorf("-%s needs a value: -%s %s", name, name, strings.ToUpper(value))
	}
	return 2, nil
}

// known lists the flags that there are, "" if there are none.
func known(fs *flag.FlagSet) string {
	var list []string
	fs.VisitAll(func(f *flag.Flag) { list = append(list, "-"+f.Name) })
	return strings.Join(list, ", ")
}

func (e *env) help(fs *flag.FlagSet) {
	flags := known(fs)
	synopsis := e.synopsis()
	if flags != "" {
		synopsis += " [flags]"
	}
	fmt.Fprintf(e.stdout, "usage: copyjit %s\n\n%s.\n", synopsis, capital(e.short))
	if flags != "" {
		fmt.Fprint(e.stdout, "\nFlags:\n")
		fs.SetOutput(e.stdout)
		fs.PrintDefaults()
	}
}

// noArgs is parse for commands without arguments.
func (e *env) noArgs(fs *flag.FlagSet, args []string) error {
	rest, err := e.parse(fs, args)
	if err == nil && len(rest) != 0 {
		err = usagef("want no arguments, got %s", quote(rest[0]))
	}
	return err
}

// execFlags are the flags of commands that run something.
type execFlags struct {
	tier    tierFlag
	stack   stackFlag
	tools   toolsFlag
	profile string
	verbose bool
}

func addExecFlags(fs *flag.FlagSet) *execFlags {
	opt := &execFlags{stack: jit.DefaultStackBytes}
	fs.Var(&opt.tier, "tier", "`tier` to run on: interp, jit, or auto, which is jit where the platform allows it and the default")
	fs.Var(&opt.stack, "stack", "limit of the program's stack in `bytes`")
	fs.Var(&opt.tools, "tools", "`tools` to tell of the code, separated by commas: perfmap, jitdump, gdb")
	fs.StringVar(&opt.profile, "cpuprofile", "", "write a CPU profile by function and operation to a `file`, for go tool pprof")
	fs.BoolVar(&opt.verbose, "v", false, "say on stderr what was compiled, how many bytes, how long it took")
	return opt
}

// A tierFlag is a tier as a flag's value.
type tierFlag jit.Tier

func (t *tierFlag) String() string { return jit.Tier(*t).String() }

func (t *tierFlag) Set(text string) error {
	for _, tier := range []jit.Tier{jit.TierAuto, jit.TierInterp, jit.TierNative} {
		if tier.String() == text {
			*t = tierFlag(tier)
			return nil
		}
	}
	return errors.New("want interp, jit or auto")
}

// A toolsFlag is a set of tools as a flag's value.
type toolsFlag jit.Tools

func (t *toolsFlag) String() string { return jit.Tools(*t).String() }

func (t *toolsFlag) Set(text string) error {
	tools, err := jit.ParseTools(text)
	if err != nil {
		return errors.New(strings.TrimPrefix(err.Error(), "jit: "))
	}
	*t = toolsFlag(tools)
	return nil
}

// A stackFlag is the size of a stack as a flag's value.
type stackFlag int

// Limits of -stack. A process that asks for more memory than there is gets
// killed, without a word; and to find out where a deep recursion stood takes
// several times the memory of its stack.
const (
	minStack = 8 * ops.HeaderWords
	maxStack = 256 << 20
)

func (s *stackFlag) String() string { return strconv.Itoa(int(*s)) }

func (s *stackFlag) Set(text string) error {
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil || n < minStack || n > maxStack || n%8 != 0 {
		return fmt.Errorf("want a multiple of 8 from %d to %d", minStack, maxStack)
	}
	*s = stackFlag(n)
	return nil
}
