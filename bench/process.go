package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"time"
)

var errNotInstalled = errors.New("not installed")

// process runs a program that prints how many nanoseconds it took, and a result.
func process(ctx context.Context, name string, args ...string) (took time.Duration, result uint64, err error) {
	out, err := exec.CommandContext(ctx, name, args...).Output()
	if ctx.Err() != nil {
		return 0, 0, ctx.Err()
	}
	if err == nil {
		_, err = fmt.Sscan(string(out), &took, &result)
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return took, result, err
}
