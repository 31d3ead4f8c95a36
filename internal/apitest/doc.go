// Package apitest keeps promises about the module as a whole, by tests only:
//
//   - What the public packages export is written down in api/, one file per
//     package and one line per declaration. A change of the exported API is a
//     change of these files, made by
//
//     go test ./internal/apitest -update
//
//   - Which packages may depend on which, and on what outside the module.
//
// Packages are discovered, so a new one is held to the same rules at once.
package apitest
