//go:build !linux || !arm64

package codemem

// fence is not needed: Sync has done all.
func fence() {}
