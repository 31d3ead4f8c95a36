package jit

import (
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
)

// TestVectors runs the outside vectors on every tier.
func TestVectors(t *testing.T) {
	p := tiertest.Vectors(t)
	eachTier(t, func(t *testing.T, e *Engine) {
		in := mustInstance(t, mustCompile(t, e, p.Program), stack)
		for i := range p.Cases {
			runCase(t, in, &p.Cases[i])
		}
	})
}
