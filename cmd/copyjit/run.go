package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"strconv"

	"github.com/copyjit/copyjit/ops"
)

// run calls a function of a file with arguments from the command line.
func run(e *env, args []string) error {
	fs := e.flags("FILE.cj [ARGS]")
	opt := addExecFlags(fs)
	name := fs.String("func", "", "`name` of the function to call; the file's first if not given")
	rest, err := e.parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("want a file")
	}
	p, err := load(rest[0])
	if err != nil {
		return err
	}
	fn := ops.FuncID(0)
	if *name != "" {
		var ok bool
		if fn, ok = p.Lookup(*name); !ok {
			return fmt.Errorf("%s: no function %q: the file has %s", rest[0], *name, names(p))
		}
	} else if p.NumFuncs() == 0 {
		return fmt.Errorf("%s: the file has no function to call", rest[0])
	}
	s, err := arguments(p.Func(fn), rest[1:])
	if err != nil {
		return err
	}
	if err := e.exec(context.Background(), opt, p, fn, s); err != nil {
		return err
	}
	for i := range p.Func(fn).Sig.Results() {
		fmt.Fprintln(e.stdout, int64(*value(s, i)))
	}
	return nil
}

// load reads and parses a file.
func load(file string) (*ops.Program, error) {
	if info, err := os.Stat(file); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a directory, want a .cj file", file)
	}
	src, err := os.ReadFile(file)
	if err != nil {
		if perr, ok := err.(*fs.PathError); ok {
			return nil, fmt.Errorf("%s: %v", file, perr.Err)
		}
		return nil, err
	}
	return ops.Parse(file, src)
}

func names(p *ops.Program) string {
	list := ""
	for i := range p.NumFuncs() {
		if i > 0 {
			list += ", "
		}
		if i == 10 && p.NumFuncs() > 11 {
			return list + fmt.Sprintf("and %d more", p.NumFuncs()-i)
		}
		list += p.Func(ops.FuncID(i)).Name
	}
	return list
}

// arguments turns words into a state.
func arguments(f *ops.Func, words []string) (*ops.State, error) {
	params := f.Sig.Params()
	if len(words) != len(params) {
		return nil, usagef("function %s takes %d arguments, got %d: %s %s", f.Name, len(params), len(words), f.Name, f.Sig)
	}
	s := &ops.State{Slots: make([]uint64, max(f.Sig.ParamSlots(), f.Sig.ResultSlots()))}
	for i, w := range words {
		if v, err := strconv.ParseInt(w, 0, 64); err == nil {
			*value(s, i) = uint64(v)
		} else if v, err := strconv.ParseUint(w, 0, 64); err == nil {
			*value(s, i) = v
		} else {
			return nil, usagef("argument %d of function %s is %q, want a whole number of 64 bits", i+1, f.Name, w)
		}
	}
	return s, nil
}

// value returns where the i-th argument or result is.
func value(s *ops.State, i int) *uint64 {
	if i < ops.NumRegs {
		return &s.Reg[i]
	}
	return &s.Slots[i-ops.NumRegs]
}
