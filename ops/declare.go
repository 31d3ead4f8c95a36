package ops

import (
	"fmt"
	"math"
)

// What a program declares besides its functions. An instance of a program has
// each of these for itself, as they are declared, when it is made.

// MemorySize says how much linear memory a program asks for, in bytes.
type MemorySize struct {
	Min uint64 // at first
	Max uint64 // at the most, Min or more
}

// Data is what a part of the memory holds at first. It lies within the memory's
// Min bytes.
type Data struct {
	Offset uint64
	Bytes  string
}

// Host is a function of the host that the program calls by name.
type Host struct {
	Name string
	Sig  Signature
}

// A HostID is the index of a function of the host among those that the program
// declares.
type HostID uint32

// NoFunc is in a place of the table of functions where there is none.
const NoFunc FuncID = math.MaxUint32

// Limits on what a program declares.
const (
	MaxMemory  = 1 << 46 // bytes of memory: all sums with offsets then fit in 64 bits
	MaxGlobals = 1 << 28 // globals, and likewise counters and places in the table: their offsets fit in 32 bits with a sign
)

// declared is what a program declares besides its functions.
type declared struct {
	memory   MemorySize
	data     []Data
	globals  []uint64
	hosts    []Host
	table    []FuncID
	counters int
}

func (d *declared) empty() bool {
	return d.memory == MemorySize{} && d.data == nil && d.globals == nil && d.hosts == nil && d.table == nil && d.counters == 0
}

// declared returns what the program declares.
func (p *Program) declared() *declared {
	if p.rare == nil {
		return &none
	}
	return &p.rare.declared
}

var none declared

// Memory returns how much memory the program asks for.
func (p *Program) Memory() MemorySize { return p.declared().memory }

// Data returns what the memory holds at first, zeros apart; later ones cover
// earlier ones. It must not be modified.
func (p *Program) Data() []Data { return p.declared().data }

// Globals returns the values that the globals have at first. It must not be
// modified.
func (p *Program) Globals() []uint64 { return p.declared().globals }

// Hosts returns the functions of the host that the program calls; a HostID is an
// index of the list. It must not be modified.
func (p *Program) Hosts() []Host { return p.declared().hosts }

// Table returns what the table of functions holds at first, NoFunc where there
// is nothing. It must not be modified.
func (p *Program) Table() []FuncID { return p.declared().table }

// Counters returns the number of counters in the program's profile.
func (p *Program) Counters() int { return p.declared().counters }

// Jumps returns the pcs of a jump table, that of the default last. It must not be
// modified.
func (p *Program) Jumps(op *Op) []uint32 { return p.rare.jumps[op.Target] }

// Memory declares a memory of at least min bytes that may grow up to max.
func (b *Builder) Memory(min, max uint64) {
	switch {
	case b.declared.memory != MemorySize{}:
		b.failDeclared("the memory is declared twice")
	case min > max:
		b.failDeclared("memory of %d to %d bytes: the second number is less than the first", min, max)
	case max > MaxMemory:
		b.failDeclared("memory of up to %d bytes: at most %d are possible", max, uint64(MaxMemory))
	default:
		b.declared.memory = MemorySize{min, max}
	}
}

// Data declares what a part of the memory, which is declared before, holds at
// first.
func (b *Builder) Data(offset uint64, bytes string) {
	if min := b.declared.memory.Min; offset > min || uint64(len(bytes)) > min-offset {
		b.failDeclared("data of %d bytes at %d: the memory has %d at first", len(bytes), offset, min)
		return
	}
	b.declared.data = append(b.declared.data, Data{offset, bytes})
}

// Global declares a global with the value that it has at first, of floats the
// bits, and returns its index.
func (b *Builder) Global(value uint64) int {
	if !b.room("globals", len(b.declared.globals), 1) {
		return 0
	}
	b.declared.globals = append(b.declared.globals, value)
	return len(b.declared.globals) - 1
}

// Counters declares n more counters of the profile and returns the index of the
// first.
func (b *Builder) Counters(n int) int {
	first := b.declared.counters
	if !b.room("counters", first, n) {
		return 0
	}
	b.declared.counters += n
	return first
}

// Host declares a function of the host.
func (b *Builder) Host(name string, sig Signature) HostID {
	if uint(sig) >= uint(len(*signatures.list.Load())) {
		b.failDeclared("host function %s: signature %d is not one of MakeSignature's", name, uint32(sig))
		sig = 0
	}
	b.declared.hosts = append(b.declared.hosts, Host{name, sig})
	return HostID(len(b.declared.hosts) - 1)
}

// Table adds places to the table of functions, with a declared function or NoFunc
// in each, and returns the index of the first.
func (b *Builder) Table(funcs ...FuncID) int {
	first := len(b.declared.table)
	if !b.room("places in the table of functions", first, len(funcs)) {
		return first
	}
	for _, id := range funcs {
		if uint(id) >= uint(len(b.funcs)) && id != NoFunc {
			b.failDeclared("the table of functions: function %d is not declared", id)
			return first
		}
	}
	b.declared.table = append(b.declared.table, funcs...)
	return first
}

// room reports whether the program may declare n more of what it has some of
// already. If not, that is an error.
func (b *Builder) room(what string, some, n int) bool {
	if n < 0 || n > MaxGlobals-some {
		b.failDeclared("%d and %d more %s: at most %d are possible", some, n, what, MaxGlobals)
		return false
	}
	return true
}

// failDeclared is failf for what no function is concerned with.
func (b *Builder) failDeclared(format string, args ...any) {
	b.fail(&VerifyError{PC: -1, Msg: fmt.Sprintf(format, args...)})
}
