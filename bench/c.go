package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/copyjit/copyjit/internal/traffic"
)

var cLanguage = language{
	load: func(dst string, size int, address string) string {
		value := map[int]string{
			1: "p[o]",
			2: "p[o] << 8 | p[o+1]",
			4: "(uint32_t)p[o] << 24 | p[o+1] << 16 | p[o+2] << 8 | p[o+3]",
		}[size]
		return fmt.Sprintf("o = %s; if (o + %d > n) return 0; %s = %s;\n", address, size, dst, value)
	},
	and:   func(a string, k uint32) string { return fmt.Sprintf("(%s & %du)", a, k) },
	shr:   func(a string, k uint32) string { return fmt.Sprintf("(%s >> %d)", a, k) },
	add:   func(a, b string) string { return fmt.Sprintf("(%s + %s)", a, b) },
	set:   func(dst, value string) string { return fmt.Sprintf("%s = %s;\n", dst, value) },
	ret:   func(k uint32) string { return fmt.Sprintf("return %du;\n", k) },
	cond:  func(condition string, to int) string { return fmt.Sprintf("if (%s) goto L%d;\n", condition, to) },
	ne0:   func(a string) string { return a + " != 0" },
	eq:    func(a string, k uint32) string { return fmt.Sprintf("%s == %du", a, k) },
	not:   func(condition string) string { return "!(" + condition + ")" },
	label: func(to int) string { return fmt.Sprintf("L%d:\n", to) },
}

const cTasks = `
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
static uint8_t memory[1 << 24];
uint64_t loop(uint64_t n) { uint64_t sum = 0; for (uint64_t i = 0; i < n; i++) sum += i; return sum; }
uint64_t fib(uint64_t n) { return n <= 2 ? 1 : fib(n - 1) + fib(n - 2); }
uint64_t sieve(uint64_t n) {
	uint64_t count = 0;
	memset(memory, 0, n);
	for (uint64_t i = 2; i < n; i++) {
		if (memory[i]) continue;
		count++;
		for (uint64_t j = i * i; j < n; j += i) memory[j] = 1;
	}
	return count;
}
`

const cMain = `
uint64_t filters(uint64_t n) {
	uint64_t accepted = 0;
	for (; n; n--)
		for (size_t f = 0; f < sizeof list / sizeof *list; f++)
			for (size_t i = 0; i < sizeof packets / sizeof *packets; i++)
				if (list[f](packets[i].data, packets[i].n)) accepted++;
	return accepted;
}
static int64_t now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}
int main(int argc, char **argv) {
	struct { const char *name; uint64_t (*run)(uint64_t); } tasks[] = {{"loop", loop}, {"fib", fib}, {"sieve", sieve}, {"filters", filters}};
	for (int i = 0; i < 4; i++) {
		if (strcmp(argv[1], tasks[i].name)) continue;
		int64_t start = now();
		volatile uint64_t result = tasks[i].run(strtoull(argv[2], 0, 10));
		printf("%lld %llu\n", (long long)(now() - start), (unsigned long long)result);
		return 0;
	}
	return 1;
}
`

// cSource is the tasks in C, the packets included.
func cSource() string {
	var b, list, all strings.Builder
	b.WriteString(cTasks)
	b.WriteString(eachFilter(func(i int, body string) string {
		fmt.Fprintf(&list, "f%d, ", i)
		return fmt.Sprintf("// %s\nuint32_t f%d(const uint8_t *p, uint64_t n) { uint32_t A = 0, X = 0; uint64_t o;\n%s}\n", traffic.Filters[i].Name, i, body)
	}, &cLanguage))
	for i, packet := range packets {
		fmt.Fprintf(&b, "static const uint8_t p%d[] = {0", i)
		for _, v := range packet {
			fmt.Fprintf(&b, ",%d", v)
		}
		b.WriteString("};\n")
		fmt.Fprintf(&all, "{p%d + 1, %d},\n", i, len(packet))
	}
	fmt.Fprintf(&b, "static uint32_t (*const list[])(const uint8_t *, uint64_t) = {%s};\n", &list)
	fmt.Fprintf(&b, "static const struct { const uint8_t *data; uint64_t n; } packets[] = {\n%s};\n", &all)
	b.WriteString(cMain)
	return b.String()
}

// newC returns a compiler of C, if it is installed.
func newC(ctx context.Context, dir, name, compiler string, flags ...string) *peer {
	p := &peer{name: name, process: true, arg: fast, note: "a process of its own, which times itself; compiled before. The filters are translated to C, instruction by instruction."}
	tool, err := exec.LookPath(compiler)
	if err != nil {
		p.err = errNotInstalled
		return p
	}
	source, program := filepath.Join(dir, compiler+".c"), filepath.Join(dir, name+".exe")
	if p.err = os.WriteFile(source, []byte(cSource()), 0o666); p.err != nil {
		return p
	}
	if out, err := exec.CommandContext(ctx, tool, append(flags, "-o", program, source)...).CombinedOutput(); err != nil {
		p.err = fmt.Errorf("%w: %s", err, out)
	}
	p.run = func(task string, arg uint64) (time.Duration, uint64, error) {
		return process(ctx, program, task, fmt.Sprint(arg))
	}
	return p
}
