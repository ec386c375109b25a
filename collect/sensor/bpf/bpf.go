// Package bpf holds the programs that the node sensor loads into the kernel: their sources in C, in src/, and what a
// pinned compiler made of them, so that building and testing the sensor needs Go only. make bpf compiles them again;
// a test says when an object does not belong to the sources beside it.
//
// Sources and objects are under GPL-2.0-only OR BSD-2-Clause: the kernel wants programs of a licence compatible with
// its own.
package bpf

import _ "embed" // for the objects

//go:embed sensor.bpf.o
var sensor string

// Sensor returns the programs and maps of src/sensor.bpf.c as an ELF file. Whoever loads it removes the programs that
// are not to be attached.
func Sensor() string { return sensor }
