package foreign

import (
	"encoding/json"
	"errors"
	"net/netip"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
)

// Unmarshal reads a document into a structure. A value of another type than
// its member is to have is left out; the error says that doc is no JSON.
func Unmarshal(doc []byte, into any) error {
	err := json.Unmarshal(doc, into)
	var other *json.UnmarshalTypeError
	if errors.As(err, &other) {
		return nil
	}
	return err
}

// Text sets a field unless the text is empty.
func Text(e *event.Event, f event.StringField, text string) {
	if text != "" {
		f.Set(e, text)
	}
}

// Number sets a field to a number that there is.
func Number[T int64 | int32 | uint32](e *event.Event, f event.IntField, n *T) {
	if n != nil {
		f.Set(e, int64(*n))
	}
}

// Time sets the time of a row as RFC 3339 writes it. A text that is no time,
// or none that nanoseconds since 1970 can tell, is left out.
func Time(e *event.Event, f event.TimeField, text string) {
	t, err := time.Parse(time.RFC3339Nano, text)
	if err == nil && time.Unix(0, t.UnixNano()).Equal(t) {
		f.Set(e, t.UnixNano())
	}
}

// Address sets an address in the form that fields have. What is none is left
// out.
func Address(e *event.Event, f event.StringField, text string) {
	if a, err := netip.ParseAddr(text); err == nil {
		f.Set(e, a.Unmap().String())
	}
}

// Port sets a port, unless it is none.
func Port(e *event.Event, f event.IntField, n int64) {
	if n > 0 && n < 1<<16 {
		f.Set(e, n)
	}
}

// ContainerID returns the id of a container without the runtime that may stand
// before it: containerd://7f0c….
func ContainerID(text string) string {
	if _, id, ok := strings.Cut(text, "://"); ok {
		return id
	}
	return text
}

// Base returns the last part of a path, which programs are called by.
func Base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }

// CommandLine joins a program and its arguments.
func CommandLine(program, arguments string) string {
	return strings.TrimSuffix(program+" "+arguments, " ")
}
