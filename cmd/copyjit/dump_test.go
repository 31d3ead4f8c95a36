package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/jit"
	"github.com/copyjit/copyjit/ops"
)

// TestDump compares with testdata/dump.GOARCH.txt where there is code, else with
// testdata/dump.interp.txt.
func TestDump(t *testing.T) {
	got := copyjit("dump", "testdata/dump.cj")
	if got.status != 0 {
		t.Fatalf("%+v", got)
	}
	golden := "testdata/dump." + runtime.GOARCH + ".txt"
	if !native() {
		golden = "testdata/dump.interp.txt"
		if !strings.HasPrefix(got.stderr, "operations only: ") || strings.Count(got.stderr, "\n") != 1 {
			t.Errorf("stderr %q, want one line that says why there is no code", got.stderr)
		}
	} else if got.stderr != "" {
		t.Errorf("stderr %q", got.stderr)
	}
	if *update {
		if err := os.WriteFile(golden, []byte(got.stdout), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatalf("%v (go test ./cmd/copyjit -update writes it)", err)
	}
	if got.stdout != string(want) {
		t.Errorf("%s differs (go test ./cmd/copyjit -update rewrites it), now\n%s", golden, got.stdout)
	}
}

// TestDumpNotes: what stands for a number is named.
func TestDumpNotes(t *testing.T) {
	if !native() {
		t.Skip("there is no code")
	}
	got := copyjit("dump", write(t, "all.cj", wholeMachine)).stdout
	if !regexp.MustCompile(`; imm=0\.5\n|; imm\w+=\d+ \(of 0\.5\)\n`).MatchString(got) {
		t.Errorf("the dump does not show 0.5 as the immediate:\n%s", got)
	}
	for _, want := range []string{
		" (counter 1)", " (global 1)", " ((i) (i))", " (host call)", " (memory access out of bounds)", " (entry safepoint)",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the dump does not say %q:\n%s", want, got)
		}
	}
}

var (
	operationLine   = regexp.MustCompile(`^ {2,5}(\d+)  (.*?) +(\S+)$`)
	instructionLine = regexp.MustCompile(`^ {8}([0-9a-f]{4,})  ((?:[0-9a-f]{2} ?)+) +(.*)$`)
	targetNote      = regexp.MustCompile(`(?:target=|→)([0-9a-f]{4,}) \((?:(.+), )?(pc \d+|[^,]+)\)`)
	tableLabel      = regexp.MustCompile(`  (\d+|default) +; →`)
)

// TestDumpCorpus: the dump of every program has every operation in order, every
// byte of code once, and says where each jump goes.
func TestDumpCorpus(t *testing.T) {
	if !native() {
		t.Skip("there is no code")
	}
	files, err := filepath.Glob(programs + "*.cj")
	files = append(files, "testdata/dump.cj", write(t, "all.cj", wholeMachine))
	if err != nil || len(files) <= 2 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		p, err := load(file)
		if err != nil {
			t.Fatal(err)
		}
		engine, err := jit.NewEngine(jit.Config{})
		if err != nil {
			t.Fatal(err)
		}
		code, err := engine.Compile(p)
		if err != nil {
			t.Fatal(err)
		}
		pieces := code.Pieces()
		engine.Close()
		got := copyjit("dump", file)
		if got.status != 0 || got.stderr != "" {
			t.Fatalf("%s: %+v", file, got)
		}

		var operations, labels []string
		var bytes, jumps int
		cold, jumped := false, false
		for line := range strings.Lines(got.stdout) {
			line = strings.TrimSuffix(line, "\n")
			cold = cold || strings.HasSuffix(line, " ; cold") || strings.HasSuffix(line, " ; jump tables")
			if operationLine.MatchString(line) {
				jumped = false
			}
			switch m := instructionLine.FindStringSubmatch(line); {
			case m != nil:
				bytes += len(strings.Fields(m[2]))
				if strings.Contains(m[3], ".byte") || strings.Contains(m[3], ".word") {
					t.Errorf("%s: not decoded: %s", file, line)
				}
				if strings.Contains(line, "target=") || tableLabel.MatchString(line) {
					// A condition may take two jumps to one place, a far place two holes.
					if label := tableLabel.MatchString(line); label || !jumped {
						jumps++
						jumped = !label
					}
					if note := targetNote.FindStringSubmatch(line); note == nil {
						t.Errorf("%s: a jump without the name of its target: %s", file, line)
					}
				}
			case strings.HasSuffix(line, ":"):
				labels = append(labels, line)
			case operationLine.MatchString(line) && !cold:
				if m := operationLine.FindStringSubmatch(line); m[2] != "(entry)" && m[2] != "(poll)" {
					operations = append(operations, m[1]+" "+m[2])
				}
			}
		}

		var wantOperations, wantLabels []string
		wantBytes, wantJumps := 0, 0
		for id := range ops.FuncID(p.NumFuncs()) {
			for pc, l := range p.Listing(id) {
				wantOperations = append(wantOperations, strconv.Itoa(pc)+" "+l.Text)
				if l.Label != "" {
					wantLabels = append(wantLabels, l.Label+":")
				}
				switch op := &p.Ops(id)[pc]; op.Code().Info().Extra {
				case ops.LabelExtra, ops.FuncExtra:
					wantJumps++
				case ops.TableExtra:
					wantJumps += len(p.Jumps(op))
				}
			}
		}
		for _, piece := range pieces {
			wantBytes += len(piece.Code)
		}
		if fmt.Sprint(operations) != fmt.Sprint(wantOperations) {
			t.Errorf("%s: operations\n%q, want\n%q", file, operations, wantOperations)
		}
		if fmt.Sprint(labels) != fmt.Sprint(wantLabels) {
			t.Errorf("%s: labels %q, want %q", file, labels, wantLabels)
		}
		// A comparison of floats may take two jumps, one for NaN.
		if bytes != wantBytes || jumps < wantJumps || jumps > 2*wantJumps {
			t.Errorf("%s: %d bytes and %d jumps, want %d and %d, or more where floats are compared", file, bytes, jumps, wantBytes, wantJumps)
		}
	}
}
