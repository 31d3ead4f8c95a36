package main

import (
	"fmt"
	"time"

	"github.com/copyjit/copyjit/internal/traffic"
	"github.com/dop251/goja"
)

var javascriptLanguage = language{
	load: func(dst string, size int, address string) string {
		value := map[int]string{
			1: "p[o]",
			2: "p[o] * 256 + p[o+1]",
			4: "p[o] * 16777216 + (p[o+1] << 16 | p[o+2] << 8 | p[o+3])",
		}[size]
		return fmt.Sprintf("o = %s; if (o + %d > n) return 0; %s = %s;\n", address, size, dst, value)
	},
	and:   func(a string, k uint32) string { return fmt.Sprintf("((%s & %d) >>> 0)", a, k) },
	shr:   func(a string, k uint32) string { return fmt.Sprintf("(%s >>> %d)", a, k) },
	add:   func(a, b string) string { return fmt.Sprintf("((%s + %s) >>> 0)", a, b) },
	set:   func(dst, value string) string { return fmt.Sprintf("%s = %s;\n", dst, value) },
	ret:   func(k uint32) string { return fmt.Sprintf("return %d;\n", k) },
	cond:  func(condition string, to int) string { return fmt.Sprintf("if (%s) break L%d;\n", condition, to) },
	ne0:   func(a string) string { return a + " !== 0" },
	eq:    func(a string, k uint32) string { return fmt.Sprintf("%s === %d", a, k) },
	not:   func(condition string) string { return "!(" + condition + ")" },
	open:  func(to int) string { return fmt.Sprintf("L%d: {\n", to) },
	close: func(int) string { return "}\n" },
}

const javascriptTasks = `
function loop(n) { let sum = 0; for (let i = 0; i < n; i++) sum += i; return sum; }
function fib(n) { return n <= 2 ? 1 : fib(n - 1) + fib(n - 2); }
function sieve(n) {
	let count = 0;
	memory.fill(0, 0, n);
	for (let i = 2; i < n; i++) {
		if (memory[i]) continue;
		count++;
		for (let j = i * i; j < n; j += i) memory[j] = 1;
	}
	return count;
}
function filters(n) {
	let accepted = 0;
	for (; n > 0; n--)
		for (const f of list)
			for (const p of packets)
				if (f(p, p.length)) accepted++;
	return accepted;
}
const memory = new Uint8Array(1 << 24);
const list = [];
`

func newGoja() *peer {
	p := &peer{name: "goja", arg: slow,
		note: "a JavaScript interpreter in Go. The loops over filters and packets are in JavaScript, and the packets are Uint8Arrays already, so that nothing is converted.",
	}
	vm := goja.New()
	list := make([]any, len(packets))
	for i, packet := range packets {
		array, err := vm.New(vm.Get("Uint8Array"), vm.ToValue(vm.NewArrayBuffer(packet)))
		if err != nil {
			p.err = err
			return p
		}
		list[i] = array
	}
	vm.Set("packets", vm.NewArray(list...))
	source := javascriptTasks + eachFilter(func(i int, body string) string {
		return fmt.Sprintf("// %s\nlist.push(function(p, n) { let A = 0, X = 0, o = 0;\n%s});\n", traffic.Filters[i].Name, body)
	}, &javascriptLanguage)
	if _, err := vm.RunString(source); err != nil {
		p.err = err
		return p
	}
	p.run = func(task string, arg uint64) (time.Duration, uint64, error) {
		f, _ := goja.AssertFunction(vm.Get(task))
		start := time.Now()
		v, err := f(goja.Undefined(), vm.ToValue(arg))
		took := time.Since(start)
		if err != nil {
			return 0, 0, err
		}
		return took, uint64(v.ToInteger()), nil
	}
	return p
}
