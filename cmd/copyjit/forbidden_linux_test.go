//go:build amd64 || arm64 || riscv64

package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/copyjit/copyjit/internal/forbid"
)

// TestForbidden: where the system forbids memory files, or all executable memory,
// targets -v says what is done instead, and why, and sum is right all the same.
func TestForbidden(t *testing.T) {
	const variable = "COPYJIT_FORBIDDEN"
	wants := map[string]string{
		"files": ", jit\ncode memory: pages that are written, then made executable for good\n",
		"all":   ", interp; codemem: no executable memory: two views: memfd_create: operation not permitted; write once: ",
	}
	if what := os.Getenv(variable); what != "" {
		if err := forbid.Memory(what == "all"); err != nil {
			t.Skip(err)
		}
		got := copyjit("targets", "-v")
		if got.status != 0 || !strings.Contains(got.stdout, wants[what]) {
			t.Errorf("%+v, want %q", got, wants[what])
		}
		prints(t, "499999500000\n", "sum", "1e6")
		return
	}
	for what := range wants {
		t.Run(what, func(t *testing.T) {
			cmd := exec.Command(os.Args[0], "-test.run=^TestForbidden$", "-test.v")
			cmd.Env = append(os.Environ(), variable+"="+what)
			out, err := cmd.CombinedOutput()
			switch {
			case errors.Is(err, syscall.ENOEXEC):
				t.Skip("emulated: a subprocess would not be")
			case strings.Contains(string(out), "--- SKIP"):
				t.Skipf("%s", out)
			case err != nil:
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}
