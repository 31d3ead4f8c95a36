//go:build !unix && !windows

package codemem

// systemPager is none.
var systemPager pager
