// Package gdbjit tells GDB (and LLDB) of machine code, through the interface that both
// have for code made at run time ("JIT Compilation Interface" in GDB's manual):
// a debugger stops the process at the function __jit_debug_register_code, reads from
// the variable __jit_debug_descriptor what has come or gone, and takes the
// symbols from an ELF file in the process's memory.
//
//	__jit_debug_descriptor
//	  version action relevant first ──▶ entry ⇄ entry ⇄ …
//	                                     └▶ ELF file: .text .eh_frame .symtab .debug_line …
//
// A debugger that comes later finds all entries that there are. Both names must be in
// the executable's symbol table: go build -ldflags=-s leaves them out, and so do go
// run and go test.
package gdbjit

import (
	"sync"
	"unsafe"

	"github.com/copyjit/copyjit/internal/symbols"
)

// An entry is GDB's struct jit_code_entry.
type entry struct {
	next, prev *entry
	file       *byte
	size       uint64
}

// A descriptor is GDB's struct jit_descriptor. Its pointers are numbers to Go's
// collector: list keeps the entries.
type descriptor struct {
	version  uint32 //lint:ignore U1000 GDB reads it
	action   uint32
	relevant uintptr // entry
	first    uintptr // entry
}

// What a descriptor's action says of its relevant entry.
const (
	actionNone = iota
	actionRegister
	actionUnregister
)

// list are all entries, by the address of their code.
var list = struct {
	mu     sync.Mutex
	byAddr map[uintptr]*entry
	first  *entry
}{byAddr: map[uintptr]*entry{}}

// Load tells debuggers of a block.
func Load(b *symbols.Block) error {
	file := image(b)
	list.mu.Lock()
	defer list.mu.Unlock()
	unload(b.Addr)
	e := &entry{next: list.first, file: &file[0], size: uint64(len(file))}
	if e.next != nil {
		e.next.prev = e
	}
	list.first, list.byAddr[b.Addr] = e, e
	tell(actionRegister, e)
	return nil
}

// Unload tells debuggers that the block at an address is gone, if they were told of
// one.
func Unload(addr uintptr) {
	list.mu.Lock()
	defer list.mu.Unlock()
	unload(addr)
}

func unload(addr uintptr) {
	e := list.byAddr[addr]
	if e == nil {
		return
	}
	delete(list.byAddr, addr)
	if e.prev != nil {
		e.prev.next = e.next
	} else {
		list.first = e.next
	}
	if e.next != nil {
		e.next.prev = e.prev
	}
	tell(actionUnregister, e)
}

// tell lets a debugger know that something has happened to an entry.
func tell(action uint32, e *entry) {
	d := debugDescriptor()
	d.first = uintptr(unsafe.Pointer(list.first))
	d.relevant = uintptr(unsafe.Pointer(e))
	d.action = action
	registerCode()
	d.action, d.relevant = actionNone, 0
}
