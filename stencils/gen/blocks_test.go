package gen

import (
	"fmt"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/stencils"
)

// Pieces of code for tests: each is one instruction, {n} a relocation for a
// symbol.
const (
	cmpAX    = "4d 39 ec"     // cmp r12, r13
	addAX    = "4d 01 ec"     // add r12, r13
	subAX    = "4d 29 ec"     // sub r12, r13
	exitJmp  = "ff 27"        // jmp [rdi]
	leaCont  = "48 8d 05 {C}" // lea rax, [rip+CONT]
	jmpCont  = "e9 {C}"
	jmpGoal  = "e9 {T}"
	jeCont   = "0f 84 {C}"
	jeGoal   = "0f 84 {T}"
	jgeCont  = "0f 8d {C}"
	jeShort  = "74"
	jmpShort = "eb"
)

// assemble makes a function of bytes in hexadecimal; {C} and {T} are jumps to
// CONT and TARGET.
func assemble(t *testing.T, name string, pieces ...string) *function {
	t.Helper()
	fn := &function{file: "test.c", name: name}
	for _, word := range strings.Fields(strings.Join(pieces, " ")) {
		symbol, ok := map[string]string{"{C}": "CONT", "{T}": "TARGET"}[word]
		if ok {
			fn.relocs = append(fn.relocs, reloc{offset: len(fn.code), typ: 4, symbol: symbol, addend: -4})
			fn.code = append(fn.code, 0, 0, 0, 0)
			continue
		}
		var b byte
		if _, err := fmt.Sscanf(word, "%x", &b); err != nil {
			t.Fatalf("%q: %v", word, err)
		}
		fn.code = append(fn.code, b)
	}
	return fn
}

func rewriteTest(t *testing.T, funcs ...*function) (hot, cold part, err error) {
	t.Helper()
	var all [][]*inst
	for _, fn := range funcs {
		insts, err := lift(fn, &amd64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, insts)
	}
	return rewrite(all, far, &amd64)
}

func listing(p part) string {
	var lines []string
	for _, ln := range p.lines {
		lines = append(lines, fmt.Sprintf("%x %s", ln.at, ln.text))
	}
	return strings.Join(lines, "; ")
}

func TestRewrite(t *testing.T) {
	for _, test := range []struct {
		name      string
		code      []string
		hot, cold string
	}{
		{"the jump to the continuation is dropped",
			[]string{addAX, jmpCont},
			"0 add r12, r13", ""},
		{"nothing is left of a template that does nothing",
			[]string{jmpCont}, "", ""},
		{"a jump out stays",
			[]string{jmpGoal}, "0 jmp target", ""},
		{"a condition is inverted when the continuation is what it jumps to",
			[]string{cmpAX, jgeCont, jmpGoal},
			"0 cmp r12, r13; 3 jl target", ""},
		{"and kept when it is not",
			[]string{cmpAX, jeGoal, jmpCont},
			"0 cmp r12, r13; 3 je target", ""},
		{"a condition that makes no difference goes",
			[]string{cmpAX, jeCont, jmpCont},
			"0 cmp r12, r13", ""},
		{"a jump over a jump becomes one jump",
			[]string{cmpAX, jeShort, "05", jmpGoal, jmpCont},
			"0 cmp r12, r13; 3 jne target", ""},
		{"the continuation is last, whatever comes first",
			[]string{cmpAX, jeCont, addAX, jmpGoal},
			"0 cmp r12, r13; 3 je 0xd; 5 add r12, r13; 8 jmp target", ""},
		{"of two ways to the continuation one needs a jump",
			[]string{cmpAX, jeShort, "08", addAX, jmpCont, subAX, jmpCont},
			"0 cmp r12, r13; 3 je 0xa; 5 add r12, r13; 8 jmp 0xd; a sub r12, r13", ""},
		{"the way that does not go on is placed first",
			[]string{cmpAX, jeShort, "08", addAX, jmpCont, subAX, jmpGoal},
			"0 cmp r12, r13; 3 jne 0xd; 5 sub r12, r13; 8 jmp target; d add r12, r13", ""},
		{"a loop",
			[]string{addAX, cmpAX, jeShort, "f8", jmpCont},
			"0 add r12, r13; 3 cmp r12, r13; 6 je 0x0", ""},
		{"an exit is cold",
			[]string{cmpAX, jeCont, exitJmp},
			"0 cmp r12, r13; 3 jne cold+0x0", "0 jmp qword [rdi]"},
		{"an exit in the middle too",
			[]string{cmpAX, jeShort, "02", exitJmp, addAX, jmpCont},
			"0 cmp r12, r13; 3 jne cold+0x0; 9 add r12, r13", "0 jmp qword [rdi]"},
		{"and what only leads to exits",
			[]string{cmpAX, jeCont, addAX, cmpAX, jeShort, "03", subAX, exitJmp},
			"0 cmp r12, r13; 3 jne cold+0x0",
			"0 add r12, r13; 3 cmp r12, r13; 6 je 0xb; 8 sub r12, r13; b jmp qword [rdi]"},
		{"but a stencil that is only an exit has no other place",
			[]string{addAX, exitJmp},
			"0 add r12, r13; 3 jmp qword [rdi]", ""},
		{"code that nothing leads to goes",
			[]string{addAX, jmpCont, subAX, jmpGoal},
			"0 add r12, r13", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			hot, cold, err := rewriteTest(t, assemble(t, "op_test", test.code...))
			if err != nil {
				t.Fatal(err)
			}
			if got := listing(hot); got != test.hot {
				t.Errorf("hot\n\t%s\nwant\n\t%s", got, test.hot)
			}
			if got := listing(cold); got != test.cold {
				t.Errorf("cold\n\t%s\nwant\n\t%s", got, test.cold)
			}
		})
	}
}

// A jump within a part grows when it must, and aims right in both sizes.
func TestRewriteLong(t *testing.T) {
	for _, count := range []int{40, 41, 42, 43, 60} {
		over := fmt.Sprintf("0f 84 %02x %02x 00 00", (3*count+5)&0xff, (3*count+5)>>8)
		body := strings.Repeat(addAX+" ", count)
		hot, _, err := rewriteTest(t, assemble(t, "op_test", cmpAX, over, body, jmpGoal, subAX, jmpCont))
		if err != nil {
			t.Fatal(err)
		}
		d, err := amd64.Decode(hot.code[3:])
		if err != nil {
			t.Fatal(err)
		}
		short := 3*count+5 <= 127
		if (d.Len == 2) != short || 3+d.Target != len(hot.code)-3 {
			t.Errorf("over %d bytes: %s has %d bytes and goes to %#x of %#x", 3*count+5, d.Text, d.Len, 3+d.Target, len(hot.code))
		}
	}
}

// A template of two functions is one stencil: the second is where control comes
// back to.
func TestRewriteParts(t *testing.T) {
	hot, cold, err := rewriteTest(t,
		assemble(t, "op_test", leaCont, addAX, jmpGoal),
		assemble(t, "after_test", subAX, jmpCont))
	if err != nil {
		t.Fatal(err)
	}
	if got, want := listing(hot), "0 lea rax, [rip]; 7 add r12, r13; a jmp target; f sub r12, r13"; got != want || len(cold.code) > 0 {
		t.Errorf("hot\n\t%s\nwant\n\t%s", got, want)
	}
	if got := int(hot.code[3]); 7+got != 0xf {
		t.Errorf("the address taken is %#x; want 0xf", 7+got)
	}
	if want := (stencils.Hole{Offset: 0xb, Kind: stencils.X86PC32, Value: stencils.ValTarget, Addend: -4}); len(hot.holes) != 1 || hot.holes[0] != want {
		t.Errorf("holes %v; want %v", hot.holes, want)
	}
}

func TestRewriteHoles(t *testing.T) {
	hot, cold, err := rewriteTest(t, assemble(t, "op_test",
		cmpAX, jeShort, "03", // into the middle of an exit
		addAX, exitJmp))
	if err != nil {
		t.Fatal(err)
	}
	if listing(hot) != "0 cmp r12, r13; 3 je cold+0x3; 9 jmp cold+0x0" {
		t.Errorf("hot %s", listing(hot))
	}
	if listing(cold) != "0 add r12, r13; 3 jmp qword [rdi]" {
		t.Errorf("cold %s", listing(cold))
	}
	want := []stencils.Hole{
		{Offset: 5, Kind: stencils.X86PC32, Value: stencils.ValCold, Addend: 3 - 4},
		{Offset: 10, Kind: stencils.X86PC32, Value: stencils.ValCold, Addend: -4},
	}
	if fmt.Sprint(hot.holes) != fmt.Sprint(want) {
		t.Errorf("holes %v; want %v", hot.holes, want)
	}
}

func TestRewriteErrors(t *testing.T) {
	for _, test := range []struct {
		code []string
		want string
	}{
		{[]string{addAX}, "test.c: op_test+0x0: add r12, r13: control falls off the end"},
		{[]string{addAX, jmpShort, "fc"}, "test.c: op_test+0x3: jmp .-0x4: it jumps to 0x1, where no instruction"},
	} {
		_, _, err := rewriteTest(t, assemble(t, "op_test", test.code...))
		if err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%v gives\n\t%v\nwant\n\t%s", test.code, err, test.want)
		}
	}
}
