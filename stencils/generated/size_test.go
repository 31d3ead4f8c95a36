package generated_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// maxTableBytes is how much the tables of one target may add to a program.
const maxTableBytes = 2 << 20

// The tables of a target add no more than that to a program, and nothing to what
// it does before main: the linker lays them out, no code does.
func TestSize(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("no go command: ", err)
	}
	dir := t.TempDir()
	build := func(name, source string) (file string, size int64) {
		t.Helper()
		main := filepath.Join(dir, name+".go")
		if err := os.WriteFile(main, []byte(source), 0o666); err != nil {
			t.Fatal(err)
		}
		file = filepath.Join(dir, name)
		if out, err := exec.Command("go", "build", "-o", file, main).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		info, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		return file, info.Size()
	}
	const imports = "package main\n\nimport \"github.com/copyjit/copyjit/stencils"
	_, without := build("without", imports+"\"\n\nvar set stencils.Set\n\nfunc main() { println(&set) }\n")
	for name, tgt := range targets {
		// Also what tools ask for, the names, stays out unless it is asked for.
		file, with := build(name, imports+"/generated/"+name+"\"\n\nfunc main() { println(&"+name+".Set) }\n")
		t.Logf("%s: %d stencils, %.2f MB", name, len(tgt.set.Stencils), float64(with-without)/(1<<20))
		if with-without > maxTableBytes {
			t.Errorf("the tables of %s add %d bytes to a program; at most %d", name, with-without, maxTableBytes)
		}
		symbols, err := exec.Command("go", "tool", "nm", file).Output()
		if err != nil {
			t.Fatal(err)
		}
		if init := "generated/" + name + ".init"; strings.Contains(string(symbols), init) {
			t.Errorf("the tables of %s are made when a program starts: there is %s", name, init)
		}
	}
}
