package main

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/copyjit/copyjit/internal/traffic"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// The tasks as a WebAssembly module, put together by hand. Code is a string of bytes.

// uleb and sleb are numbers as WebAssembly writes them.
func uleb(v uint64) string {
	var b []byte
	for ; v >= 0x80; v >>= 7 {
		b = append(b, byte(v)|0x80)
	}
	return string(append(b, byte(v)))
}

func sleb(v int64) string {
	var b []byte
	for ; v < -0x40 || v >= 0x40; v >>= 7 {
		b = append(b, byte(v)&0x7f|0x80)
	}
	return string(append(b, byte(v)&0x7f))
}

func vector(items ...string) string { return uleb(uint64(len(items))) + strings.Join(items, "") }
func sized(body string) string      { return uleb(uint64(len(body))) + body }

const (
	typeI32, typeI64 = "\x7f", "\x7e"

	wasmBlock, wasmLoop, wasmIf, wasmEnd     = "\x02\x40", "\x03\x40", "\x04\x40", "\x0b"
	wasmReturn, wasmAnd, wasmAdd, wasmEqz    = "\x0f", "\x71", "\x6a", "\x45"
	wasmShr, wasmShl, wasmOr, wasmEq         = "\x76", "\x74", "\x72", "\x46"
	add64, sub64, mul64, ltu64, leu64, geu64 = "\x7c", "\x7d", "\x7e", "\x54", "\x58", "\x5a"
)

func get(i uint64) string        { return "\x20" + uleb(i) }
func set(i uint64) string        { return "\x21" + uleb(i) }
func br(depth uint64) string     { return "\x0c" + uleb(depth) }
func brIf(depth uint64) string   { return "\x0d" + uleb(depth) }
func call(f uint64) string       { return "\x10" + uleb(f) }
func i32(v uint32) string        { return "\x41" + sleb(int64(int32(v))) }
func i64(v int64) string         { return "\x42" + sleb(v) }
func load8(offset uint64) string { return "\x2d\x00" + uleb(offset) }

// Locals of a filter: where the packet is and how long, A, X, and an address.
const (
	localP = iota
	localN
	localA
	localX
	localO
)

// operand pushes A, X or a number; what is code already stays.
func operand(text string) string {
	switch text {
	case "A":
		return get(localA)
	case "X":
		return get(localX)
	}
	if k, err := strconv.ParseUint(text, 10, 32); err == nil {
		return i32(uint32(k))
	}
	return text
}

// wasmLanguage returns WebAssembly as a language of filters.
func wasmLanguage() *language {
	var blocks []int // where the open ones end
	local := map[string]uint64{"A": localA, "X": localX}
	return &language{
		load: func(dst string, size int, address string) string {
			code := operand(address) + set(localO) +
				get(localO) + i32(uint32(size)) + wasmAdd + get(localN) + "\x4b" /* gt_u */ + wasmIf + i32(0) + wasmReturn + wasmEnd
			code += get(localP) + get(localO) + wasmAdd + set(localO)
			for i := range size {
				code += get(localO) + load8(uint64(i))
				if i > 0 {
					code += wasmOr
				}
				if i < size-1 {
					code += i32(8) + wasmShl
				}
			}
			return code + set(local[dst])
		},
		and:  func(a string, k uint32) string { return operand(a) + i32(k) + wasmAnd },
		shr:  func(a string, k uint32) string { return operand(a) + i32(k) + wasmShr },
		add:  func(a, b string) string { return operand(a) + operand(b) + wasmAdd },
		set:  func(dst, value string) string { return operand(value) + set(local[dst]) },
		ret:  func(k uint32) string { return i32(k) + wasmReturn },
		eq:   func(a string, k uint32) string { return operand(a) + i32(k) + wasmEq },
		ne0:  func(a string) string { return a + wasmEqz + wasmEqz },
		not:  func(condition string) string { return condition + wasmEqz },
		open: func(to int) string { blocks = append(blocks, to); return wasmBlock },
		close: func(int) string {
			blocks = blocks[:len(blocks)-1]
			return wasmEnd
		},
		cond: func(condition string, to int) string {
			depth := 0
			for blocks[len(blocks)-1-depth] != to {
				depth++
			}
			return condition + brIf(uint64(depth))
		},
	}
}

// Places in the memory of the module: a packet, and behind it the sieve.
const (
	wasmPacket = 0
	wasmSieve  = 1 << 16
	wasmPages  = 1 + 1<<24>>16
)

// wasmModule returns the module: functions loop, fib and sieve, and f0, f1 … for the
// filters.
func wasmModule() []byte {
	const n, sum, i, j = 0, 1, 2, 3 // locals
	at := func(v uint64) string { return get(v) + "\xa7" /* i32.wrap_i64 */ }
	bodies := []string{
		// loop
		wasmBlock + wasmLoop + get(i) + get(n) + geu64 + brIf(1) +
			get(sum) + get(i) + add64 + set(sum) + get(i) + i64(1) + add64 + set(i) + br(0) + wasmEnd + wasmEnd + get(sum),
		// fib
		get(n) + i64(2) + leu64 + wasmIf + i64(1) + wasmReturn + wasmEnd +
			get(n) + i64(1) + sub64 + call(1) + get(n) + i64(2) + sub64 + call(1) + add64,
		// sieve
		i32(wasmSieve) + i32(0) + at(n) + "\xfc\x0b\x00" /* memory.fill */ + i64(2) + set(i) +
			wasmBlock + wasmLoop + get(i) + get(n) + geu64 + brIf(1) +
			wasmBlock + at(i) + load8(wasmSieve) + brIf(0) +
			get(sum) + i64(1) + add64 + set(sum) + get(i) + get(i) + mul64 + set(j) +
			wasmLoop + get(j) + get(n) + geu64 + brIf(1) + at(j) + i32(1) + "\x3a\x00" /* i32.store8 */ + uleb(wasmSieve) +
			get(j) + get(i) + add64 + set(j) + br(0) + wasmEnd + wasmEnd +
			get(i) + i64(1) + add64 + set(i) + br(0) + wasmEnd + wasmEnd + get(sum),
	}
	names := []string{"loop", "fib", "sieve"}
	types := []string{"\x00", "\x00", "\x00"}
	locals := []string{"\x03" + typeI64, "\x03" + typeI64, "\x03" + typeI64}
	for f := range traffic.Filters {
		bodies = append(bodies, wasmLanguage().filter(traffic.Filters[f].Raw)+i32(0))
		names = append(names, fmt.Sprintf("f%d", f))
		types, locals = append(types, "\x01"), append(locals, "\x03"+typeI32)
	}
	var code, exports []string
	for f := range bodies {
		code = append(code, sized(vector(locals[f])+bodies[f]+wasmEnd))
		exports = append(exports, sized(names[f])+"\x00"+uleb(uint64(f)))
	}
	exports = append(exports, sized("memory")+"\x02\x00")
	section := func(id byte, content string) string { return string(id) + sized(content) }
	return []byte("\x00asm\x01\x00\x00\x00" +
		section(1, vector("\x60"+vector(typeI64)+vector(typeI64), "\x60"+vector(typeI32, typeI32)+vector(typeI32))) +
		section(3, vector(types...)) +
		section(5, vector("\x00"+uleb(wasmPages))) +
		section(7, vector(exports...)) +
		section(10, vector(code...)))
}

// newWazero returns wazero, as interpreter or compiler.
func newWazero(ctx context.Context, name string, config wazero.RuntimeConfig, arg func(*task) uint64) *peer {
	p := &peer{name: name, arg: arg, note: "a WebAssembly runtime in Go. Filters are translated to WebAssembly, instruction by instruction; each packet is copied into the module's memory first."}
	runtime := wazero.NewRuntimeWithConfig(ctx, config)
	module, err := runtime.Instantiate(ctx, wasmModule())
	if err != nil {
		p.err = err
		return p
	}
	functions := map[string]api.Function{}
	for task := range samples {
		functions[task] = module.ExportedFunction(task)
	}
	var filters []machine
	for i := range traffic.Filters {
		filters = append(filters, &wasmFilter{ctx, module.Memory(), module.ExportedFunction(fmt.Sprintf("f%d", i)), make([]uint64, 2)})
	}
	p.run = func(task string, arg uint64) (time.Duration, uint64, error) {
		if task == "filters" {
			return runFilters(filters, arg)
		}
		start := time.Now()
		results, err := functions[task].Call(ctx, arg)
		took := time.Since(start)
		if err != nil {
			return 0, 0, err
		}
		return took, results[0], nil
	}
	return p
}

// A wasmFilter is a filter in a module.
type wasmFilter struct {
	ctx    context.Context
	memory api.Memory
	f      api.Function
	stack  []uint64
}

// Run runs the filter over a packet.
func (f *wasmFilter) Run(packet []byte) (int, error) {
	f.memory.Write(wasmPacket, packet)
	f.stack[0], f.stack[1] = wasmPacket, uint64(len(packet))
	err := f.f.CallWithStack(f.ctx, f.stack)
	return int(uint32(f.stack[0])), err
}
