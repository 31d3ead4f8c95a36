//go:build !race

package jit

const raced = false
