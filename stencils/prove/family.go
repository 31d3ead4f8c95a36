package prove

import "github.com/copyjit/copyjit/ops"

// families are runs of operations in the table that reports count together, by
// their first.
var families = []struct {
	first ops.Code
	name  string
}{
	{ops.Mov, "moves"},
	{ops.Add, "arithmetic"},
	{ops.And, "bits and shifts"},
	{ops.Add32, "arithmetic, bits and shifts of 32 bits"},
	{ops.Neg, "one operand"},
	{ops.SetEq, "set"},
	{ops.Mulh, "upper halves, division"},
	{ops.BEq, "branches"},
	{ops.SetAny, "bit tests"},
	{ops.BZ, "branches on one operand"},
	{ops.SelEq, "select"},
	{ops.FMov, "float arithmetic"},
	{ops.FSetEq, "float comparisons"},
	{ops.FSelNZ, "float select"},
	{ops.TruncI64, "conversions"},
	{ops.Load8U, "memory"},
	{ops.GGet, "globals"},
	{ops.Count, "control"},
}

// Family returns the name of the family that an operation belongs to; the entry and
// the poll are control.
func family(code ops.Code) string {
	name := "control"
	for _, f := range families {
		if code >= f.first {
			name = f.name
		}
	}
	return name
}
