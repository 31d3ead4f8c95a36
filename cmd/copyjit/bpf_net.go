package main

import (
	"fmt"

	"golang.org/x/net/bpf"
)

// netName is how tables name x/net's virtual machine.
const netName = "x/net/bpf"

// addNet adds x/net's machine, if it takes the filter.
func (b *bpfBench) addNet(l *listing) {
	filter, all := bpf.Disassemble(l.filter)
	if !all {
		b.compare = fmt.Errorf("it does not know an instruction of the filter")
		return
	}
	vm, err := bpf.NewVM(filter)
	if err != nil {
		b.compare = err
		return
	}
	b.machines = append(b.machines, &bpfMachine{name: netName, run: func(packet []byte, _ int) (int, error) { return vm.Run(packet) }})
}
