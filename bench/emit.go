package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/copyjit/copyjit/internal/traffic"
	"golang.org/x/net/bpf"
)

// A language says how a packet filter is written in it. A and X are variables; what
// the functions return is a statement or an expression.
type language struct {
	load func(dst string, size int, address string) string // and return 0 outside the packet
	and  func(a string, k uint32) string
	shr  func(a string, k uint32) string
	add  func(a, b string) string
	set  func(dst, value string) string
	ret  func(k uint32) string
	eq   func(a string, k uint32) string // a condition
	ne0  func(a string) string           // a condition
	not  func(condition string) string
	cond func(condition string, to int) string // go to an instruction if it holds

	// Languages without goto have blocks, which end at an instruction and are left
	// from within: jumps in filters lead forward only.
	open, close func(target int) string
	label       func(target int) string
}

// filter writes the body of a function.
func (l *language) filter(raw []bpf.RawInstruction) string {
	var b strings.Builder
	targets := map[int]bool{}
	for i, r := range raw {
		if r.Op&7 == 5 {
			for _, to := range []int{i + 1 + int(r.Jt), i + 1 + int(r.Jf)} {
				if to != i+1 {
					targets[to] = true
				}
			}
		}
	}
	if l.open != nil {
		var list []int
		for to := range targets {
			list = append(list, to)
		}
		slices.Sort(list)
		slices.Reverse(list)
		for _, to := range list {
			b.WriteString(l.open(to))
		}
	}
	for i, r := range raw {
		if targets[i] {
			if l.open != nil {
				b.WriteString(l.close(i))
			} else {
				b.WriteString(l.label(i))
			}
		}
		b.WriteString(l.instruction(i, r))
	}
	return b.String()
}

// instruction writes one instruction, of those that the filters have.
func (l *language) instruction(i int, r bpf.RawInstruction) string {
	sizes := map[uint16]int{0x00: 4, 0x08: 2, 0x10: 1}
	k := fmt.Sprint(r.K)
	jump := func(condition, opposite string) (text string) {
		if r.Jt != 0 {
			text = l.cond(condition, i+1+int(r.Jt))
		}
		if r.Jf != 0 {
			text += l.cond(opposite, i+1+int(r.Jf))
		}
		return text
	}
	switch r.Op {
	case 0x20, 0x28, 0x30:
		return l.load("A", sizes[r.Op&0x18], k)
	case 0x40, 0x48, 0x50:
		return l.load("A", sizes[r.Op&0x18], l.add("X", k))
	case 0xb1:
		low := l.and("X", 15)
		return l.load("X", 1, k) + l.set("X", l.add(low, l.add(low, l.add(low, low))))
	case 0x54:
		return l.set("A", l.and("A", r.K))
	case 0x74:
		return l.set("A", l.shr("A", r.K))
	case 0x0c:
		return l.set("A", l.add("A", "X"))
	case 0x07:
		return l.set("X", "A")
	case 0x15:
		is := l.eq("A", r.K)
		return jump(is, l.not(is))
	case 0x45:
		is := l.ne0(l.and("A", r.K))
		return jump(is, l.not(is))
	case 0x06:
		return l.ret(r.K)
	}
	panic(fmt.Sprintf("bench: an instruction with code %#x", r.Op))
}

// eachFilter writes something for each filter.
func eachFilter(write func(i int, body string) string, l *language) string {
	var b strings.Builder
	for i := range traffic.Filters {
		b.WriteString(write(i, l.filter(traffic.Filters[i].Raw)))
	}
	return b.String()
}
