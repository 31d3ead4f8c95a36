package traffic

import (
	"testing"

	"golang.org/x/net/bpf"
)

// TestNative compares the filters in Go with the others.
func TestNative(t *testing.T) {
	packets := Packets(4000)
	for i := range Filters {
		f := &Filters[i]
		vm, err := bpf.NewVM(f.Instructions())
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		accepted := 0
		for _, p := range packets {
			n, err := vm.Run(p)
			if err != nil {
				t.Fatal(err)
			}
			if n != 0 {
				accepted++
			}
			if got := f.Native(p); got != (n != 0) {
				t.Fatalf("%s: %v over %x, the filter says %d", f.Name, got, p, n)
			}
		}
		t.Logf("%s: %d instructions, %d of %d packets", f.Name, len(f.Raw), accepted, len(packets))
		if accepted == 0 || accepted == len(packets) {
			t.Errorf("%s accepts %d of %d packets", f.Name, accepted, len(packets))
		}
	}
}
