package cli

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/lynceus-io/lynceus/cli/output"
	"github.com/lynceus-io/lynceus/incident/falco"
	"github.com/lynceus-io/lynceus/incident/ocsf"
	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/rule"
)

// severityFlag is a severity by name.
type severityFlag struct {
	severity rule.Severity
	set      bool
}

// String implements pflag.Value.
func (f *severityFlag) String() string { return f.severity.String() }

// Type implements pflag.Value.
func (f *severityFlag) Type() string { return "SEVERITY" }

// Set implements pflag.Value.
func (f *severityFlag) Set(text string) (err error) {
	f.severity, err = rule.ParseSeverity(text)
	f.set = err == nil
	return err
}

// formats are the output formats of scan.
var formats = map[string]func(io.Writer, *report.Result, output.TextOptions) error{
	"text":  output.WriteText,
	"json":  func(w io.Writer, r *report.Result, _ output.TextOptions) error { return report.WriteJSON(w, r) },
	"jsonl": func(w io.Writer, r *report.Result, _ output.TextOptions) error { return report.WriteJSONL(w, r) },
	"ocsf": func(w io.Writer, r *report.Result, _ output.TextOptions) error {
		return ocsf.Write(w, r, productVersion())
	},
	"falco": func(w io.Writer, r *report.Result, _ output.TextOptions) error { return falco.Write(w, r) },
	"sarif": func(w io.Writer, r *report.Result, _ output.TextOptions) error {
		return output.WriteSARIF(w, r, productVersion())
	},
	"html": func(w io.Writer, r *report.Result, _ output.TextOptions) error {
		return output.WriteHTML(w, r, productVersion())
	},
}

// formatNames returns the formats in the order in which help tells them.
func formatNames() []string {
	return []string{"text", "json", "jsonl", "ocsf", "falco", "sarif", "html"}
}

// formatFlag is an output format by name.
type formatFlag string

// String implements pflag.Value.
func (f *formatFlag) String() string { return string(*f) }

// Type implements pflag.Value.
func (f *formatFlag) Type() string { return "FORMAT" }

// Set implements pflag.Value.
func (f *formatFlag) Set(text string) error {
	if !slices.Contains(formatNames(), text) {
		return fmt.Errorf("%q is none of %s", text, strings.Join(formatNames(), ", "))
	}
	*f = formatFlag(text)
	return nil
}

func (f formatFlag) write(w io.Writer, r *report.Result, o output.TextOptions) error {
	return formats[string(f)](w, r, o)
}

// toFile writes a file that only its owner may read: reports name people and
// say where a cluster is weak.
func toFile(path string, write func(io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return &writeError{err}
	}
	if err := write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// allExist returns an error where one of some paths is not there; "-" is
// standard input.
func allExist(paths []string) error {
	for _, p := range paths {
		if p == "-" {
			continue
		}
		if _, err := os.Stat(p); err != nil {
			return err
		}
	}
	return nil
}
