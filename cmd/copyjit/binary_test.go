package main

import (
	"bufio"
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"
)

// build builds the command, for tests of what a process does.
func build(t *testing.T) string {
	t.Helper()
	goTool, err := exec.LookPath("go")
	if err != nil || runtime.GOARCH == "wasm" {
		t.Skip("the command cannot be built and run here")
	}
	file := filepath.Join(t.TempDir(), "copyjit.exe")
	if out, err := exec.Command(goTool, "build", "-buildvcs=false", "-o", file, ".").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	var exit *exec.ExitError
	if err := exec.Command(file, "help").Run(); err != nil && !errors.As(err, &exit) {
		t.Skipf("this test runs under an emulator, which does not start other programs: %v", err)
	}
	return file
}

// TestProcess: the statuses and streams of a real process.
func TestProcess(t *testing.T) {
	command := build(t)
	endless := write(t, "endless.cj", "copyjit 1\nfunc f (i) (i)\n\tcall f\n\treturn\n")
	for _, tc := range []struct {
		args   []string
		status int
		stdout string
	}{
		{[]string{"sum", "1e6"}, 0, "499999500000\n"},
		{[]string{"sum", "-tier", "interp", "1e3"}, 0, "499500\n"},
		{[]string{"run", programs + "fib.cj", "10"}, 0, "55\n"},
		{[]string{"run", endless, "1"}, 1, ""},
		{[]string{"run", endless, "1", "-tier", "interp"}, 1, ""},
		{[]string{"run", endless, "1", "-stack", "16777216"}, 1, ""},
		{[]string{"run", "none.cj"}, 1, ""},
		{[]string{"run", "."}, 1, ""},
		{[]string{"run", command}, 1, ""},
		{[]string{"sum", "-1"}, 2, ""},
		{[]string{"sum", "5", "-stack", "9223372036854775800"}, 2, ""},
		{[]string{}, 2, ""},
	} {
		var stdout, stderr bytes.Buffer
		cmd := exec.Command(command, tc.args...)
		cmd.Stdout, cmd.Stderr = &stdout, &stderr
		err := cmd.Run()
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			t.Fatal(err)
		}
		if got := cmd.ProcessState.ExitCode(); got != tc.status || stdout.String() != tc.stdout || (stderr.Len() == 0) != (tc.status == 0) {
			t.Errorf("copyjit %q: status %d, stdout %q, stderr %q, want status %d, stdout %q",
				tc.args, got, stdout.String(), stderr.String(), tc.status, tc.stdout)
		}
	}
}

// TestInterrupt: an interrupt ends a program that would run for centuries, in
// good order.
func TestInterrupt(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("there is no way to send an interrupt")
	}
	command := build(t)
	for _, tier := range tiers() {
		cmd := exec.Command(command, "sum", "1e19", "-v", "-tier", tier)
		stderr, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		defer cmd.Process.Kill()
		timeout := time.AfterFunc(20*time.Second, func() { cmd.Process.Kill() })
		lines := bufio.NewScanner(stderr)
		last := ""
		for i := 0; lines.Scan(); i++ {
			if last = lines.Text(); i == 0 { // what is compiled: from here on it runs
				if err := cmd.Process.Signal(os.Interrupt); err != nil {
					t.Fatal(err)
				}
			}
		}
		cmd.Wait()
		timeout.Stop()
		if got := cmd.ProcessState.ExitCode(); got != 1 || last != "copyjit sum: interrupted" {
			t.Errorf("-tier %s: %v, last line %q", tier, cmd.ProcessState, last)
		}
	}
}
