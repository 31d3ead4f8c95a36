//go:build amd64 || arm64 || riscv64

package prove

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"regexp"
	"runtime"
	"slices"
	"testing"
	"unsafe"

	"github.com/copyjit/copyjit/internal/codemem"
	"github.com/copyjit/copyjit/stencils"
)

// The models of instructions are tested against the processor: each instruction that
// occurs in the tables is executed by both, on states at random and with numbers at
// which things change. Under an emulator the same test is of the emulator's target.

// A machine is the processor's registers as a native function loads and stores them.
// The assembly in nativeCode knows the offsets.
type machineState struct {
	Regs  [32]uint64    // at 0
	FRegs [32][2]uint64 // at 256
	Flags [16]byte      // at 768: what nativeCode makes of them
	Saved [4]uint64     // at 784: what belongs to Go meanwhile
	Taken uint64        // at 816: 1 if a branch was not taken
	_     [8]uint64
}

const (
	fregsAt = 256
	flagsAt = 768
	savedAt = 784
	takenAt = 816

	bufferBytes = 1 << 14
	maxDisp     = 1 << 9 // of addresses from the middle of the buffer
)

// A nativeTarget is what the test needs of the processor that runs it.
type nativeTarget struct {
	set *stencils.Set
	// code returns a function that loads the registers, executes an instruction and
	// stores them. A branch skips the byte or word that says it was not taken.
	code func(inst []byte, branches bool) []byte
	// free are the registers that can be loaded, by their numbers.
	free uint64
	// base returns the register that an instruction's address counts from, −1 if there
	// is none, and one that is added, or −1.
	base func(inst []byte) (base, index int)
	// branch returns a conditional branch with another distance, from its start to its
	// end and over so many bytes, or nil if it is none.
	branch func(inst []byte, over int) []byte
	// flags compares what code stored with what is known of the flags.
	flags func(s *state, got []byte, value func(term) term) error
	// variant returns what makes an instruction another one than others of its name, or is
	// nil.
	variant func(inst []byte) string
	// prepare makes a state one that the instruction may be executed in.
	prepare func(text string, m *machineState)
	// keepsHigh says that the upper halves of float registers are modelled.
	keepsHigh bool
}

// A sample is an instruction of the tables with its holes.
type sample struct {
	code  []byte
	holes []stencils.Hole // offsets count from the instruction
	form  *form
	text  string
}

// samples returns every different instruction of a set.
func samples(t *testing.T, set *stencils.Set, tgt *target) []sample {
	all, err := forms(set)
	if err != nil {
		t.Fatal(err)
	}
	var list []sample
	seen := make(map[string]bool)
	for _, f := range all {
		s := &set.Stencils[f.stencil]
		for _, p := range []*stencils.Part{&s.Hot, &s.Cold} {
			c := fill(set, p, f)
			for at := 0; at < len(c.bytes); {
				n, err := tgt.length(c.bytes[at:])
				if err != nil {
					t.Fatalf("%s: %v", f.name, err)
				}
				one := sample{code: c.bytes[at : at+n], form: f}
				for _, h := range c.holes {
					if int(h.Offset) >= at && int(h.Offset) < at+n {
						h.Offset -= uint16(at)
						one.holes = append(one.holes, h)
					}
				}
				key := fmt.Sprint(one.code, one.holes, f.wide)
				if !seen[key] {
					seen[key] = true
					one.text = tgt.text(one.code)
					list = append(list, one)
				}
				at += n
			}
		}
	}
	return list
}

// buffer is the memory that instructions access. It is no local variable, which would be
// on the stack and move with it: its address is in registers.
var buffer [bufferBytes / 8]uint64

// perMnemonic is how many instructions of a name, and a way to round, are enough: they
// differ in registers, sizes and immediates.
const perMnemonic = 10

func TestModels(t *testing.T) {
	tgt := targets[runtime.GOARCH]
	if tgt == nil {
		t.Skip("no models for this processor")
	}
	memory, err := codemem.New(1 << 20)
	if err != nil {
		t.Skip(err)
	}
	defer memory.Close()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	random := rand.New(rand.NewPCG(1, 2))
	executed, kinds := 0, make(map[string]int)
	all := samples(t, native.set, tgt)
	random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	mnemonic := regexp.MustCompile(`^\S+`)
	for _, s := range all {
		kind := mnemonic.FindString(s.text)
		if native.variant != nil {
			kind += native.variant(s.code)
		}
		if kinds[kind] >= perMnemonic {
			continue
		}
		n := 0
		for range 12 {
			ok, err := runSample(&s, tgt, memory, random)
			if err != nil {
				t.Errorf("%s (% x, in %s): %v", s.text, s.code, s.form.name, err)
				break
			}
			if ok {
				n++
			}
		}
		if n > 0 {
			executed++
			kinds[kind]++
		}
	}
	if executed < 100 {
		t.Errorf("only %d instructions could be executed", executed)
	}
	t.Logf("%d different instructions, %d mnemonics: %v", executed, len(kinds), kinds)
}

// runSample executes an instruction in the model and on the processor and compares.
// It reports whether it could be executed in the state that came up.
func runSample(s *sample, tgt *target, memory *codemem.Memory, random *rand.Rand) (bool, error) {
	for n := range buffer {
		buffer[n] = Interesting(random)
	}
	middle := uint64(uintptr(unsafe.Pointer(&buffer[len(buffer)/2])))
	m := new(machineState)
	for n := range 32 {
		m.Regs[n] = Interesting(random)
		m.FRegs[n] = [2]uint64{Interesting(random), Interesting(random)}
		if random.IntN(2) == 0 {
			m.FRegs[n][0] = random.Uint64()&0xffffffff | 0xffffffff00000000
		}
	}
	if tgt.zero >= 0 {
		m.Regs[tgt.zero] = 0
	}
	native.prepare(s.text, m)

	// The state for the model: the same numbers, but for what addresses count from.
	env, err := newEnv(native.set, s.form)
	if err != nil {
		return false, err
	}
	p := env.pool
	code, err := fillHoles(s, env, random)
	if err != nil {
		return false, err
	}
	r := &run{target: tgt, form: s.form, env: env}
	st := &state{pool: p, cells: make(map[cell]term), memory: p.Memory("memory"), seen: make(map[place]bool)}
	base, index := native.base(s.code)
	if index >= 0 {
		m.Regs[index] = uint64(8 * random.IntN(16))
	}
	fp := p.Var(inFrame.String(), 64)
	for n := range st.regs {
		st.regs[n] = p.Const(m.Regs[n], 64)
		st.fregs[n] = [2]term{p.Const(m.FRegs[n][0], 64), p.Const(m.FRegs[n][1], 64)}
	}
	if base >= 0 {
		m.Regs[base], st.regs[base] = middle, fp
	}
	for n := int64(-maxDisp); n < maxDisp; n += 8 {
		st.cells[cell{region: inFrame, offset: n}] = p.Const(buffer[int64(len(buffer)/2)+n/8], 64)
	}
	i := &inst{run: r, s: st}
	c := code2(s.code, s.holes)
	branch := native.branch(s.code, 0)
	if branch != nil {
		c = code2(native.branch(s.code, 64), nil)
	}
	if err := i.step(&c); err != nil {
		return false, nil // it cannot be executed by itself: a jump, an address of code
	}
	if i.ended || len(r.requires) > 0 || len(r.exits) > 0 || len(r.taken) > 0 {
		return false, nil
	}
	taken := i.next.offset != len(c.bytes)
	if taken && branch == nil {
		return false, nil // a jump that is always taken
	}

	// The same on the processor.
	if branch != nil {
		code = nil
	}
	blob := native.code(code, false)
	if branch != nil {
		blob = native.code(s.code, true)
	}
	block, err := memory.Alloc(len(blob) + stencils.Slack)
	if err != nil {
		return false, err
	}
	defer memory.Free(block)
	copy(memory.Writable(block), blob)
	memory.Sync(block)
	entry := memory.Addr(block)
	closure := &struct{ fn uintptr }{entry}
	before := *m
	(*(*func(*machineState))(unsafe.Pointer(&closure)))(m)

	value := func(t term) term {
		f := p.NewSubst()
		f.Replace(fp, p.Const(middle, 64))
		return f.Apply(t)
	}
	differ := func(what string, got uint64, want term) error {
		if want = value(want); want.IsConst() && want.Value != got {
			return fmt.Errorf("%s is %#x, the model says %#x; registers %x, floats %x", what, got, want.Value, before.Regs, before.FRegs)
		}
		return nil
	}
	for n := range 32 {
		if native.free>>n&1 != 0 {
			if err := differ(tgt.regName(n), m.Regs[n], st.regs[n]); err != nil {
				return false, err
			}
		}
		if err := differ(tgt.fregName(n), m.FRegs[n][0], st.fregs[n][0]); err != nil && !bothNaN(value(st.fregs[n][0]), m.FRegs[n][0]) {
			return false, err
		}
		if native.keepsHigh {
			if err := differ("the upper half of "+tgt.fregName(n), m.FRegs[n][1], st.fregs[n][1]); err != nil {
				return false, err
			}
		}
	}
	for c, want := range st.cells {
		if err := differ(c.String(), buffer[int64(len(buffer)/2)+c.offset/8], want); err != nil {
			return false, err
		}
	}
	if branch != nil && taken == (m.Taken != 0) {
		return false, fmt.Errorf("taken: %v; the model says %v; registers %x", m.Taken == 0, taken, before.Regs)
	}
	return true, native.flags(st, m.Flags[:], value)
}

func code2(bytes []byte, holes []stencils.Hole) code { return code{bytes, holes} }

// bothNaN reports whether both are no number, of 64 bits or of the lower 32: which
// one a processor makes is left open.
func bothNaN(want term, got uint64) bool {
	nan64 := func(v uint64) bool { return v<<1 > 0x7ff<<53 }
	nan32 := func(v uint64) bool { return v<<33 > 0xff<<56 }
	if !want.IsConst() {
		return true
	}
	return nan64(want.Value) && nan64(got) || want.Value>>32 == got>>32 && nan32(want.Value) && nan32(got)
}

// fillHoles gives the values that holes take numbers and returns the instruction with
// its holes filled in.
func fillHoles(s *sample, e *env, random *rand.Rand) ([]byte, error) {
	p := e.pool
	e.immHigh, e.immLow = p.Const(Interesting(random), 32).Sext(64), p.Const(Interesting(random), 32).Sext(64)
	if bits, ok := e.limits[stencils.ValImm]; ok {
		e.imm = p.Const(Interesting(random), min(bits, 12)).Sext(64)
		e.immHigh, e.immLow = p.Const(0, 64), e.imm
	} else if s.form.wide {
		e.imm = p.Const(Interesting(random), 64)
	} else {
		e.imm = p.Const(Interesting(random), 32).Sext(64)
	}
	e.site, e.pc, e.extra = p.Const(uint64(random.IntN(1<<20)), 20).Concat(p.Const(0, 12)), p.Const(random.Uint64(), 32), p.Const(random.Uint64(), 32)
	if bits, ok := e.limits[stencils.ValExtra]; ok {
		e.extra = p.Const(random.Uint64(), min(bits, 32)).Zext(32)
	}
	for name := range e.slots {
		e.slots[name] = p.Const(uint64(random.IntN(maxDisp/16)), 64)
	}
	e.extra8 = p.Const(uint64(8*random.IntN(maxDisp/16)), 64)
	code := append(slices.Clone(s.code), make([]byte, 8)...)
	for _, h := range s.holes {
		if h.Kind.Relative() {
			continue // a jump, not to be executed
		}
		v, err := e.value(&h)
		if err != nil {
			return nil, err
		}
		if !v.IsConst() {
			return nil, fmt.Errorf("%s is no number", h.Value)
		}
		at := code[h.Offset:]
		w := binary.LittleEndian.Uint64(at)
		binary.LittleEndian.PutUint64(at, w|holeBits(h.Kind, v.Value))
	}
	return code[:len(s.code)], nil
}
