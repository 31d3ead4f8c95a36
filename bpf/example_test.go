package bpf_test

import (
	"fmt"
	"log"

	"github.com/copyjit/copyjit/bpf"
)

// A filter for ARP, run by as many goroutines as there are.
func ExampleNewVM() {
	vm, err := bpf.NewVM([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 12, Size: 2}, // the type of an Ethernet frame
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: 0x0806, SkipTrue: 1},
		bpf.RetConstant{Val: 1500}, // ARP: up to 1,500 bytes of it
		bpf.RetConstant{Val: 0},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer vm.Close()

	packet := make([]byte, 60)
	copy(packet[12:], "\x08\x06")
	n, err := vm.Run(packet)
	fmt.Println(n, err)
	n, err = vm.Run(packet[:13]) // the type is cut off
	fmt.Println(n, err)
	// Output:
	// 1500 <nil>
	// 0 <nil>
}

// What tcpdump -ddd prints, as the kernel understands it: len is the packet's length
// on the wire. Each goroutine that has much to do has a Runner.
func ExampleNewKernelVM() {
	vm, err := bpf.NewKernelVM([]bpf.RawInstruction{ // greater 1000
		{Op: 0x80},
		{Op: 0x35, Jf: 1, K: 1000},
		{Op: 0x06, K: 262144},
		{Op: 0x06},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer vm.Close()
	runner, err := vm.Runner()
	if err != nil {
		log.Fatal(err)
	}
	defer runner.Close()

	captured := make([]byte, 96)
	fmt.Println(runner.RunWire(captured, 1514))
	fmt.Println(runner.Run(captured))
	// Output:
	// 262144 <nil>
	// 0 <nil>
}

// The program that a filter is translated to.
func ExampleVM_Program() {
	vm, err := bpf.NewVM([]bpf.Instruction{
		bpf.LoadMemShift{Off: 14},                              // X = the length of the IP header
		bpf.LoadIndirect{Off: 16, Size: 2},                     // the destination port behind it
		bpf.JumpIf{Cond: bpf.JumpEqual, Val: 53, SkipFalse: 1}, // DNS?
		bpf.RetConstant{Val: 1},
		bpf.RetConstant{Val: 0},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer vm.Close()
	fmt.Print(vm.Program())
	// Output:
	// copyjit 1
	//
	// func filter (i, i, i, i) (i)
	// 	load8u x, o+14
	// 	and32 x, x, 15
	// 	shl32 x, x, 2
	// 	loadsw16 a, x+16
	// 	bne32 a, 53, L0
	// 	mov a, 1
	// 	return
	// L0:
	// 	mov a, 0
	// 	return
}

// What is wrong with a filter, and where.
func ExampleProgramError() {
	_, err := bpf.NewKernelVM([]bpf.RawInstruction{
		{Op: 0x20, K: 0xfffff024}, // ld #cpu
		{Op: 0x16},
	})
	fmt.Println(err)
	// Output:
	// bpf: instruction 0: the extension cpu needs the kernel
}
