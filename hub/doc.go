// Package hub wires Lynceus together: intake, rules, state and incidents
// become one running pipeline. Nothing else connects packages, and nothing
// here does work of its own.
package hub
