//go:build race

package bpf_test

// raced reports that the race detector runs, under which a sync.Pool forgets at
// random.
const raced = true
