// Templates that are wrong, each in one way, for the prover to refute. What clang makes
// of them goes the same way into tables as the templates do.
#ifndef COPYJIT_WRONG_H
#define COPYJIT_WRONG_H

// WRONG is a template and the targets on which it is wrong: form, targets, body.
// On the others it is right, and RIGHT says why: form, targets, reason. REJECTED is one
// that does what no stencil of its operation has any business to do, so that no
// question is asked.
#define WRONG(name, targets, ...) OP(name, __VA_ARGS__)
#define REJECTED(name, targets, ...) OP(name, __VA_ARGS__)
#define RIGHT(name, targets, reason)


#endif
