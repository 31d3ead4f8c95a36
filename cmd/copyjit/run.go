package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/copyjit/copyjit/ops"
)

// run calls a function of a file with arguments from the command line.
func run(e *env, args []string) error {
	fs := e.flags()
	opt := addExecFlags(fs)
	var name *string // nil if not given: a function may have the name ""
	fs.Func("func", "`name` of the function to call; the file's first if not given",
		func(text string) error { name = &text; return nil })
	rest, err := e.parse(fs, args)
	if err != nil {
		return err
	}
	if len(rest) == 0 {
		return usagef("want a file")
	}
	file := rest[0]
	p, err := load(file)
	if err != nil {
		return err
	}
	fn, err := function(p, file, name)
	if err != nil {
		return err
	}
	s, err := arguments(p.Func(fn), rest[1:])
	if err != nil {
		return err
	}
	if err := e.exec(opt, p, fn, s); err != nil {
		return fmt.Errorf("%s: %s", fileName(file), reason(err))
	}
	for _, word := range results(p.Func(fn).Sig, s) {
		fmt.Fprintln(e.stdout, word)
	}
	return nil
}

// maxFile is how much of a file is read at the most, as much as Parse accepts: a
// device may have no end. Tests lower it.
var maxFile int64 = 256 << 20

// load reads and parses a file.
func load(file string) (*ops.Program, error) {
	shown := fileName(file)
	fail := func(err error) (*ops.Program, error) {
		var perr *fs.PathError
		if errors.As(err, &perr) {
			err = perr.Err // without the name, which would be there twice
		}
		return nil, fmt.Errorf("%s: %w", shown, err)
	}
	f, err := os.Open(file)
	if err != nil {
		return fail(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, fmt.Errorf("%s is a directory, want a .cj file", shown)
	}
	src, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	switch {
	case err != nil:
		return fail(err)
	case int64(len(src)) > maxFile:
		return nil, fmt.Errorf("%s has more than %d bytes, want a .cj file", shown, maxFile)
	}
	return ops.Parse(shown, src)
}

// function returns the function of that name, or if nil the first.
func function(p *ops.Program, file string, name *string) (ops.FuncID, error) {
	switch {
	case p.NumFuncs() == 0:
		return 0, fmt.Errorf("%s: the file has no function to call", fileName(file))
	case name == nil:
		return 0, nil
	}
	fn, ok := p.Lookup(*name)
	if !ok {
		return 0, usagef("%s: no function %s, the file has %s", fileName(file), quote(*name), funcNames(p))
	}
	return fn, nil
}
