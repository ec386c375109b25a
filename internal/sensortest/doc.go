// Package sensortest makes what tests of the node sensor need on a real kernel: containers, as far as a sensor can tell (a
// cgroup by the right name, an overlay for a root, a runtime that knows what they are called), and programs to execute in
// them. Everything is removed when the test ends.
//
// It is linked into tests only.
package sensortest
