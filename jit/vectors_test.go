package jit

import (
	"testing"

	"github.com/copyjit/copyjit/internal/tiertest"
)

// TestVectors runs the outside vectors on every tier.
func TestVectors(t *testing.T) {
	p := tiertest.Vectors(t)
	eachTier(t, func(t *testing.T, e *Engine) {
		code := mustCompile(t, e, p.Program)
		defer code.Close()
		runCases(t, code, p.Cases)
	})
}
