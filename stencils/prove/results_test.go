package prove

import (
	"strings"
	"testing"
	"time"
)

// What is written of a table can be read again and printed.
func TestCommittedTable(t *testing.T) {
	set := sets["arm64"] // in which the last of a family are twins
	all, err := forms(set)
	if err != nil {
		t.Fatal(err)
	}
	var results []Result
	for n, f := range all {
		r := f.result()
		r.Asked, r.Time = n%2, time.Duration(n)*time.Millisecond
		results = append(results, r)
	}
	data, err := WriteCommitted(set, "a solver", results)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ReadCommitted(data)
	if err != nil {
		t.Fatal(err)
	}
	var want, got Report
	want.Add("arm64", results)
	got.AddCommitted(c)
	var a, b strings.Builder
	want.Write(&a)
	got.Write(&b)
	if a.String() != b.String() {
		t.Errorf("written:\n%sread:\n%s", a.String(), b.String())
	}
	for _, f := range families {
		if !strings.Contains(b.String(), " "+f.name+" ") {
			t.Errorf("the table has no line for %q:\n%s", f.name, b.String())
		}
	}
	if _, err := ReadCommitted([]byte("family arm64\t1\t2\n")); err == nil {
		t.Error("half of a line is read without an error")
	}
	t.Logf("\n%s", b.String())
}
