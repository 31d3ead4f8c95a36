package ops_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// sig returns the signature with so many parameters and results.
func sig(params, results int) ops.Signature {
	return ops.MakeSignature(make([]ops.Type, params), make([]ops.Type, results))
}

// A mistake is a program that is none, and the error that says so.
type mistake struct {
	name  string
	build func(b *ops.Builder)
	want  string
}

func checkMistakes(t *testing.T, list []mistake) {
	for _, c := range list {
		t.Run(c.name, func(t *testing.T) {
			b := ops.NewBuilder()
			c.build(b)
			p, err := b.Build()
			var v *ops.VerifyError
			if p != nil || !errors.As(err, &v) {
				t.Fatalf("got %v, error %v: want %s", p, err, c.want)
			}
			if err.Error() != c.want {
				t.Errorf("got  %s\nwant %s", err, c.want)
			}
			if v.Func == "" && v.PC != -1 {
				t.Errorf("no function, but pc %d", v.PC)
			}
			// The Builder is as good as new.
			b.Func("g", sig(1, 1), 0)
			b.Return()
			if p, err := b.Build(); err != nil || p.NumFuncs() != 1 || p.Len() != 1 {
				t.Errorf("the same Builder afterwards: %v, %v", p, err)
			}
		})
	}
}

// TestVerifyErrors has one program per mistake.
func TestVerifyErrors(t *testing.T) {
	var (
		a, x, y = ops.A, ops.X, ops.Y
		imm     = ops.Imm
		slot    = ops.Slot
	)
	checkMistakes(t, []mistake{
		{"slot outside the frame, read", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 2)
			b.Add(a, a, slot(2))
			b.Return()
		}, "function f, pc 0: add: slot [2] is outside the frame, which has 2 slots"},
		{"slot outside the frame, written", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Mov(slot(0), a)
			b.Return()
		}, "function f, pc 0: mov: slot [0] is outside the frame, which has 0 slots"},
		{"slot far outside the frame", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 1)
			b.Mov(slot(1<<30), a)
			b.Return()
		}, "function f, pc 0: mov: slot [32768] is outside the frame, which has 1 slots"},
		{"negative slot", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 1)
			b.Mov(a, slot(-1))
			b.Return()
		}, "function f, pc 0: mov: slot [32768] is outside the frame, which has 1 slots"},
		{"header of the outgoing area", func(b *ops.Builder) {
			f := b.Func("f", sig(1, 1), 1)
			b.Mov(slot(2), a)
			b.Call(f)
			b.Return()
		}, "function f, pc 0: mov: slot [2] is outside the frame, which has 1 slots"},
		{"outgoing slot without a call", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 1)
			b.Mov(b.Out(0), a)
			b.Return()
		}, "function f, pc 0: mov: slot [3] is outside the frame, which has 1 slots"},
		{"outgoing slot that no call has", func(b *ops.Builder) {
			f := b.Func("f", sig(6, 0), 2)
			b.Mov(b.Out(2), a)
			b.Call(f)
			b.Return()
		}, "function f, pc 0: mov: [out+2] is outside the outgoing area, which has 2 slots"},
		{"no such register, read", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Mov(a, ops.Reg(4))
			b.Return()
		}, "function f, pc 0: mov: it reads a register that does not exist"},
		{"no such register, written", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Mov(ops.Reg(-1), a)
			b.Return()
		}, "function f, pc 0: mov: it writes a register that does not exist"},
		{"register never written", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Add(a, a, x)
			b.Return()
		}, "function f, pc 0: add: it reads register x, which is not written on every path to it"},
		{"slot never written", func(b *ops.Builder) {
			b.Func("f", sig(5, 1), 2)
			b.Mov(a, slot(0))
			b.Mov(a, slot(1))
			b.Return()
		}, "function f, pc 1: mov: it reads slot [1], which is not written on every path to it"},
		{"slot never written, large frame", func(b *ops.Builder) {
			b.Func("f", sig(5, 1), 1000)
			b.Mov(slot(998), a)
			b.Mov(a, slot(999))
			b.Return()
		}, "function f, pc 1: mov: it reads slot [999], which is not written on every path to it"},
		{"register written on one path", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			l := b.Label()
			b.Branch(ops.BEq, a, imm(0), l)
			b.Mov(y, a)
			b.Bind(l)
			b.Mov(a, y)
			b.Return()
		}, "function f, pc 2: mov: it reads register y, which is not written on every path to it"},
		{"slot written on one path", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 1)
			l, m := b.Label(), b.Label()
			b.Branch(ops.BEq, a, imm(0), l)
			b.Mov(slot(0), a)
			b.Jump(m)
			b.Bind(l)
			b.Mov(a, imm(1))
			b.Bind(m)
			b.Branch(ops.BLt, a, slot(0), l)
			b.Return()
		}, "function f, pc 4: blt: it reads slot [0], which is not written on every path to it"},
		{"right operand of a branch", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			l := b.Label()
			b.Bind(l)
			b.Branch(ops.BGeU, a, y, l)
			b.Return()
		}, "function f, pc 0: bgeu: it reads register y, which is not written on every path to it"},
		{"argument dead after a call", func(b *ops.Builder) {
			f := b.Func("f", sig(2, 1), 0)
			b.Call(f)
			b.Add(a, a, x)
			b.Return()
		}, "function f, pc 1: add: it reads register x, which is not written on every path to it"},
		{"outgoing slot dead after a call", func(b *ops.Builder) {
			f := b.Func("f", sig(6, 1), 2)
			b.Mov(b.Out(0), a)
			b.Mov(b.Out(1), a)
			b.Call(f)
			b.Mov(a, b.Out(1))
			b.Return()
		}, "function f, pc 3: mov: it reads outgoing slot [out+1], which is not written on every path to it"},
		{"loop whose call forgets a register", func(b *ops.Builder) {
			g := b.Declare("g", sig(0, 1))
			b.Func("f", sig(2, 1), 0)
			l := b.Label()
			b.Bind(l)
			b.Add(y, a, x)
			b.Call(g)
			b.Branch(ops.BNe, a, imm(0), l)
			b.Return()
			b.Begin(g, 0)
			b.Mov(a, imm(0))
			b.Return()
		}, "function f, pc 0: add: it reads register x, which is not written on every path to it"},
		{"inner loop forgets for an outer one", func(b *ops.Builder) {
			g := b.Declare("g", sig(0, 1))
			b.Func("f", sig(4, 1), 0)
			l, m, n := b.Label(), b.Label(), b.Label()
			b.Bind(l)
			b.Mov(a, imm(3))
			b.Bind(m)
			b.Branch(ops.BEq, ops.O, imm(0), l)
			b.Bind(n)
			b.Mov(a, imm(1))
			b.Branch(ops.BEq, a, imm(0), m)
			b.Call(g)
			b.Branch(ops.BEq, a, imm(0), n)
			b.Return()
			b.Begin(g, 0)
			b.Mov(a, imm(0))
			b.Return()
		}, "function f, pc 1: beq: it reads register o, which is not written on every path to it"},
		{"control falls off the end", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Mov(a, imm(0))
		}, "function f, pc 0: control falls off the end of the function behind mov"},
		{"branch falls off the end", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			l := b.Label()
			b.Bind(l)
			b.Branch(ops.BEq, a, imm(0), l)
		}, "function f, pc 0: control falls off the end of the function behind beq"},
		{"call falls off the end", func(b *ops.Builder) {
			f := b.Func("f", sig(1, 1), 0)
			b.Call(f)
		}, "function f, pc 0: control falls off the end of the function behind call"},
		{"unreachable operation", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Return()
			b.Mov(a, imm(0))
			b.Return()
		}, "function f, pc 1: mov: no operation before it leads here"},
		{"unreachable behind a trap", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Trap(1)
			b.Return()
		}, "function f, pc 1: return: no operation before it leads here"},
		{"reached from below only", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			l, m := b.Label(), b.Label()
			b.Jump(m)
			b.Bind(l)
			b.Return()
			b.Bind(m)
			b.Jump(l)
		}, "function f, pc 1: return: no operation before it leads here"},
		{"unbound label", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Label()
			l := b.Label()
			b.Branch(ops.BEq, a, imm(0), l)
			b.Return()
		}, "function f, pc 0: beq: label 1 is not bound"},
		{"label of no function", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Jump(7)
		}, "function f, pc 0: jump: label 7 is not bound"},
		{"bind a label of no function", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Bind(7)
			b.Return()
		}, "function f, pc 0: label 7 does not belong to this function"},
		{"label bound twice", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			l := b.Label()
			b.Bind(l)
			b.Mov(a, imm(0))
			b.Bind(l)
			b.Return()
		}, "function f, pc 1: label 0 is bound twice"},
		{"label behind the last operation", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			l := b.Label()
			b.Branch(ops.BEq, a, imm(0), l)
			b.Return()
			b.Bind(l)
		}, "function f, pc 1: label 0 stands behind the last operation"},
		{"label outside a function", func(b *ops.Builder) {
			b.Bind(b.Label())
		}, "program: a label outside a function"},
		{"operation outside a function", func(b *ops.Builder) {
			b.Mov(a, imm(0))
		}, "program: mov outside a function"},
		{"branch outside a function", func(b *ops.Builder) {
			b.Jump(b.Label())
		}, "program: jump outside a function"},
		{"missing argument in a register", func(b *ops.Builder) {
			g := b.Declare("g", sig(2, 0))
			b.Func("f", sig(1, 0), 0)
			b.Call(g)
			b.Return()
		}, "function f, pc 0: call g: its argument 1, register x, is not written on every path to it"},
		{"missing argument in a slot", func(b *ops.Builder) {
			g := b.Declare("g", sig(6, 0))
			b.Func("f", sig(4, 0), 3)
			b.Mov(b.Out(0), a)
			b.Call(g)
			b.Return()
		}, "function f, pc 1: call g: its argument 5, outgoing slot [out+1], is not written on every path to it"},
		{"missing result in a register", func(b *ops.Builder) {
			b.Func("f", sig(1, 3), 0)
			b.Mov(x, a)
			b.Return()
		}, "function f, pc 1: return: its result 2, register y, is not written on every path to it"},
		{"missing result in a slot", func(b *ops.Builder) {
			b.Func("f", sig(4, 5), 1)
			b.Return()
		}, "function f, pc 0: return: its result 4, slot [0], is not written on every path to it"},
		{"too few slots for the parameters", func(b *ops.Builder) {
			b.Func("f", sig(7, 0), 2)
			b.Return()
		}, "function f: 2 slots, but 3 of the function's parameters or results travel in slots"},
		{"too few slots for the results", func(b *ops.Builder) {
			b.Func("f", sig(5, 7), 1)
			b.Return()
		}, "function f: 1 slots, but 3 of the function's parameters or results travel in slots"},
		{"call of a function that is not declared", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Call(1)
			b.Return()
		}, "function f, pc 0: call of function 1, which is not declared"},
		{"begin of a function that is not declared", func(b *ops.Builder) {
			b.Begin(0, 0)
		}, "program: function 0 is not declared"},
		{"declared but not defined", func(b *ops.Builder) {
			g := b.Declare("g", sig(1, 1))
			b.Func("f", sig(1, 1), 0)
			b.Call(g)
			b.Return()
		}, "function g: the function is declared but not defined"},
		{"defined twice", func(b *ops.Builder) {
			f := b.Func("f", sig(1, 1), 0)
			b.Return()
			b.Begin(f, 0)
			b.Return()
		}, "function f: the function is defined twice"},
		{"two functions of one name", func(b *ops.Builder) {
			for range 2 {
				b.Func("f", sig(1, 1), 0)
				b.Return()
			}
		}, "function f: two functions have this name"},
		{"function without operations", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
		}, "function f: the function has no operations"},
		{"destination is an immediate", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Add(imm(1), a, a)
		}, "function f, pc 0: add: its destination cannot be the immediate 1 (want register or slot)"},
		{"destination is absent", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Mov(ops.Operand{}, a)
		}, "function f, pc 0: mov: its destination cannot be absent (want register or slot)"},
		{"left operand is an immediate", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Sub(a, imm(5), a)
		}, "function f, pc 0: sub: its left operand cannot be the immediate 5 (want register or slot)"},
		{"right operand is absent", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Return()
			b.Op(ops.Mul, a, a, ops.Operand{})
		}, "function f, pc 1: mul: its right operand cannot be absent (want register or slot or immediate)"},
		{"right operand of mov", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Op(ops.Mov, a, a, slot(0))
		}, "function f, pc 0: mov: its right operand cannot be the slot [0] (want nothing)"},
		{"no operation", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Op(ops.NumCodes, a, a, a)
		}, fmt.Sprintf("function f, pc 0: Code(%d) is no operation", ops.NumCodes)},
		{"a code whose low bits are an operation's", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Op(1<<9+ops.Mov, a, a, ops.Operand{})
			b.Return()
		}, "function f, pc 0: Code(513) is no operation"},
		{"branch that is none", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Branch(ops.Jump, a, a, b.Label())
		}, "function f, pc 0: jump is not a branch"},
		{"operation that needs a label", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), 0)
			b.Op(ops.BEq, ops.Operand{}, a, a)
		}, "function f, pc 0: beq takes a label: it is not appended by Op"},
		{"too many slots", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), ops.MaxFrame+1)
			b.Return()
		}, "function f: 32769 slots: a frame has at most 32768 words"},
		{"negative slots", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), -1)
			b.Return()
		}, "function f: -1 slots: a frame has at most 32768 words"},
		{"no room for the header", func(b *ops.Builder) {
			b.Func("f", sig(1, 1), ops.MaxFrame-1)
			b.Return()
		}, "function f: the frame has 32769 words; at most 32768 are possible"},
		{"no room for the outgoing area", func(b *ops.Builder) {
			f := b.Func("f", sig(5, 1), ops.MaxFrame-4)
			b.Mov(b.Out(0), a)
			b.Call(f)
			b.Return()
		}, "function f: the frame has 32769 words; at most 32768 are possible"},
	})
}

// TestVerified has programs that look like mistakes and are none.
func TestVerified(t *testing.T) {
	for _, c := range []struct{ name, src string }{
		{"a loop forgets a register that nothing reads", `
func f (i, i) (i)
loop:	call g
	bne a, 0, loop
	return
func g () (i)
	mov a, 0
	return`},
		{"a loop forgets a register and writes it again", `
func f (i, i) (i)
loop:	add a, x
	call g
	mov x, 5
	bne a, 0, loop
	return
func g () (i)
	mov a, 0
	return`},
		{"both branches write", `
func f (i) (i)
	beq a, 0, other
	mov x, 1
	jump join
other:	mov x, 2
join:	add a, x
	return`},
		{"the path that does not write traps", `
func f (i) (i)
	mov x, 1
	bne a, 0, ok
	trap
ok:	add a, x
	return`},
		{"irreducible: two entries to a loop", `
func f (i, i) (i)
	beq a, 0, second
first:	sub a, 1
second:	sub x, 1
	bne x, 0, first
	mov a, x
	return`},
		{"irreducible, with a call that one entry skips", `
func f (i, i) (i) slots 1
	mov [0], x
	beq a, 0, second
first:	call g
	mov x, [0]
second:	sub [0], 1
	sub x, 1
	mov a, x
	bne a, 0, first
	return
func g () ()
	return`},
		{"a loop without an end", "func f ()\nl: jump l"},
		{"a frame as large as can be", "func f () slots 32766\n mov [32765], 1\n return"},
		{"many labels on one operation", "func f (i)\n beq a, 0, l\n beq a, 1, m\nk: l: m: n: return"},
		{"more parameters than registers", "func f (i,i,i,i,i,i) slots 2\n add [1], [0]\n return"},
		{"results without a call's arguments", `
func f () (i,i,i,i,i) slots 1
	call g
	mov [0], [out+0]
	return
func g () (i,i,i,i,i) slots 1
	mov a, 1
	mov x, 1
	mov y, 1
	mov o, 1
	mov [0], 1
	return`},
		{"no functions", ""},
	} {
		t.Run(c.name, func(t *testing.T) { mustParse(t, "copyjit 1\n"+c.src) })
	}
}

// TestBuilderReuse checks that programs of one Builder do not share anything
// that a later one changes.
func TestBuilderReuse(t *testing.T) {
	b := ops.NewBuilder()
	var programs []*ops.Program
	for n := range 200 {
		b.Func("f", sig(1, 1), 0)
		for i := range n {
			b.Add(ops.A, ops.A, ops.Imm(int64(i)<<33))
		}
		if n%2 == 1 {
			b.SetPos(ops.Pos(n))
		}
		b.Return()
		p, err := b.Build()
		if err != nil {
			t.Fatal(err)
		}
		programs = append(programs, p)
	}
	for n, p := range programs {
		m := run(t, p, 0, 0)
		if want := uint64(n*(n-1)/2) << 33; m.Reg[0] != want {
			t.Errorf("program %d gives %d, want %d", n, m.Reg[0], want)
		}
		pos := ops.Pos(0)
		if n%2 == 1 {
			pos = ops.Pos(n)
		}
		if got := p.Pos(0, n); p.Len() != n+1 || got != pos {
			t.Errorf("program %d: %d operations, position %d, want %d", n, p.Len(), got, pos)
		}
		if n > 0 && p.Pos(0, 0) != 0 {
			t.Errorf("program %d: an operation before SetPos has position %d", n, p.Pos(0, 0))
		}
	}
}

// TestReset checks that Reset drops mistakes and operations.
func TestReset(t *testing.T) {
	b := ops.NewBuilder()
	b.Func("f", sig(1, 1), -1)
	b.Mov(ops.Imm(1), ops.A)
	b.Reset()
	b.Func("g", sig(1, 1), 0)
	b.Return()
	p, err := b.Build()
	if err != nil || p.NumFuncs() != 1 {
		t.Fatalf("%v, %v", p, err)
	}
	if _, ok := p.Lookup("g"); !ok {
		t.Error("there is no g")
	}
	if _, ok := p.Lookup("f"); ok {
		t.Error("there is an f")
	}
}

func TestSignature(t *testing.T) {
	for _, c := range []struct {
		params, results         int
		text                    string
		paramSlots, resultSlots int
	}{
		{0, 0, "()", 0, 0},
		{0, 1, "() (i)", 0, 0},
		{2, 1, "(i, i) (i)", 0, 0},
		{5, 4, "(i, i, i, i, i) (i, i, i, i)", 1, 0},
		{4, 6, "(i, i, i, i) (i, i, i, i, i, i)", 0, 2},
	} {
		s := sig(c.params, c.results)
		if s != sig(c.params, c.results) {
			t.Errorf("%s: equal lists, two signatures", s)
		}
		if s.String() != c.text || s.ParamSlots() != c.paramSlots || s.ResultSlots() != c.resultSlots ||
			len(s.Params()) != c.params || len(s.Results()) != c.results {
			t.Errorf("got %s with %d and %d slots: want %+v", s, s.ParamSlots(), s.ResultSlots(), c)
		}
	}
	var zero ops.Signature
	if zero != sig(0, 0) {
		t.Error("the zero Signature is not () ()")
	}
	defer func() {
		if s, _ := recover().(string); !strings.Contains(s, "at most 1024") {
			t.Errorf("too many parameters: %q", s)
		}
	}()
	sig(ops.MaxValues+1, 0)
}
