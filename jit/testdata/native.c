// The sample functions for a C compiler, to measure against: prints how many
// nanoseconds a run took, and its result.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

__attribute__((noinline)) uint64_t loop(uint64_t n)
{
	uint64_t sum = 0;
	for (uint64_t i = 0; i < n; i++)
		sum += i;
	return sum;
}

__attribute__((noinline)) int64_t fib(int64_t n)
{
	if (n <= 2)
		return 1;
	return fib(n - 1) + fib(n - 2);
}

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
	int64_t start = now();
	volatile uint64_t result = strcmp(argv[1], "loop") ? (uint64_t)fib(n) : loop(n);
	printf("%lld %llu\n", (long long)(now() - start), (unsigned long long)result);
	return 0;
}
