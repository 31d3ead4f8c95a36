// Package forbid installs filters of system calls, on Linux and the platforms that have
// compiled code, under which tests run that are about systems that forbid executable
// memory.
package forbid
