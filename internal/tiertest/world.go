package tiertest

import (
	"fmt"
	"hash/fnv"

	"github.com/copyjit/copyjit/ops"
)

// What programs work on besides registers and frames, and the functions of the host
// that they may call.

// Memory returns what a program's memory holds at first.
func Memory(p *ops.Program) []byte {
	memory := make([]byte, p.Memory().Min)
	for _, d := range p.Data() {
		copy(memory[d.Offset:], d.Bytes)
	}
	return memory
}

// Open gives a Machine what the program declares.
func Open(m *ops.Machine, p *ops.Program) {
	m.Memory = Memory(p)
	m.Globals = append([]uint64(nil), p.Globals()...)
	m.Counters = make([]uint64, p.Counters())
	m.Table = p.Table()
}

// World describes memory, globals and counters, so that two are the same if their
// descriptions are.
func World(memory []byte, globals, counters []uint64) string {
	if len(memory)+len(globals)+len(counters) == 0 {
		return ""
	}
	h := fnv.New64a()
	h.Write(memory)
	return fmt.Sprintf("memory %d %x, globals %x, counters %d", len(memory), h.Sum64(), globals, counters)
}

// Host is what every function of the host does in tests: results are made of the
// arguments, and a byte of the memory of both.
func Host(h ops.Host, args []uint64, memory []byte) (results []uint64) {
	sum := uint64(len(memory))
	for i, t := range h.Sig.Params() {
		sum = sum*5 + anyNaN(t, args[i])
	}
	if len(memory) > 0 {
		memory[sum%uint64(len(memory))] += byte(sum >> 8)
	}
	if h.Name == "sum" {
		sum = args[0] + args[1]*2 + 3
	}
	for _, t := range h.Sig.Results() {
		switch t {
		case ops.Int:
			results = append(results, sum)
		case ops.Float:
			results = append(results, ops.F64(float64(int64(sum)>>12)).Uint64())
		case ops.Float32:
			results = append(results, uint64(uint32(ops.F32(float32(int64(sum)>>44)).Uint64())))
		}
		sum -= 2
	}
	return results
}

// CallHost makes the host call at which a Machine has stopped.
func CallHost(m *ops.Machine, p *ops.Program) {
	h := p.Hosts()[p.Ops(m.Func)[m.PC].Target]
	f := p.Func(m.Func)
	out := m.Frame(int(f.Slots + f.Out))[f.Slots:][ops.HeaderWords:]
	s := &ops.State{Reg: m.Reg, FReg: m.FReg, Slots: out}
	args := make([]uint64, len(h.Sig.Params()))
	for i, n := range h.Sig.ParamPlaces() {
		args[i] = *place(s, n)
	}
	results := Host(h, args, m.Memory)
	for i, n := range h.Sig.ResultPlaces() {
		*place(s, n) = results[i]
	}
	m.Reg, m.FReg = s.Reg, s.FReg
}
