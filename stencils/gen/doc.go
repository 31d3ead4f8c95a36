// Package gen makes the tables of stencils (stencils/generated) out of the C
// templates (stencils/c). It runs when templates change, never in a user's
// program, and needs clang.
//
// Generate is the pipeline:
//
//	forms    what stencils the operation table asks for       forms.go
//	compile  C to object files, under several assignments     clang.go
//	read     ELF to templates: bytes and relocations          elf.go
//	lift     templates to instructions                        lift.go
//	check    reject what a stencil must not do                check.go
//	rewrite  basic blocks: continuation last, exits cold      blocks.go, layout.go
//	fields   where registers are named; try every renaming    fields.go
//	write    Go tables                                        table.go, write.go
//
// What is particular to a target is in one Target (target.go, amd64.go …) and one
// decoder (decode). Whatever the generator does not know, an instruction, a
// relocation, a symbol, a section, is an error that says where.
package gen
