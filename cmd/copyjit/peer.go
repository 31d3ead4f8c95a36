package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"github.com/copyjit/copyjit/internal/sample"
)

// A peer is the kernels compiled by a compiler of C.
type peer struct {
	name string // the compiler and its level
	file string // the program
	err  error  // why there is none
}

var errNoCompiler = errors.New("not installed")

// levels are those of peers.
var levels = []string{"-O0", "-O1"}

// buildPeers compiles the kernels into a directory, with the first C compiler that
// is installed.
func buildPeers(ctx context.Context, dir string) []peer {
	compiler, name := "", "gcc"
	for _, c := range []string{"gcc", "cc", "clang"} {
		if path, err := exec.LookPath(c); err == nil {
			compiler, name = path, c
			break
		}
	}
	var peers []peer
	for _, level := range levels {
		p := peer{name: name + " " + level, err: errNoCompiler}
		if compiler != "" {
			p.file, p.err = compilePeer(ctx, compiler, level, dir)
		}
		peers = append(peers, p)
	}
	return peers
}

func compilePeer(ctx context.Context, compiler, level, dir string) (file string, err error) {
	source := filepath.Join(dir, "sample.c")
	if err := os.WriteFile(source, sample.C, 0o666); err != nil {
		return "", err
	}
	file = filepath.Join(dir, "sample"+level+".exe")
	// Products and sums are rounded one by one, as here.
	out, err := exec.CommandContext(ctx, compiler, level, "-ffp-contract=off", "-o", file, source).CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%w: %s", err, shorten(oneLine(string(out))))
	}
	return file, nil
}

// run calls a kernel and returns how long that took, and its result.
func (p *peer) run(ctx context.Context, kernel string, arg uint64) (took time.Duration, result uint64, err error) {
	out, err := exec.CommandContext(ctx, p.file, kernel, fmt.Sprint(arg)).Output()
	if ctx.Err() != nil {
		return 0, 0, ctx.Err()
	}
	if err == nil {
		_, err = fmt.Sscan(string(out), &took, &result) // a Duration is in nanoseconds
	}
	if err != nil {
		return 0, 0, fmt.Errorf("%s, compiled by %s: %w", kernel, p.name, err)
	}
	return took, result, nil
}
