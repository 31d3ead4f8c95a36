package gen

import (
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
)

// needClang skips a test where there is no clang to run.
func needClang(t *testing.T, target *Target) *compiler {
	if testing.Short() {
		t.Skip("compiles templates, which takes long")
	}
	t.Helper()
	clang, err := findClang("", target)
	if errors.Is(err, ErrNoClang) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return clang
}

// Each file in testdata/reject/TARGET holds a template op_bad of the form d, l, both
// registers, with a register s besides in select.c, and says how it must be rejected. "+0x:" stands for any offset and
// instruction.
func TestReject(t *testing.T) {
	for _, target := range targets {
		t.Run(target.Name, func(t *testing.T) { testReject(t, target) })
	}
}

func testReject(t *testing.T, target *Target) {
	clang := needClang(t, target)
	files, err := filepath.Glob("testdata/reject/" + target.Name + "/*.c")
	if err != nil || len(files) == 0 {
		t.Fatal("no files", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			m := regexp.MustCompile(`(?m)^// want: (.*)$`).FindSubmatch(text)
			if m == nil {
				t.Fatal("the file does not say what it wants")
			}
			pattern := regexp.QuoteMeta(string(m[1]))
			pattern = strings.Replace(pattern, `\+0x: `, `\+0x[0-9a-f]+: (.*: )?`, 1)
			variants, err := compileAll(clang, []string{file})
			if err == nil {
				_, err = bestStencil("bad", &form{row: "bad", d: reg, l: reg, s: filepath.Base(file) == "select.c"}, variants, target)
			}
			if err == nil {
				t.Fatalf("accepted; want %s", m[1])
			}
			if !regexp.MustCompile(pattern).MatchString(err.Error()) {
				t.Errorf("rejected with\n\t%v\nwant\n\t%s", err, m[1])
			}
		})
	}
}

func TestWrongClang(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("it needs a shell script to stand in for clang")
	}
	fake := filepath.Join(t.TempDir(), "clang")
	if err := os.WriteFile(fake, []byte("#!/bin/sh\necho clang version 18.1.2\n"), 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := findClang(fake, &amd64); err == nil || !strings.Contains(err.Error(), "18.1.2") {
		t.Errorf("clang 18 gives %v", err)
	}
	if _, err := findClang(filepath.Join(t.TempDir(), "none"), &amd64); !errors.Is(err, ErrNoClang) {
		t.Errorf("no clang gives %v", err)
	}
}

// Object files may be broken in any way: that is an error, or changes something
// that does not matter, but never a crash.
func TestBrokenObject(t *testing.T) {
	for _, raw := range []string{"", "\x7fELF", "not an object file at all, but long enough for a header of sixty-four bytes"} {
		if _, err := readObject("broken.c", []byte(raw), &amd64); err == nil || !strings.HasPrefix(err.Error(), "broken.c: ") {
			t.Errorf("%q gives %v", raw, err)
		}
	}
	raw, err := needClang(t, &amd64).compile("../c/call.c", amd64.Assignments[0])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := readObject("call.c", raw, &amd64); err != nil {
		t.Fatal(err)
	}
	for n := range raw {
		if _, err := readObject("call.c", raw[:n], &amd64); err == nil {
			t.Errorf("cut to %d of %d bytes, it is accepted", n, len(raw))
		}
		for _, bit := range []byte{0x01, 0x10, 0x80, 0xff} {
			broken := []byte(string(raw))
			broken[n] ^= bit
			obj, err := readObject("call.c", broken, &amd64)
			if err != nil {
				continue
			}
			for _, fn := range obj.funcs {
				if insts, err := lift(fn, &amd64); err == nil {
					rewrite([][]*inst{insts}, far, &amd64)
				}
			}
		}
	}
}

func TestCoverage(t *testing.T) {
	all, err := forms([]Row{{}, {Name: "neg", D: Reg, L: Reg, R: Absent}})
	if err != nil {
		t.Fatal(err)
	}
	err = coverage(all, map[string]*template{
		"neg_rr": {}, "entry": {}, "poll": {}, "call_linked": {},
		"old": {funcs: []*function{{file: "old.c", name: "op_old"}}},
	})
	if err == nil {
		t.Fatal("complete")
	}
	want := "no template op_neg_rr_dl: the operation table asks for this form\nno template op_unlinked: the operation table asks for this form\nold.c: op_old: the operation table has no such form"
	if err.Error() != want {
		t.Errorf("got\n%v\nwant\n%v", err, want)
	}
}
