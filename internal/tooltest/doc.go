// Package tooltest has tests that look at running copyjit programs with perf and GDB,
// for what these tools say themselves. Where a tool is missing, or may not do its
// work, they are skipped and say why.
package tooltest
