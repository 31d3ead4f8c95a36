package bpf_test

import (
	"testing"

	"github.com/copyjit/copyjit/bpf"
	"github.com/copyjit/copyjit/jit"
)

// eachTier runs a test on the interpreter, on compiled code whose every byte is read
// back, and on compiled code that leaves at every safepoint.
func eachTier(t *testing.T, test func(*testing.T, bpf.Config)) {
	for _, tier := range []struct {
		name string
		jit.Config
	}{
		{"interpreter", jit.Config{Tier: jit.TierInterp}},
		{"compiled", jit.Config{Tier: jit.TierAuto, Tuning: jit.Tuning{Validate: true, Poison: true}}},
		{"leaving", jit.Config{Tier: jit.TierAuto, Tuning: jit.Tuning{ExitAtPolls: true}}},
	} {
		t.Run(tier.name, func(t *testing.T) {
			e, err := jit.NewEngine(tier.Config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { e.Close() })
			test(t, bpf.Config{Engine: e})
		})
	}
}
