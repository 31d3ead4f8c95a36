// Command bench compares copyjit with other ways to run a program in a Go process, and
// with some outside of it, in one run:
//
//	go run . -o results
//
// It writes results.md, a table, and results.svg, a plot of it. Peers that are not
// installed (gcc, tcc, luajit) are left out, and said to be.
//
// It is a module of its own so that nobody who uses copyjit depends on the peers.
package main
