//go:build linux

package sensorcmd

import (
	"runtime/debug"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/detect"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/jsonl"
	eventocsf "github.com/lynceus-io/lynceus/event/ocsf"
	"github.com/lynceus-io/lynceus/event/wire"
	"github.com/lynceus-io/lynceus/incident/falco"
	"github.com/lynceus-io/lynceus/incident/ocsf"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/incident/row"
)

// The forms of output.
const (
	outputJSONL   = "jsonl"
	outputCompact = "compact"
	outputFalco   = "falco"
	outputOCSF    = "ocsf"
)

func outputs() []string { return []string{outputJSONL, outputCompact, outputFalco, outputOCSF} }

// form is how events and findings are written, without the end of the line. Falco's has none for events: it writes
// alerts only.
type form struct {
	event   func(dst []byte, e *event.Event) []byte
	finding func(dst []byte, f *detect.Finding) ([]byte, error)
}

// lines returns the form with each event and finding on a line of its own.
func (f form) lines() form {
	write, find := f.event, f.finding
	if write != nil {
		f.event = func(dst []byte, e *event.Event) []byte { return append(write(dst, e), '\n') }
	}
	f.finding = func(dst []byte, x *detect.Finding) ([]byte, error) {
		dst, err := find(dst, x)
		return append(dst, '\n'), err
	}
	return f
}

// newForm returns a form by its name. The node is what alerts give as the name of the host.
func newForm(name, node string) (form, error) {
	switch name {
	case outputJSONL:
		return form{jsonl.NewEncoder().Append, document(func(f *detect.Finding) any { return report.NewFinding(f, "") })}, nil
	case outputCompact:
		return form{appendCompact, appendCompactFinding}, nil
	case outputFalco:
		return form{nil, document(func(f *detect.Finding) any { return falco.New(f, node) })}, nil
	case outputOCSF:
		v := productVersion()
		return form{eventocsf.NewEncoder(v).Append, document(func(f *detect.Finding) any { return ocsf.Finding(f, "", v) })}, nil
	}
	names := outputs()
	last := len(names) - 1
	return form{}, usagef("--output %q: it can be %s or %s", name, strings.Join(names[:last], ", "), names[last])
}

// rowForm is the form of what goes to a hub: rows of the store's tables, findings too.
func rowForm(now func() time.Time) form {
	var e event.Event
	return form{wire.AppendEvent, func(dst []byte, f *detect.Finding) ([]byte, error) {
		if err := row.Finding(&e, f, row.Standing{Revision: 1, Received: now()}); err != nil {
			return dst, err
		}
		return wire.AppendEvent(dst, &e), nil
	}}
}

// document makes a form of JSON for findings.
func document(of func(*detect.Finding) any) func([]byte, *detect.Finding) ([]byte, error) {
	return func(dst []byte, f *detect.Finding) ([]byte, error) {
		b, err := report.Encode(of(f), "")
		if err != nil {
			return dst, err
		}
		return append(dst, b...), nil
	}
}

// productVersion returns the version that the go command recorded in the program.
func productVersion() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "unknown"
}
