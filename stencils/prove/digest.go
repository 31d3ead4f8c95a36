package prove

import (
	"crypto/sha256"
	"embed"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
	"sync"

	"github.com/copyjit/copyjit/ops/meaning"
	"github.com/copyjit/copyjit/stencils"
)

//go:embed *.go
var sources embed.FS

// Version returns a digest of everything that decides what is proved: the sources of
// the prover, of meanings and of terms.
var Version = sync.OnceValue(func() string {
	h := sha256.New()
	for _, files := range append(meaning.Sources(), sources) {
		names, err := fs.Glob(files, "*.go")
		if err != nil {
			panic(err) // the pattern is right
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			text, err := files.ReadFile(name)
			if err != nil {
				panic(err) // it is in the program
			}
			fmt.Fprintf(h, "%s %d\n", name, len(text))
			h.Write(text)
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
})

// A digest stands for a proof: equal digests, equal questions.
type digest [8]byte

// digest returns that of proving a form by the prover as it is and a solver.
func (f *form) digest(set *stencils.Set, solver string) (d digest) {
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%s\n%s %v\n", Version(), solver, set.Target, f.title(), set.Facts)
	for _, o := range []*operand{&f.d, &f.l, &f.r, &f.s} {
		fmt.Fprintln(h, o.kind, o.name, o.number, o.single)
	}
	s := &set.Stencils[f.stencil]
	for _, p := range []*stencils.Part{&s.Hot, &s.Cold} {
		c := fill(set, p, f)
		fmt.Fprintf(h, "%x\n", c.bytes)
		for _, list := range []any{set.FieldsOf(p), c.holes} {
			if err := binary.Write(h, binary.LittleEndian, list); err != nil {
				panic(err) // only for types without a fixed size
			}
		}
	}
	copy(d[:], h.Sum(nil))
	return d
}
