package ops_test

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// FuzzParse checks that Parse does not panic, that its errors are of its type
// and within the text, and that printing and parsing undo each other.
func FuzzParse(f *testing.F) {
	files, _ := filepath.Glob("../testdata/programs/*.cj")
	for _, file := range files {
		src, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(src)
	}
	for _, src := range []string{
		"", "copyjit 1", "copyjit 1\nfunc", "copyjit 1\nfunc \"\\x00\" () (i) slots 0x7\nl:m:mov a,-0x8000_0000_0000_0000;\n return",
		"copyjit 1\nmemory 64, 128\ndata 3, \"a\\x00\"\nglobal f -0x1p-3\ncounters 2\nhost h (i) (f32)\ntable [], g\nfunc g(i)(f32)\nl:load8u a,a+3\nswitch a, m, l\nm:callh h\nreturn",
		"copyjit 1\nfunc f(i,i,i,i,i)slots 3\nmov[out+0],a\ncall f\ntrap\nl:trap 4294967295",
	} {
		f.Add([]byte(src))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		p, err := ops.Parse("fuzz", src)
		if err == nil {
			roundTrip(t, p)
			execute(t, p)
			return
		}
		var s *ops.SyntaxError
		if p != nil || !errors.As(err, &s) || s.Line < 1 || s.Col < 1 || s.Col > len(src)+1 || s.Msg == "" {
			t.Fatalf("program %v, error %#v", p, err)
		}
	})
}

// FuzzVerify makes a program of random calls to a Builder. What the verifier
// passes must run.
func FuzzVerify(f *testing.F) {
	f.Add([]byte{0x11, 2, 1, 0, 0, 0, 7, 0, 1, 0xff, 3, 0})
	f.Add([]byte{0x21, 4, 16, 0, 1, 17, 1, 2, 5, 0, 1, 16, 4, 2})
	f.Add([]byte("a program is a list of functions, verified and immutable"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := build(data)
		if err != nil {
			var v *ops.VerifyError
			if !errors.As(err, &v) || v.Msg == "" || v.Error() == "" {
				t.Fatalf("error %#v", err)
			}
			return
		}
		roundTrip(t, p)
		execute(t, p)
	})
}

// build makes a program of bytes. It steers away from what the verifier rejects
// at once, since that says nothing about what it passes: labels, functions, globals
// and what else operations name exist, most operands are within range.
func build(data []byte) (*ops.Program, error) {
	s := source{data: data, b: ops.NewBuilder()}
	b := s.b
	n := s.next()
	s.funcs = make([]ops.FuncID, 1+n&3)
	for i := range s.funcs {
		s.funcs[i] = b.Declare(string(rune('f'+i)), s.signature())
	}
	for i := range s.hosts {
		s.hosts[i] = b.Host(string(rune('a'+i)), s.signature())
	}
	b.Memory(64, 64)
	b.Data(uint64(s.next()&31), "data")
	for i := range fuzzGlobals {
		b.Global(uint64(i) << 62)
	}
	b.Counters(fuzzGlobals)
	b.Table(append(s.funcs, ops.NoFunc)...)
	for _, id := range s.funcs {
		s.function(id)
	}
	return b.Build()
}

// fuzzGlobals is how many globals, counters and host functions programs have.
const fuzzGlobals = 3

// A source makes a program of bytes, zeros if they are used up.
type source struct {
	data   []byte
	b      *ops.Builder
	funcs  []ops.FuncID
	hosts  [fuzzGlobals]ops.HostID
	sigs   []ops.Signature // of the functions, then of the hosts
	open   ops.FuncID
	labels []ops.Label // of the open function
}

func (s *source) next() int {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return int(b)
}

// signature returns one with up to seven parameters and results.
func (s *source) signature() ops.Signature {
	v, kinds := s.next(), s.next()
	types := func(n int) []ops.Type {
		list := make([]ops.Type, n)
		for i := range list {
			list[i] = [...]ops.Type{ops.Int, ops.Float, ops.Float32, ops.Int}[(kinds>>(i&3)*2)&3]
		}
		return list
	}
	make := ops.MakeSignature
	if v >= 224 {
		make = ops.MakeSlotSignature
	}
	sig := make(types(v&7), types(v>>3&7))
	s.sigs = append(s.sigs, sig)
	return sig
}

// operand returns one of the kinds, mostly, which is a float32 if it is a single
// float.
func (s *source) operand(kinds ops.Kinds, single bool) ops.Operand {
	if kinds == ops.None {
		return ops.Operand{}
	}
	v := s.next()
	float := kinds.Has(ops.KindFReg)
	switch {
	case v < 120 && float || v == 120:
		return ops.FReg(v & 3)
	case v < 120 && kinds.Has(ops.KindReg) || v == 121:
		return ops.Reg(v & 3)
	case v < 192:
		return ops.Slot(v & 7)
	case v < 208:
		return s.b.Out(v & 3)
	case v == 208 && float:
		return ops.FReg(4)
	case v == 208:
		return ops.Reg(4)
	case v == 209:
		return ops.Slot(s.next() << 7)
	case !kinds.Has(ops.KindImm):
		return ops.Slot(0)
	case single:
		return ops.F32(float32(v - 240))
	case v < 224:
		return ops.Imm(int64(s.next()) << (v & 15 * 4))
	case float:
		return ops.F64(float64(v - 240))
	}
	return ops.Imm(int64(v - 240))
}

// function makes the operations of a function.
func (s *source) function(id ops.FuncID) {
	b, sig, v := s.b, s.sigs[id], s.next()
	slots := max(sig.ParamSlots(), sig.ResultSlots()) + v&15
	if v == 255 {
		slots = s.next() << 4
	}
	b.Begin(id, slots)
	s.open = id
	// Mostly everything is written, or hardly anything would pass.
	if v&0x30 != 0 {
		s.registers()
		if slots > 0 {
			b.Clear(ops.Slot(0), min(slots, 20))
		}
	}
	s.labels = make([]ops.Label, 1+s.next()&7)
	bound := make([]bool, len(s.labels))
	for i := range s.labels {
		s.labels[i] = b.Label()
	}
	for range s.next() & 31 {
		if i := s.next() >> 4; i < len(s.labels) && !bound[i] {
			b.Bind(s.labels[i])
			bound[i] = true
		}
		s.operation(ops.Code(1 + (s.next()<<8|s.next())%(ops.NumCodes-1)))
	}
	for i, l := range s.labels {
		if !bound[i] {
			b.Bind(l)
		}
	}
	if s.next()&1 == 0 {
		b.Trap(1)
	} else {
		s.operation(ops.Return)
	}
}

// registers writes all registers, those of floats at a width of the source's
// choice.
func (s *source) registers() {
	v := s.next()
	for i := range ops.NumRegs {
		s.b.Mov(ops.Reg(i), ops.Imm(int64(i)))
	}
	for i := range ops.NumFRegs {
		if v>>i&1 != 0 {
			s.b.Op(ops.FMov32, ops.FReg(i), ops.F32(float32(i)), ops.Operand{})
		} else {
			s.b.Op(ops.FMov, ops.FReg(i), ops.F64(float64(i)), ops.Operand{})
		}
	}
}

// operation appends one operation, with what it needs in front of it.
func (s *source) operation(code ops.Code) {
	b, row := s.b, code.Info()
	label := func() ops.Label { return s.labels[s.next()%len(s.labels)] }
	switch row.Extra {
	case ops.LabelExtra:
		if code == ops.Jump {
			b.Jump(label())
		} else {
			b.Branch(code, s.operand(row.L, row.Single&ops.OperandL != 0), s.operand(row.R, row.Single&ops.OperandR != 0), label())
		}
	case ops.FuncExtra:
		id := s.funcs[s.next()%len(s.funcs)]
		s.values(s.sigs[id].ParamPlaces(), b.Out)
		b.Call(id)
		s.afterCall()
	case ops.SignatureExtra:
		sig := s.sigs[s.next()%len(s.sigs)]
		s.values(sig.ParamPlaces(), b.Out)
		l := s.operand(row.L, row.Single&ops.OperandL != 0)
		if s.next()&1 == 0 {
			b.Mov(l, ops.Imm(int64(s.next()&7)))
		}
		b.CallIndirect(l, sig)
		s.afterCall()
	case ops.HostExtra:
		id := s.hosts[s.next()%len(s.hosts)]
		s.values(s.sigs[len(s.funcs)+int(id)].ParamPlaces(), b.Out)
		b.CallHost(id)
		s.afterCall()
	case ops.TrapCodeExtra:
		b.Trap(uint32(s.next()))
	case ops.RegExtra:
		b.Select(code, s.operand(row.D, row.Single&ops.OperandD != 0), s.operand(row.L, row.Single&ops.OperandL != 0), s.operand(row.R, row.Single&ops.OperandR != 0), ops.Reg(s.next()&3))
	case ops.OffsetExtra:
		offset := uint32(s.next() & 63)
		if row.D == ops.None {
			b.Store(code, s.operand(row.L, row.Single&ops.OperandL != 0), s.operand(row.R, row.Single&ops.OperandR != 0), offset)
		} else {
			b.Load(code, s.operand(row.D, row.Single&ops.OperandD != 0), s.operand(row.L, row.Single&ops.OperandL != 0), offset)
		}
	case ops.GlobalExtra:
		if global := s.next() % fuzzGlobals; row.D == ops.None {
			b.GlobalSet(code, s.operand(row.L, row.Single&ops.OperandL != 0), global)
		} else {
			b.GlobalGet(code, s.operand(row.D, row.Single&ops.OperandD != 0), global)
		}
	case ops.CounterExtra:
		b.Count(s.next() % fuzzGlobals)
	case ops.TableExtra:
		list := make([]ops.Label, s.next()&3)
		for i := range list {
			list[i] = label()
		}
		b.Switch(s.operand(row.L, row.Single&ops.OperandL != 0), list, label())
	default:
		if code == ops.Return {
			s.values(s.sigs[s.open].ResultPlaces(), ops.Slot)
		}
		b.Op(code, s.operand(row.D, row.Single&ops.OperandD != 0), s.operand(row.L, row.Single&ops.OperandL != 0), s.operand(row.R, row.Single&ops.OperandR != 0))
	}
}

// values writes arguments or results, mostly.
func (s *source) values(places []ops.Number, slot func(int) ops.Operand) {
	if s.next()&7 == 0 {
		return
	}
	for _, n := range places {
		switch {
		case n >= ops.FirstSlot:
			s.b.Mov(slot(int(n-ops.FirstSlot)), ops.Imm(9))
		case n >= ops.FirstFReg32:
			s.b.Op(ops.FMov32, place(n), ops.F32(1), ops.Operand{})
		case n >= ops.FirstFReg:
			s.b.Op(ops.FMov, place(n), ops.F64(1), ops.Operand{})
		default:
			s.b.Mov(place(n), ops.Imm(2))
		}
	}
}

// afterCall writes the registers again, mostly.
func (s *source) afterCall() {
	if s.next()&3 != 0 {
		s.registers()
	}
}

const (
	fuzzStack = 300 // words
	fuzzPolls = 100 // safepoints that a call may pass

	fuzzMemory = 1 << 16 // bytes of memory, and counters, that a program may ask for
)

// execute calls each function, for a bounded number of safepoints, and checks
// that an interruption at each of them makes no difference. The second Machine
// finds other garbage in registers and on the stack: a verified program cannot
// tell.
func execute(t *testing.T, p *ops.Program) {
	if p.Memory().Min > fuzzMemory || p.Counters() > fuzzMemory {
		return
	}
	for i := range p.NumFuncs() {
		id := ops.FuncID(i)
		f := p.Func(id)
		if f.Sig.ParamSlots() > fuzzStack-ops.HeaderWords {
			continue
		}
		one, each := start(p, id, 0), start(p, id, 0xdeadbeef_deadbeef)
		one.Polls = fuzzPolls
		exit := runHosted(p, one)
		var exit2 ops.Exit
		for range fuzzPolls + 1 {
			if exit2 = runHosted(p, each); exit2 == ops.ExitReturn || exit2 == ops.ExitTrap {
				break
			}
		}
		if exit != exit2 || one.Func != each.Func || one.PC != each.PC || one.FP != each.FP || one.Reason != each.Reason {
			t.Fatalf("%s: %s at %d, %d; interrupted: %s at %d, %d\n%s", f.Name, exit, one.Func, one.PC, exit2, each.Func, each.PC, p)
		}
		if !bytes.Equal(one.Memory, each.Memory) || !slices.Equal(one.Globals, each.Globals) || !slices.Equal(one.Counters, each.Counters) {
			t.Fatalf("%s: memory, globals and counters %x, %x, %d; interrupted: %x, %x, %d\n%s",
				f.Name, one.Memory, one.Globals, one.Counters, each.Memory, each.Globals, each.Counters, p)
		}
		if exit != ops.ExitReturn {
			continue
		}
		for i, n := range f.Sig.ResultPlaces() {
			if v, w := *cell(one, n), *cell(each, n); v != w {
				t.Fatalf("%s: result %d is %#x; interrupted: %#x\n%s", f.Name, i, v, w, p)
			}
		}
	}
}

// start returns a Machine that is about to call a function, with garbage wherever
// there is no argument.
func start(p *ops.Program, id ops.FuncID, garbage uint64) *ops.Machine {
	m := &ops.Machine{
		Stack: make([]uint64, fuzzStack), Memory: make([]byte, p.Memory().Min), Globals: slices.Clone(p.Globals()),
		Counters: make([]uint64, p.Counters()), Table: p.Table(),
	}
	for _, d := range p.Data() {
		copy(m.Memory[d.Offset:], d.Bytes)
	}
	for i := range m.Stack {
		m.Stack[i] = garbage
	}
	m.Enter(id)
	fillPlaces(m, garbage, p.Func(id).Sig.ParamPlaces(), m.Frame(fuzzStack-ops.HeaderWords))
	return m
}

// fillPlaces writes garbage into the registers, then small numbers into these
// places, of which those in slots are in a frame or an outgoing area.
func fillPlaces(m *ops.Machine, garbage uint64, places []ops.Number, slots []uint64) {
	for i := range m.Reg {
		m.Reg[i], m.FReg[i] = garbage, garbage
	}
	for i, n := range places {
		if n >= ops.FirstSlot {
			slots[n-ops.FirstSlot] = uint64(i)
		} else {
			*cell(m, n) = uint64(i)
		}
	}
}

// runHosted runs until an exit that is no host call. The host's functions return
// small numbers.
func runHosted(p *ops.Program, m *ops.Machine) ops.Exit {
	for {
		exit := m.Run(p)
		if exit != ops.ExitHostCall {
			return exit
		}
		f := p.Func(m.Func)
		host := p.Hosts()[p.Ops(m.Func)[m.PC].Target]
		out := m.Frame(f.FrameWords() - ops.HeaderWords)[f.Slots+ops.HeaderWords:]
		fillPlaces(m, uint64(m.PC)<<40, host.Sig.ResultPlaces(), out)
	}
}

// TestFuzzPrograms: what the fuzz target makes is not all rejected, and executes
// every operation now and then.
func TestFuzzPrograms(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	verified := 0
	seen := map[ops.Code]bool{}
	for range 20_000 {
		data := make([]byte, 1+rng.IntN(200))
		for i := range data {
			data[i] = byte(rng.Uint32())
		}
		p, err := build(data)
		if err != nil {
			continue
		}
		verified++
		execute(t, p)
		for id := range p.NumFuncs() {
			for _, op := range p.Ops(ops.FuncID(id)) {
				seen[op.Code()] = true
			}
		}
	}
	if verified < 1000 {
		t.Errorf("%d programs of 20000 are verified", verified)
	}
	for _, c := range ops.Codes() {
		if !seen[c] {
			t.Errorf("no program has %s", c)
		}
	}
}
