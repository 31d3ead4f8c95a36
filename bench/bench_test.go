package main

import (
	"context"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"time"
)

// TestPeers has every peer that is installed do every task, with little to do.
func TestPeers(t *testing.T) {
	peers := newPeers(t.Context(), t.TempDir())
	results := result{}
	for i := range tasks {
		task := tasks[i]
		arg := map[string]uint64{"loop": 1000, "fib": 15, "sieve": 1000, "filters": 1}[task.name]
		task.fast, task.slow, task.floats = arg, arg, arg
		best, err := measure(t.Context(), &task, peers, t.Logf)
		if err != nil {
			t.Fatal(err)
		}
		results[&tasks[i]] = best
		done := 0
		for _, p := range peers {
			switch _, ok := best[p]; {
			case p.err != nil && p.process && errors.Is(p.err, errNotInstalled):
			case p.err != nil && p == peers[0]:
				t.Logf("%s: %v", p.name, p.err) // no compiled code on this platform
			case p.err != nil:
				t.Errorf("%s: %v", p.name, p.err)
			case ok:
				done++
			}
		}
		if done < 7 {
			t.Errorf("%s: %d peers have done it", task.name, done)
		}
	}

	table := results.table(peers)
	for _, p := range peers {
		if want := "\n- " + p.name + ": "; !strings.Contains(table, want) {
			t.Errorf("the table says nothing of %s", p.name)
		}
		if strings.Contains(table, "\n| "+p.name+" |") != (p.err == nil) {
			t.Errorf("the table has a row for %s: %v", p.name, p.err == nil)
		}
	}
	for d := xml.NewDecoder(strings.NewReader(results.plot(peers))); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

// TestWrong measures a peer whose result is wrong.
func TestWrong(t *testing.T) {
	wrong := newGo()
	run := wrong.run
	wrong.run = func(task string, arg uint64) (took time.Duration, n uint64, err error) {
		took, n, err = run(task, arg)
		return took, n + 1, err
	}
	task := tasks[1]
	task.fast = 10
	if _, err := measure(context.Background(), &task, []*peer{wrong}, t.Logf); err == nil || err.Error() != "fib, Go: the result is 56, want 55" {
		t.Errorf("%v", err)
	}
}
