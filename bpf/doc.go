// Package bpf is a virtual machine for classic BPF, as golang.org/x/net/bpf has one,
// that compiles filters to machine code.
package bpf
