package ops_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/copyjit/copyjit/ops"
)

// TestEveryMessageIsRead checks that each message of the parser, the Builder and the
// verifier, and each reason of a trap, is expected by a test: a string literal in
// tests of this package or of jit has it. A message is known by its words; between
// them stands what its verbs gave.
func TestEveryMessageIsRead(t *testing.T) {
	var expected []string
	for _, pattern := range []string{"*_test.go", "../jit/*_test.go"} {
		for _, file := range sources(t, pattern) {
			expected = append(expected, texts(file)...)
		}
	}
	isRead := func(message *regexp.Regexp) bool {
		for _, text := range expected {
			if message.MatchString(text) {
				return true
			}
		}
		return false
	}
	messages := 0
	for name, file := range sources(t, "*.go") {
		if strings.HasSuffix(name, "_test.go") || name == "table.go" { // which is documentation
			continue
		}
		formats(file, func(format string) {
			message := words(format)
			if message == nil {
				return
			}
			messages++
			if !isRead(message) {
				t.Errorf("%s: no test reads the message %q", name, format)
			}
		})
	}
	if messages < 80 {
		t.Errorf("only %d messages are found", messages)
	}
	reasons := 0
	for r := ops.ReasonExplicit; !strings.HasPrefix(r.String(), "Reason("); r++ {
		reasons++
		// As jit's Trap has it.
		if !isRead(regexp.MustCompile(regexp.QuoteMeta(r.String()) + `( \d+)? in function \S+, pc \d`)) {
			t.Errorf("no test reads the message of a trap with the reason %q", r)
		}
	}
	t.Logf("%d messages and %d reasons of traps are read", messages, reasons)
}

// sources returns the files of a pattern, by their names.
func sources(t *testing.T, pattern string) map[string]*ast.File {
	t.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		t.Fatalf("no files %s (%v)", pattern, err)
	}
	files := map[string]*ast.File{}
	for _, name := range names {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if files[name], err = parser.ParseFile(token.NewFileSet(), name, src, parser.SkipObjectResolution); err != nil {
			t.Fatal(err)
		}
	}
	return files
}

// texts returns the strings that a file has: literals, and sums of literals and names
// of literals. What else is in a sum is left out.
func texts(file *ast.File) (list []string) {
	named := map[string]ast.Expr{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok && len(spec.Values) == len(spec.Names) {
			for i, name := range spec.Names {
				named[name.Name] = spec.Values[i]
			}
		}
		return true
	})
	var text func(e ast.Expr) string
	text = func(e ast.Expr) (s string) {
		switch e := e.(type) {
		case *ast.BasicLit:
			s, _ = strconv.Unquote(e.Value) // "" of what is no string
		case *ast.BinaryExpr:
			s = text(e.X) + text(e.Y)
		case *ast.Ident:
			if lit, ok := named[e.Name].(*ast.BasicLit); ok {
				s = text(lit)
			}
		}
		return s
	}
	ast.Inspect(file, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		s := text(e)
		if s != "" {
			list = append(list, s)
		}
		return s == ""
	})
	return list
}

// formats passes what may be in a message: string literals of several words that are
// arguments of a call, returned, or the Msg of an error. What panics is no message.
func formats(file *ast.File, yield func(string)) {
	text := func(list ...ast.Expr) {
		for _, e := range list {
			if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil && strings.Contains(text, " ") {
					yield(text)
				}
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && f.Name == "panic" {
				return false
			}
			text(n.Args...)
		case *ast.ReturnStmt:
			text(n.Results...)
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok && key.Name == "Msg" {
				text(n.Value)
			}
		}
		return true
	})
}

var (
	verb   = regexp.MustCompile(`%[#+]?[a-z]`)
	letter = regexp.MustCompile(`\pL`)
)

// words returns what matches messages of a format, or nil if the format has no words
// of its own.
func words(format string) *regexp.Regexp {
	pieces := verb.Split(format, -1)
	if !letter.MatchString(strings.Join(pieces, "")) {
		return nil
	}
	for i, p := range pieces {
		pieces[i] = regexp.QuoteMeta(p)
	}
	return regexp.MustCompile("(?s)" + strings.Join(pieces, ".*"))
}
