package jitprof_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"runtime/pprof"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/pprof/profile"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/jit/jitprof"
	"github.com/copyjit/copyjit/ops"
)

// spin has two loops, of which one takes three times the time of the other.
const spin = `copyjit 1
func main (i) () slots 1
	mov [0], a
next:
	mov a, 30000
	call slow
	mov a, 10000
	call fast
	sub [0], 1
	bne [0], 0, next
	return

func slow (i) ()
next:
	sub a, 1
	bne a, 0, next
	return

func fast (i) ()
next:
	sub a, 1
	bne a, 0, next
	return
`

// instance returns an instance of a program, which is in a file, in an engine with
// an observer.
func instance(t testing.TB, cfg jit.Config, src string, host map[string]jit.HostFunc) (*jit.Engine, *jit.Instance) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "spin.cj")
	if err := os.WriteFile(file, []byte(src), 0o600); err != nil {
		t.Fatal(err)
	}
	p, err := ops.Parse(file, []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	e, err := jit.NewEngine(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { e.Close() })
	code, err := e.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	in, err := code.NewInstance(jit.InstanceConfig{Host: host})
	if err != nil {
		t.Fatal(err)
	}
	return e, in
}

// callFor calls a function, again and again, until a time has passed.
func callFor(t testing.TB, in *jit.Instance, fn string, arg uint64, d time.Duration) {
	t.Helper()
	id, ok := in.Program().Lookup(fn)
	if !ok {
		t.Fatalf("no function %s", fn)
	}
	for start := time.Now(); ; {
		s := ops.State{Reg: [ops.NumRegs]uint64{arg}}
		if err := in.Call(context.Background(), id, &s); err != nil {
			t.Fatal(err)
		}
		if time.Since(start) >= d {
			return
		}
	}
}

// shortest returns the shortest time that a call takes.
func shortest(t *testing.T, in *jit.Instance, fn string, arg uint64) time.Duration {
	best := time.Hour
	for range 20 {
		start := time.Now()
		callFor(t, in, fn, arg, 1)
		best = min(best, time.Since(start))
	}
	return best
}

// pprofTool runs go tool pprof on a profile.
func pprofTool(t *testing.T, file string, args ...string) string {
	t.Helper()
	goTool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("go tool pprof is not here: ", err)
	}
	cmd := exec.Command(goTool, append(append([]string{"tool", "pprof"}, args...), file)...)
	cmd.Env = append(os.Environ(), "PPROF_TMPDIR="+t.TempDir())
	cmd.Dir = filepath.Dir(file)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go tool pprof %v: %v\n%s", args, err, stderr.Bytes())
	}
	return string(out)
}

// share returns which share of all samples a line of go tool pprof -top gives to what
// a regular expression matches: its own, in percent.
func share(t *testing.T, top, name string) float64 {
	t.Helper()
	m := regexp.MustCompile(`(?m)^ *\S+ +(\S+)% .*%  ` + name + `$`).FindStringSubmatch(top)
	if m == nil {
		return 0
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func eachTier(t *testing.T, f func(t *testing.T, tier jit.Tier)) {
	for _, tier := range []jit.Tier{jit.TierNative, jit.TierInterp} {
		t.Run(tier.String(), func(t *testing.T) {
			if e, err := jit.NewEngine(jit.Config{Tier: tier}); err != nil {
				t.Skip(err)
			} else {
				e.Close()
			}
			f(t, tier)
		})
	}
}

// profiled runs something under a Profiler, for so long that there are enough samples,
// and returns the profile's file.
func profiled(t *testing.T, p *jitprof.Profiler, e *jit.Engine, enough int64, run func(d time.Duration)) string {
	t.Helper()
	var out *profile.Profile
	for d := time.Second / 4; ; d *= 2 {
		if err := p.Start(e); err != nil {
			t.Fatal(err)
		}
		run(d)
		out = p.Stop()
		if err := out.CheckValid(); err != nil {
			t.Fatal(err)
		}
		n := int64(0)
		for _, s := range out.Sample {
			n += s.Value[0]
		}
		if n >= enough {
			break
		}
		if d > 10*time.Second { // the machine may be busy
			t.Fatalf("%d samples in %v", n, d)
		}
	}
	file := filepath.Join(t.TempDir(), "machine.pprof")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := out.Write(f); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestProfile: go tool pprof says which function, and which operation, took how much
// of the time.
func TestProfile(t *testing.T) {
	eachTier(t, func(t *testing.T, tier jit.Tier) {
		p := jitprof.New(jitprof.Config{Rate: 500})
		e, in := instance(t, jit.Config{Tier: tier, Observer: p.Observer()}, spin, nil)
		file := profiled(t, p, e, 300, func(d time.Duration) { callFor(t, in, "main", 10, d) })

		top := pprofTool(t, file, "-top")
		slow, fast := share(t, top, "slow"), share(t, top, "fast")
		turns := uint64(1_000_000) // so many that what is around them does not count
		if tier == jit.TierInterp {
			turns = 10_000
		}
		want := 100 / (1 + float64(shortest(t, in, "fast", turns))/float64(shortest(t, in, "slow", 3*turns)))
		t.Logf("slow %.1f %%, fast %.1f %%; by the clock slow takes %.1f %%", slow, fast, want)
		if slow < want-20 || slow > want+20 || slow+fast < 95 {
			t.Errorf("go tool pprof -top: slow %.1f %%, fast %.1f %%, want %.1f and the rest\n%s", slow, fast, want, top)
		}
		if main := regexp.MustCompile(`\S+ +(9\d|100)\S*%  main\n`); !main.MatchString(top) {
			t.Errorf("main, which calls both, has not nearly all samples below it\n%s", top)
		}
		if tags := pprofTool(t, file, "-tags"); !strings.Contains(tags, "slow:1 bne a, 0, L0") || !strings.Contains(tags, "fast:1 bne a, 0, L0") {
			t.Errorf("go tool pprof -tags does not name the operations\n%s", tags)
		}
		if list := pprofTool(t, file, "-list", "slow"); !regexp.MustCompile(`(?m)^ +[\d.]+m?s +[\d.]+m?s +16:\tbne a, 0, next$`).MatchString(list) {
			t.Errorf("go tool pprof -list does not show the back-edge's line with its time\n%s", list)
		}
	})
}

// TestShort: calls that are over long before the scheduler would preempt them are
// seen.
func TestShort(t *testing.T) {
	p := jitprof.New(jitprof.Config{Rate: 1000})
	e, in := instance(t, jit.Config{Tier: jit.TierAuto, Observer: p.Observer()}, spin, nil)
	if e.Tier() != jit.TierNative {
		t.Skip("the interpreter looks at 10,000 safepoints at once")
	}
	blocks := make(chan bool)
	go func() {
		for range blocks { // to block ends the time after which a goroutine is preempted
		}
	}()
	defer close(blocks)
	file := profiled(t, p, e, 50, func(d time.Duration) {
		for start := time.Now(); time.Since(start) < d; blocks <- true {
			callFor(t, in, "slow", 30_000, 1) // one call, of some 10 µs
		}
	})
	top := pprofTool(t, file, "-top")
	if got := share(t, top, "slow"); got < 90 {
		t.Errorf("slow has %.1f %% of the samples, want all\n%s", got, top)
	}
}

// TestOneProcessor: a loop on the only processor is seen.
func TestOneProcessor(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	eachTier(t, func(t *testing.T, tier jit.Tier) {
		p := jitprof.New(jitprof.Config{})
		e, in := instance(t, jit.Config{Tier: tier, Observer: p.Observer()}, spin, nil)
		arg := uint64(10_000) // some 100 ms
		if tier == jit.TierInterp {
			arg = 10
		}
		file := profiled(t, p, e, 50, func(d time.Duration) { callFor(t, in, "main", arg, d) })
		top := pprofTool(t, file, "-top")
		if slow := share(t, top, "slow"); slow < 50 || slow > 95 {
			t.Errorf("slow has %.1f %% of the samples, want about 75\n%s", slow, top)
		}
	})
}

// TestLabels: Go's own profiler, which sees no more than that some foreign code runs,
// has the function of every sample as a label.
func TestLabels(t *testing.T) {
	p := jitprof.New(jitprof.Config{Labels: true})
	e, in := instance(t, jit.Config{Observer: p.Observer()}, spin, nil)
	if e.Tier() != jit.TierNative {
		t.Skip("Go's profiler sees what interprets")
	}
	for d := time.Second; ; d *= 2 {
		top := labelled(t, in, d)
		slow, fast := cum(t, top, "slow"), cum(t, top, "fast")
		t.Logf("slow %v ms, fast %v ms in %v", slow, fast, d)
		if (slow+fast < 300 || fast == 0) && d < 10*time.Second {
			continue // the machine is busy
		}
		if fast == 0 || slow < 1.3*fast || !strings.Contains(top, "runtime._ExternalCode") {
			t.Errorf("slow %v ms, fast %v ms, want more by far for slow, with three calls for one of fast\n%s", slow, fast, top)
		}
		return
	}
}

// labelled takes a CPU profile of Go's while an instance makes short calls, and returns what
// go tool pprof says of the samples of compiled code, their labels at the root.
func labelled(t *testing.T, in *jit.Instance, d time.Duration) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "go.pprof")
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		t.Skip(err) // the test is being profiled
	}
	for start := time.Now(); time.Since(start) < d; {
		for range 3 {
			callFor(t, in, "slow", 10_000, 1) // some 3 µs each
		}
		callFor(t, in, "fast", 10_000, 1)
	}
	pprof.StopCPUProfile()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return pprofTool(t, file, "-top", "-tagroot", jitprof.Label, "-focus", "_ExternalCode",
		"-show", "slow|fast|_ExternalCode", "-cum", "-trim=false")
}

// cum returns how much time a line of go tool pprof -top gives to a function and what it
// calls, in milliseconds.
func cum(t *testing.T, top, name string) float64 {
	t.Helper()
	m := regexp.MustCompile(`(?m)^ *\S+ +\S+ +\S+% +(\S+?)(m?s) .*  ` + name + `$`).FindStringSubmatch(top)
	if m == nil {
		return 0
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		t.Fatal(err)
	}
	if m[2] == "s" {
		n *= 1000
	}
	return n
}

// TestLabelsNest: a call within a host function has its own label, and the one around
// it has its own again afterwards, as has the caller.
func TestLabelsNest(t *testing.T) {
	const src = `copyjit 1
host look ()
host again ()
func outer () ()
	callh look
	callh again
	callh look
	return
func inner () ()
	callh look
	trap 1
`
	var seen []string
	look := func(h *jit.HostCall) error {
		label, _ := pprof.Label(h.Context(), jitprof.Label)
		seen = append(seen, label+" "+goroutineLabels(t))
		return nil
	}
	again := func(h *jit.HostCall) error {
		id, _ := h.Instance().Program().Lookup("inner")
		if err := h.Call(h.Context(), id, nil); err == nil {
			t.Error("no trap")
		}
		return nil
	}
	eachTier(t, func(t *testing.T, tier jit.Tier) {
		seen = nil
		p := jitprof.New(jitprof.Config{Labels: true})
		_, in := instance(t, jit.Config{Tier: tier, Observer: p.Observer()}, src, map[string]jit.HostFunc{"look": look, "again": again})
		pprof.Do(context.Background(), pprof.Labels("request", "7"), func(ctx context.Context) {
			if err := in.Call(ctx, 0, nil); err != nil {
				t.Fatal(err)
			}
			seen = append(seen, goroutineLabels(t))
		})
		want := []string{
			`outer {"copyjit":"outer", "request":"7"}`,
			`inner {"copyjit":"inner", "request":"7"}`,
			`outer {"copyjit":"outer", "request":"7"}`,
			`{"request":"7"}`,
		}
		if fmt.Sprint(seen) != fmt.Sprint(want) {
			t.Errorf("labels are %v, want %v", seen, want)
		}
	})
}

// goroutineLabels returns the labels of the goroutine that has some.
func goroutineLabels(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := pprof.Lookup("goroutine").WriteTo(&b, 1); err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^# labels: (.*)$`).FindAllSubmatch(b.Bytes(), -1)
	if len(m) != 1 {
		t.Fatalf("labels of %d goroutines", len(m))
	}
	return string(m[0][1])
}

// TestStartStop: what a Profiler says that is used in the wrong order, and that it can
// be used again.
func TestStartStop(t *testing.T) {
	p := jitprof.New(jitprof.Config{})
	if p.Stop() != nil {
		t.Error("a profile of one that was never started")
	}
	e, in := instance(t, jit.Config{Observer: p.Observer()}, spin, nil)
	for range 2 {
		if err := p.Start(e); err != nil {
			t.Fatal(err)
		}
		if err := p.Start(e); err != jitprof.ErrStarted {
			t.Errorf("starting twice: %v", err)
		}
		callFor(t, in, "main", 1, 50*time.Millisecond)
		if prof := p.Stop(); len(prof.Sample) == 0 {
			t.Error("no samples in 50 ms")
		}
	}
	callFor(t, in, "main", 1, 20*time.Millisecond)
	if p.Stop() != nil {
		t.Error("a profile of one that is stopped")
	}
}

// BenchmarkLabels: what a label costs a call.
func BenchmarkLabels(b *testing.B) {
	for _, labels := range []bool{false, true} {
		b.Run(fmt.Sprint(labels), func(b *testing.B) {
			p := jitprof.New(jitprof.Config{Labels: labels})
			_, in := instance(b, jit.Config{Observer: p.Observer()}, "copyjit 1\nfunc f ()\n\treturn\n", nil)
			ctx := context.Background()
			b.ReportAllocs()
			for b.Loop() {
				if err := in.Call(ctx, 0, nil); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
