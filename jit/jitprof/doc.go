// Package jitprof makes CPU profiles of the programs that run in an engine, by function
// and operation, for go tool pprof and whatever else reads its format.
//
//	profiler := jitprof.New(jitprof.Config{})
//	engine, err := jit.NewEngine(jit.Config{Observer: profiler.Observer()})
//	…
//	err = profiler.Start(engine)
//	…
//	err = profiler.Stop().Write(file)
//
// To Go's own profiler all compiled code is runtime._ExternalCode. There are two ways
// to see more, and they see different things.
//
// # Samples
//
// A Profiler that is started asks, a hundred times a second, all instances that run to
// stand still at their next safepoint, and notes the stack of the machine of
// each that does. It costs nothing while it is stopped, and little more than the
// samples when started. What is wrong with them:
//
//   - Safepoints are the entries of functions and the back-edges of loops. The time
//     of an operation is charged to the safepoint that comes next: to the loop's back-edge, or
//     to the entry of a function that is called. A function without loops and calls is
//     never seen itself.
//   - What is left of a call behind its last safepoint is not seen. A call so short
//     that it has but one, its entry, is seen only if it is asked before it begins to
//     run; many of these are many calls that profiles don't show. Labels do.
//   - Time in host functions is not seen: Go's profiler sees it.
//   - Where compiled code runs on as many goroutines as may run at all (GOMAXPROCS),
//     the one that asks has to wait for its turn: samples are as far apart as
//     the scheduler's preemptions, 10 to 20 ms. The profile then says that less time
//     has passed than has, but parts of it are right in relation to each other.
//   - In an engine that interprets, safepoints are looked at once in 10,000.
//
// # Labels
//
// With Config.Labels every call has a label of runtime/pprof, Label, whose value
// is the name of the function that is called. Go's profiler then says of every
// sample of a call, however short, whose it is:
//
//	go tool pprof -tagroot copyjit -top cpu.pprof
//
// It interrupts threads wherever they are, so that there is no bias to safepoints. But
// it knows only who was called from Go: functions that this one calls are charged to
// it, and operations have no names. Host functions have the label too. Each call
// takes longer for it, by some hundred nanoseconds (BenchmarkLabels).
package jitprof
