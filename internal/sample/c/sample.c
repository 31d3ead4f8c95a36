// The sample functions for a C compiler, to measure against: prints how many
// nanoseconds a run took, and its result.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

// Clang would replace the loop by a formula, gcc -O1 does not.
#ifdef __clang__
#define KEEP(x) __asm__ volatile("" : "+r"(x))
#else
#define KEEP(x)
#endif

__attribute__((noinline)) uint64_t loop(uint64_t n)
{
	uint64_t sum = 0;
	for (uint64_t i = 0; i < n; i++) {
		sum += i;
		KEEP(sum);
	}
	return sum;
}

__attribute__((noinline)) uint64_t fib(uint64_t n)
{
	if ((int64_t)n <= 2)
		return 1;
	return fib(n - 1) + fib(n - 2);
}

static uint8_t memory[1 << 24];

__attribute__((noinline)) uint64_t sieve(uint64_t n)
{
	uint64_t count = 0;
	for (uint64_t i = 0; i < n; i += 8)
		*(uint64_t *)&memory[i] = 0;
	for (uint64_t i = 2; i < n; i++) {
		if (memory[i])
			continue;
		count++;
		for (uint64_t j = i * i; j < n; j += i)
			memory[j] = 1;
	}
	return count;
}

__attribute__((noinline)) uint64_t mandelbrot(uint64_t n)
{
	uint64_t total = 0;
	double step = 3.0 / (double)(int64_t)n;
	for (uint64_t y = 0; y < n; y++) {
		double ci = (double)(int64_t)y * step - 1.5;
		for (uint64_t x = 0; x < n; x++) {
			double cr = (double)(int64_t)x * step - 2.0;
			double zr = 0, zi = 0;
			for (int left = 200; left != 0; left--) {
				double rr = zr * zr, ii = zi * zi, ri = zr * zi;
				if (rr + ii > 4.0)
					break;
				zi = ri + ri + ci;
				zr = rr - ii + cr;
				total++;
			}
		}
	}
	return total;
}

static const struct {
	const char *name;
	uint64_t (*run)(uint64_t);
} functions[] = {{"loop", loop}, {"fib", fib}, {"sieve", sieve}, {"mandelbrot", mandelbrot}};

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * INT64_C(1000000000) + t.tv_nsec;
}

int main(int argc, char **argv)
{
	if (argc != 3)
		return 2;
	uint64_t n = strtoull(argv[2], 0, 10);
	for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
		if (strcmp(argv[1], functions[i].name))
			continue;
		int64_t start = now();
		volatile uint64_t result = functions[i].run(n);
		printf("%lld %llu\n", (long long)(now() - start), (unsigned long long)result);
		return 0;
	}
	return 2;
}
