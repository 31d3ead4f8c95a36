//go:build race

package jit

// raced says whether the race detector watches, whose own memory grows.
const raced = true
