package gen

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// ClangMajor is the only version of clang that the templates are compiled with:
// preserve_none changes between versions, and what one version makes of the
// templates has been looked at.
const ClangMajor = "19"

// ErrNoClang is the error when there is no clang to run.
var ErrNoClang = errors.New("clang " + ClangMajor + " is missing: install clang-" + ClangMajor + " or let CLANG name it")

// commonFlags are the flags for all targets.
var commonFlags = []string{
	"-std=gnu11",                      // statement expressions, asm
	"-O2",                             // -Os makes the same stencils
	"-c",                              // no linking
	"-ffreestanding",                  // there is no C library:
	"-fno-builtin",                    // no calls of memcpy and its like
	"-ffunction-sections",             // a section per template
	"-fno-pic",                        // a hole is an immediate, not an entry of a GOT
	"-fno-asynchronous-unwind-tables", // frames of compiled code are not C frames
	"-fno-unwind-tables",              //
	"-fno-stack-protector",            // no stack
	"-fomit-frame-pointer",            // no stack
	"-fno-jump-tables",                // no .rodata
	"-fno-strict-aliasing",            // slots have no type
	"-fwrapv",                         // integers wrap around
	"-fno-math-errno",                 // a square root is an instruction
	"-ffp-contract=off",               // each operation rounds
	"-fno-ident",                      // no .comment
	"-fno-addrsig",                    // no .llvm_addrsig
	"-Wall", "-Wextra", "-Werror",     // among others if a calling convention is ignored
	"-Wno-uninitialized", // skipped arguments are undefined on purpose
	"-Wno-self-assign",   // a form may well be d = d
}

// A compiler runs clang.
type compiler struct {
	path    string
	version string // 19.1.7
	target  *Target
}

// findClang locates clang and asks for its version. An empty path stands for the
// environment's CLANG, or clang-19.
func findClang(path string, t *Target) (*compiler, error) {
	if path == "" {
		path = os.Getenv("CLANG")
	}
	if path == "" {
		path = "clang-" + ClangMajor
	}
	full, err := exec.LookPath(path)
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrNoClang, err)
	}
	out, err := exec.Command(full, "--version").Output()
	if err != nil {
		return nil, fmt.Errorf("%s --version: %w", path, err)
	}
	m := regexp.MustCompile(`clang version ((\d+)[.\d]*)`).FindSubmatch(out)
	if m == nil {
		return nil, fmt.Errorf("%s --version does not say which clang it is: %q", path, out)
	}
	if string(m[2]) != ClangMajor {
		return nil, fmt.Errorf("%s is clang %s; the templates need clang %s", path, m[1], ClangMajor)
	}
	return &compiler{path: full, version: string(m[1]), target: t}, nil
}

// flags returns all flags but those of an assignment.
func (t *Target) flags() []string { return append(append([]string(nil), t.Flags...), commonFlags...) }

// compile returns the object file of a template file.
func (c *compiler) compile(file string, a assignment) ([]byte, error) {
	args := append(c.target.flags(), a.options()...)
	args = append(args, "-o", "-", filepath.Base(file))
	cmd := exec.Command(c.path, args...)
	cmd.Dir = filepath.Dir(file) // so that no path gets into the object or a message
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("clang %s: %w\n%s", filepath.Base(file), err, strings.TrimSpace(stderr.String()))
	}
	return stdout.Bytes(), nil
}
