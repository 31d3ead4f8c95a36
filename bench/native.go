package main

import (
	"time"

	"github.com/copyjit/copyjit/bpf"
	"github.com/copyjit/copyjit/internal/traffic"
	xnet "golang.org/x/net/bpf"
)

// Go, compiled by the Go compiler.

//go:noinline
func nativeLoop(n uint64) (sum uint64) {
	for i := range n {
		sum += i
	}
	return sum
}

//go:noinline
func nativeFib(n uint64) uint64 {
	if n <= 2 {
		return 1
	}
	return nativeFib(n-1) + nativeFib(n-2)
}

var sieveMemory = make([]byte, 1<<24)

//go:noinline
func nativeSieve(n uint64) (count uint64) {
	memory := sieveMemory[:n]
	clear(memory)
	for i := uint64(2); i < n; i++ {
		if memory[i] != 0 {
			continue
		}
		count++
		for j := i * i; j < n; j += i {
			memory[j] = 1
		}
	}
	return count
}

//go:noinline
func nativeFilters(n uint64) (accepted uint64) {
	for range n {
		for i := range traffic.Filters {
			native := traffic.Filters[i].Native
			for _, p := range packets {
				if native(p) {
					accepted++
				}
			}
		}
	}
	return accepted
}

// functions are tasks that are functions of Go.
var functions = map[string]func(uint64) uint64{
	"loop": nativeLoop, "fib": nativeFib, "sieve": nativeSieve, "filters": nativeFilters,
}

func newGo() *peer {
	return &peer{
		name: "Go", arg: fast,
		note: "the Go compiler. The filters are written by hand, in functions of Go.",
		run: func(task string, arg uint64) (time.Duration, uint64, error) {
			start := time.Now()
			n := functions[task](arg)
			return time.Since(start), n, nil
		},
	}
}

// A machine runs a packet filter.
type machine interface{ Run([]byte) (int, error) }

// runFilters runs each filter over all packets, n times.
func runFilters[M machine](list []M, n uint64) (time.Duration, uint64, error) {
	accepted := uint64(0)
	start := time.Now()
	for range n {
		for _, m := range list {
			for _, p := range packets {
				n, err := m.Run(p)
				if err != nil {
					return 0, 0, err
				}
				if n != 0 {
					accepted++
				}
			}
		}
	}
	return time.Since(start), accepted, nil
}

func newNet() *peer {
	var list []*xnet.VM
	var err error
	for i := range traffic.Filters {
		vm, e := xnet.NewVM(traffic.Filters[i].Instructions())
		if e != nil {
			err = e
		}
		list = append(list, vm)
	}
	return &peer{
		name: "x/net/bpf", arg: slow, err: err,
		note: "golang.org/x/net/bpf, which interprets packet filters in Go.",
		run: func(task string, arg uint64) (time.Duration, uint64, error) {
			if task != "filters" {
				return 0, 0, errNotDone
			}
			return runFilters(list, arg)
		},
	}
}

// newFilters returns the filters as package bpf runs them.
func newFilters(c bpf.Config) (vms []*bpf.VM, runners []*bpf.Runner, err error) {
	for i := range traffic.Filters {
		vm, err := c.NewVM(traffic.Filters[i].Instructions())
		if err != nil {
			return nil, nil, err
		}
		r, err := vm.Runner()
		if err != nil {
			return nil, nil, err
		}
		vms, runners = append(vms, vm), append(runners, r)
	}
	return vms, runners, nil
}
