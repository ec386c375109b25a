package eval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Names of the files of a recording.
const (
	auditFile = "audit.jsonl.gz"
	stepsFile = "steps.jsonl"
)

// Step is one labelled thing that somebody did while a recording was made.
type Step struct {
	Number    int    `json:"step"`
	What      string `json:"what"`
	Technique string `json:"technique"` // ATT&CK id; "" where none was named
	// Matrix is the row of the threat matrix for Kubernetes, "Tactic: row".
	Matrix string `json:"matrix"`
	// Attack is false for ordinary work that is worth naming.
	Attack bool `json:"attack"`
	// Actor is the user as authenticated, Person who is behind it, Pod the
	// one (namespace/name) that the token was made for, CallerPod the one
	// that called; each "" where that is not labelled.
	Actor     string   `json:"actor"`
	Person    string   `json:"person"`
	Pod       string   `json:"pod"`
	CallerPod string   `json:"caller_pod"`
	From      string   `json:"from"`
	AuditIDs  []string `json:"audit_ids"`
}

// Recording is a directory: the audit log of a cluster's life and the steps
// done in it. One without attack steps is ordinary work.
type Recording struct {
	Name  string
	Audit string // path of the log
	Steps []Step
}

// Hostile reports whether an attack was recorded.
func (r *Recording) Hostile() bool {
	return slices.ContainsFunc(r.Steps, func(s Step) bool { return s.Attack })
}

// Open reads the recordings in dir, each a directory of its own, in order of
// their names. It is an error if there is none.
func Open(dir string) ([]*Recording, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []*Recording
	for _, e := range entries {
		log := filepath.Join(dir, e.Name(), auditFile)
		if _, err := os.Stat(log); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return nil, err
		}
		steps, err := os.ReadFile(filepath.Join(dir, e.Name(), stepsFile))
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		r := &Recording{Name: e.Name(), Audit: log}
		if r.Steps, err = parseSteps(steps); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Join(dir, e.Name(), stepsFile), err)
		}
		out = append(out, r)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no recording in %s: each is a directory with a file %s", dir, auditFile)
	}
	return out, nil
}

// parseSteps reads one step a line. A step that names no request is an error:
// nothing could ever find it.
func parseSteps(text []byte) ([]Step, error) {
	var out []Step
	for d := json.NewDecoder(bytes.NewReader(text)); ; {
		var s Step
		err := d.Decode(&s)
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, fmt.Errorf("step %d: %w", len(out)+1, err)
		}
		if s.Attack && len(s.AuditIDs) == 0 {
			return nil, fmt.Errorf("step %d (%s) names no audit id", len(out)+1, s.What)
		}
		out = append(out, s)
	}
}
