package linker

import (
	"testing"

	"github.com/copyjit/copyjit/stencils"
)

// BenchmarkLink measures layout and emission of the toy list; an operation is
// an item.
func BenchmarkLink(b *testing.B) {
	set, items := toySet(), toyItems()
	buf := make([]byte, 1024)
	for n := 0; n < b.N; n += len(items) {
		plan, err := Layout(set, items)
		if err == nil {
			err = plan.Emit(buf)
		}
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkCopy is the floor: the same bytes as ten stencils of 16 bytes,
// copied from a table and patched with a word each.
func BenchmarkCopy(b *testing.B) {
	set := toySet()
	table := append([]byte(set.Code), make([]byte, 256)...)
	offsets := [10]int{3, 18, 0, 23, 3, 18, 12, 23, 3, 18}
	sizes := [10]int{9, 5, 3, 20, 9, 5, 6, 20, 9, 5}
	buf := make([]byte, 1024)
	for n := 0; n < b.N; n += 10 {
		at := 0
		for i, off := range offsets {
			dst := buf[at:][:32]
			*(*[16]byte)(dst) = *(*[16]byte)(table[off:])
			dst[4] = byte(n)
			at += sizes[i]
		}
	}
	_ = stencils.Slack
}
