package prove

// ignoredBits says why a bit of an instruction is ignored by the processor, by hand from
// the manuals; "" if it is not.
func ignoredBits(t *target, code []byte, bit int) string {
	return ""
}
