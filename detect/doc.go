// Package detect judges events. A [Set] compiles all rules together and finds
// those that match one event; a [State] takes the matches in order of time and
// turns them into findings: it knows what is new, what a severity depends on,
// and which matches belong together.
package detect
