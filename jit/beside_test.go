//go:build unix

package jit

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestBesideCollector: what the collector marks, it checks against a second way of
// marking, and what it frees, it overwrites.
func TestBesideCollector(t *testing.T) {
	if !inChild(t, "GODEBUG=gccheckmark=1,clobberfree=1,gcshrinkstackoff=0") {
		return
	}
	workBeside(t, func() {
		for range 20 {
			runtime.GC()
		}
	})
}

// TestBesideSignals: every signal that can be is sent and received meanwhile.
func TestBesideSignals(t *testing.T) {
	if !inChild(t) {
		return
	}
	all := make(chan os.Signal, 1000)
	signal.Notify(all)
	defer signal.Stop(all)
	self, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[os.Signal]int{}
	workBeside(t, func() {
		for range 100 {
			for _, s := range harmless {
				if err := self.Signal(s); err != nil {
					t.Error(err)
				}
			}
			time.Sleep(time.Millisecond)
			for len(all) > 0 {
				seen[<-all]++
			}
		}
	})
	for _, s := range harmless {
		if seen[s] == 0 {
			t.Errorf("%v was never received", s)
		}
	}
	t.Logf("received %v", seen)
}

// TestBesideProfilers: the execution tracer and the profilers of the processor, of
// locks and of blocking are on meanwhile, and what they write can be read.
func TestBesideProfilers(t *testing.T) {
	if !inChild(t) {
		return
	}
	runtime.SetMutexProfileFraction(1)
	runtime.SetBlockProfileRate(1)
	var cpu, events bytes.Buffer
	if err := pprof.StartCPUProfile(&cpu); err != nil {
		t.Fatal(err)
	}
	if err := trace.Start(&events); err != nil {
		t.Fatal(err)
	}
	workBeside(t, func() {
		for range 5 {
			time.Sleep(50 * time.Millisecond)
			for _, p := range pprof.Profiles() {
				if err := p.WriteTo(io.Discard, 0); err != nil {
					t.Error(err)
				}
			}
			// All goroutines' stacks, those in compiled code included.
			buf := make([]byte, 1<<20)
			if stacks := string(buf[:runtime.Stack(buf, true)]); !strings.Contains(stacks, "goroutine ") {
				t.Error("no stacks")
			}
		}
	})
	trace.Stop()
	pprof.StopCPUProfile()
	if !strings.HasPrefix(events.String(), "go 1.") || events.Len() < 1000 {
		t.Errorf("a trace of %d bytes that begins with %.10q", events.Len(), events.String())
	}
	unzip, err := gzip.NewReader(&cpu)
	if err != nil {
		t.Fatal(err)
	}
	profile, err := io.ReadAll(unzip)
	if err != nil {
		t.Fatal(err)
	}
	// That is where the runtime puts what it does not know.
	if nativeSet != nil && !bytes.Contains(profile, []byte("runtime._ExternalCode")) {
		t.Error("compiled code is not in the profile")
	}
}

// TestBesideExec: processes are started meanwhile, which inherit nothing of ours.
func TestBesideExec(t *testing.T) {
	if _, err := exec.LookPath("sh"); err != nil {
		t.Skip(err)
	}
	workBeside(t, func() {
		for range 20 {
			out, err := exec.Command("sh", "-c", "echo here; ls -l /proc/self/fd 2>/dev/null; cat /proc/self/maps 2>/dev/null").CombinedOutput()
			if err != nil || !strings.HasPrefix(string(out), "here\n") {
				t.Fatalf("%v: %s", err, out)
			}
			if strings.Contains(string(out), "copyjit") {
				t.Fatalf("code memory is inherited:\n%s", out)
			}
		}
	})
}

// harmless are signals that end nobody who has asked for them.
var harmless = []os.Signal{syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGURG,
	syscall.SIGALRM, syscall.SIGVTALRM, syscall.SIGWINCH, syscall.SIGCHLD, syscall.SIGPIPE, syscall.SIGIO}
