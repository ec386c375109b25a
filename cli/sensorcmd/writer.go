//go:build linux

package sensorcmd

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/event/jsonl"
)

// The forms of output.
const (
	outputJSONL   = "jsonl"
	outputCompact = "compact"
)

func outputs() []string { return []string{outputJSONL, outputCompact} }

// writer writes events in one form.
type writer struct {
	out    *bufio.Writer
	append func(dst []byte, e *event.Event) []byte
	line   []byte
}

func newWriter(form string, out io.Writer) (*writer, error) {
	w := &writer{out: bufio.NewWriterSize(out, 64<<10)}
	switch form {
	case outputJSONL:
		w.append = jsonl.NewEncoder().Append
	case outputCompact:
		w.append = appendCompact
	default:
		return nil, usagef("--output %q: it can be %s", form, strings.Join(outputs(), " or "))
	}
	return w, nil
}

// Event writes an event.
func (w *writer) Event(e *event.Event) error {
	w.line = append(w.append(w.line[:0], e), '\n')
	if _, err := w.out.Write(w.line); err != nil {
		return fmt.Errorf("write an event: %w", err)
	}
	return nil
}

// Idle sees to it that what was written is seen.
func (w *writer) Idle() error {
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write events: %w", err)
	}
	return nil
}

// shortID is how much of a container's id people need to see.
const shortID = 12

// appendCompact appends one line for people: when, what, where, who, and the arguments. What could steer a terminal is
// quoted.
func appendCompact(dst []byte, e *event.Event) []byte {
	dst = time.Unix(0, event.Time.Get(e)).UTC().AppendFormat(dst, "15:04:05.000")
	id := event.ContainerUID.Get(e)
	pid, _ := event.ProcessPID.Get(e)
	dst = fmt.Appendf(dst, "  %-9s  %-12s  %7d", event.Activity.Get(e), id[:min(len(id), shortID)], pid)
	if uid, ok := event.ProcessUserUID.Get(e); ok {
		dst = fmt.Appendf(dst, "  uid %d", uid)
	}
	if parent := event.ProcessParentProcessName.Get(e); parent != "" {
		dst = append(append(dst, "  "...), printable(parent)...)
		dst = append(dst, " >"...)
	}
	dst = append(append(dst, "  "...), printable(event.ProcessFilePath.Get(e))...)
	dst = append(append(dst, "  "...), printable(event.ProcessCmdLine.Get(e))...)
	if code, ok := event.ExitCode.Get(e); ok {
		dst = strconv.AppendInt(append(dst, "  exit "...), code, 10)
	}
	if signal, ok := event.ExitSignal.Get(e); ok {
		dst = strconv.AppendInt(append(dst, "  signal "...), signal, 10)
	}
	return dst
}
