package ops_test

import (
	"errors"
	"os"
	"path/filepath"
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
// at once, since that says nothing about what it passes: labels and functions
// exist, most operands are within range.
func build(data []byte) (*ops.Program, error) {
	next := func() int {
		if len(data) == 0 {
			return 0
		}
		b := data[0]
		data = data[1:]
		return int(b)
	}
	b := ops.NewBuilder()
	n := next()
	ids := make([]ops.FuncID, 1+n&3)
	need := make([]int, len(ids)) // slots for parameters and results
	for i := range ids {
		v := next()
		s := sig(v&7, v>>3&7)
		ids[i] = b.Declare(string(rune('f'+i)), s)
		need[i] = max(s.ParamSlots(), s.ResultSlots())
	}
	operand := func(imm bool) ops.Operand {
		switch v := next(); {
		case v < 128:
			return ops.Reg(v & 3)
		case v < 192:
			return ops.Slot(v & 7)
		case v < 208:
			return b.Out(v & 3)
		case v == 208:
			return ops.Reg(4)
		case v == 209:
			return ops.Slot(next() << 7)
		case !imm:
			return ops.A
		case v < 224:
			return ops.Imm(int64(next()) << (v & 15 * 4))
		default:
			return ops.Imm(int64(v - 240))
		}
	}
	for i, id := range ids {
		v := next()
		slots := need[i] + v&15
		if v == 255 {
			slots = next() << 4
		}
		b.Begin(id, slots)
		// Mostly everything is written, or hardly anything would pass.
		if v&0x30 != 0 {
			for i := range ops.NumRegs {
				b.Mov(ops.Reg(i), ops.Imm(int64(i)))
			}
			for i := range min(slots, 20) {
				b.Mov(ops.Slot(i), ops.Imm(3))
			}
		}
		labels := make([]ops.Label, 1+next()&7)
		bound := make([]bool, len(labels))
		for i := range labels {
			labels[i] = b.Label()
		}
		for range next() & 31 {
			v := next()
			if i := v >> 5; i < len(labels) && !bound[i] {
				b.Bind(labels[i])
				bound[i] = true
			}
			switch code := ops.Code(1 + v%(ops.NumCodes-1)); code.Info().Extra {
			case ops.LabelExtra:
				if l := labels[next()%len(labels)]; code == ops.Jump {
					b.Jump(l)
				} else {
					b.Branch(code, operand(false), operand(true), l)
				}
			case ops.FuncExtra:
				callee := ids[next()%len(ids)]
				for i := range next() & 3 {
					b.Mov(b.Out(i), ops.Imm(9))
				}
				b.Call(callee)
				if next()&1 == 0 {
					for i := range ops.NumRegs {
						b.Mov(ops.Reg(i), ops.Imm(int64(i)))
					}
				}
			case ops.TrapCodeExtra:
				b.Trap(uint32(next()))
			default:
				if code.Info().D == ops.None {
					b.Op(code, ops.Operand{}, ops.Operand{}, ops.Operand{})
				} else if code.Info().R == ops.None {
					b.Op(code, operand(false), operand(true), ops.Operand{})
				} else {
					b.Op(code, operand(false), operand(false), operand(true))
				}
			}
		}
		for i, l := range labels {
			if !bound[i] {
				b.Bind(l)
			}
		}
		b.Trap(1)
	}
	return b.Build()
}

// execute calls each function, for a bounded number of safepoints, and checks
// that an interruption at each of them makes no difference. The second Machine
// finds other garbage in registers and on the stack: a verified program cannot
// tell.
func execute(t *testing.T, p *ops.Program) {
	const words, maxPolls = 300, 100
	for i := range p.NumFuncs() {
		id := ops.FuncID(i)
		f := p.Func(id)
		start := func(garbage uint64) *ops.Machine {
			m := &ops.Machine{Stack: make([]uint64, words)}
			for i := range m.Stack {
				m.Stack[i] = garbage
			}
			m.Enter(id)
			n := len(f.Sig.Params())
			for i := range m.Reg {
				m.Reg[i] = garbage
				if i < n {
					m.Reg[i] = uint64(i)
				}
			}
			if f.Sig.ParamSlots() > words-ops.HeaderWords {
				return nil
			}
			for i := range m.Frame(f.Sig.ParamSlots()) {
				m.Frame(i + 1)[i] = uint64(5 + i)
			}
			return m
		}
		one, each := start(0), start(0xdeadbeefdeadbeef)
		if one == nil {
			continue
		}
		one.Polls = maxPolls
		exit := one.Run(p)
		var exit2 ops.Exit
		for range maxPolls + 1 {
			if exit2 = each.Run(p); exit2 == ops.ExitReturn || exit2 == ops.ExitTrap {
				break
			}
		}
		if exit != exit2 || one.Func != each.Func || one.PC != each.PC || one.FP != each.FP || one.Reason != each.Reason {
			t.Fatalf("%s: %s at %d, %d; interrupted: %s at %d, %d\n%s", f.Name, exit, one.Func, one.PC, exit2, each.Func, each.PC, p)
		}
		if exit != ops.ExitReturn {
			continue
		}
		for i := range min(len(f.Sig.Results()), ops.NumRegs) {
			if one.Reg[i] != each.Reg[i] {
				t.Fatalf("%s: result %d is %d; interrupted: %d\n%s", f.Name, i, one.Reg[i], each.Reg[i], p)
			}
		}
		for i, v := range one.Frame(f.Sig.ResultSlots()) {
			if w := each.Frame(i + 1)[i]; v != w {
				t.Fatalf("%s: result slot %d is %d; interrupted: %d\n%s", f.Name, i, v, w, p)
			}
		}
	}
}
