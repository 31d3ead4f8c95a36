package main

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/copyjit/copyjit/ops"
)

// maxShown is how many bytes of offending text a message repeats.
const maxShown = 60

// quote quotes offending text, not at any length.
func quote(text string) string {
	if len(text) > maxShown {
		return strconv.Quote(text[:maxShown]) + "…"
	}
	return strconv.Quote(text)
}

// shorten is quote without the quotes.
func shorten(text string) string {
	if len(text) > maxShown {
		return text[:maxShown] + "…"
	}
	return text
}

// oneLine escapes what a terminal would not print, line ends first of all:
// names of files and functions may have anything in them.
func oneLine(text string) string {
	clean := func(r rune) bool { return unicode.IsPrint(r) && r != unicode.ReplacementChar }
	if strings.IndexFunc(text, func(r rune) bool { return !clean(r) }) < 0 {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if clean(r) {
			b.WriteRune(r)
		} else {
			q := strconv.QuoteRune(r)
			b.WriteString(q[1 : len(q)-1])
		}
	}
	return b.String()
}

// reason returns an error's text on one line, without the name of our own
// package, which says nothing to the user of a command. Joined errors are lines.
func reason(err error) string {
	text := strings.TrimPrefix(err.Error(), "jit: ")
	return oneLine(strings.ReplaceAll(text, "\n", "; "))
}

// plural returns "1 operation" or "2 operations".
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

// fileName returns a file's name as messages show it.
func fileName(file string) string {
	switch {
	case file == "" || oneLine(file) != file:
		return quote(file)
	case len(file) > 4*maxShown:
		return shorten(file)
	}
	return file
}

// nameStart is what a name begins with in the text format; digits and dashes
// may follow.
const nameStart = "_.ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

// funcName returns a function's name as the text format writes it, in quotes if
// it is no plain word.
func funcName(name string) string {
	if name == "" || strings.Trim(name[:1], nameStart) != "" || strings.Trim(name, nameStart+"0123456789-") != "" {
		return strconv.Quote(name)
	}
	return name
}

// funcNames lists a program's functions, a good many of them.
func funcNames(p *ops.Program) string {
	const most = 10
	var list []string
	for id := range ops.FuncID(p.NumFuncs()) {
		if n := p.NumFuncs() - most; id == most && n > 1 {
			return strings.Join(list, ", ") + fmt.Sprintf(" and %d more", n)
		}
		list = append(list, funcName(p.Func(id).Name))
	}
	return strings.Join(list, ", ")
}
