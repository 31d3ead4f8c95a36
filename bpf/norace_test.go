//go:build !race

package bpf_test

const raced = false
