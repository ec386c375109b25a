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
	"syscall"
)

// Names of the files of a recording.
const (
	auditFile     = "audit.jsonl"     // compressed
	inventoryFile = "inventory.jsonl" // compressed; may be missing
	stepsFile     = "steps.jsonl"     // missing where no attack was done
	aboutFile     = "recording.json"  // missing where nothing but the defaults holds
)

// compressions are the endings of compressed files, the usual one first.
var compressions = []string{".gz", ".zst"}

// Step is one labelled thing that somebody did while a recording was made.
type Step struct {
	Number    int    `json:"step"`
	What      string `json:"what"`
	Technique string `json:"technique"` // ATT&CK id; "" where none was named
	// Matrix is the row of the threat matrix for Kubernetes, "Tactic: row".
	Matrix string `json:"matrix"`
	// Attack is false for ordinary work that is worth naming.
	Attack bool `json:"attack"`
	// Actor is the user as authenticated, As whom it acts as, Person who is
	// behind it; each "" where that is not labelled, as in what follows.
	Actor  string `json:"actor"`
	As     string `json:"as"`
	Person string `json:"person"`
	// Pod is the one (namespace/name) that the token was made for, Workload
	// its pod group (Kind/name), Writer the account that wrote that.
	Pod      string `json:"pod"`
	Workload string `json:"workload"`
	Writer   string `json:"writer"`
	// CallerPod is the pod that the request came from, CallerWorkload its
	// group.
	CallerPod      string `json:"caller_pod"`
	CallerWorkload string `json:"caller_workload"`
	// TargetPod is the pod that something was done to, TargetWorkload its
	// group, TargetWriter the account that wrote that.
	TargetPod      string   `json:"target_pod"`
	TargetWorkload string   `json:"target_workload"`
	TargetWriter   string   `json:"target_writer"`
	From           string   `json:"from"`
	AuditIDs       []string `json:"audit_ids"`
}

// Recording is a directory: the audit log of a cluster's life and the steps
// done in it. One without attack steps is ordinary work.
type Recording struct {
	Name  string
	Audit string // path of the log
	// Inventory is the path of what the cluster contained; "" where that was
	// not recorded.
	Inventory string
	Steps     []Step
	About     About
}

// About is what a recording says of itself.
type About struct {
	// Holdout marks a recording that no rule was written or changed for.
	Holdout bool `json:"holdout"`
	// ActorFromLog says that the actors of the steps were copied from the log
	// afterwards, so that comparing them with findings proves little.
	ActorFromLog bool `json:"actor_from_log"`
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
		r, err := openRecording(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if r != nil {
			out = append(out, r)
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no recording in %s: each is a directory with a file %s", dir, auditFile+compressions[0])
	}
	return out, nil
}

// openRecording reads one; nil where dir has no log.
func openRecording(dir string) (*Recording, error) {
	r := &Recording{Name: filepath.Base(dir)}
	var err error
	if r.Audit, err = compressed(dir, auditFile); err != nil || r.Audit == "" {
		return nil, err
	}
	if r.Inventory, err = compressed(dir, inventoryFile); err != nil {
		return nil, err
	}
	steps, err := readIfThere(filepath.Join(dir, stepsFile))
	if err != nil {
		return nil, err
	}
	if r.Steps, err = parseSteps(steps); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, stepsFile), err)
	}
	about, err := readIfThere(filepath.Join(dir, aboutFile))
	if err != nil {
		return nil, err
	}
	if r.About, err = parseAbout(about); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, aboutFile), err)
	}
	return r, nil
}

// compressed returns the path of a file however it is compressed, "" where it
// is not there; nothing is there below what is no directory.
func compressed(dir, name string) (string, error) {
	for _, c := range compressions {
		path := filepath.Join(dir, name+c)
		switch _, err := os.Stat(path); {
		case err == nil:
			return path, nil
		case !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR):
			return "", err
		}
	}
	return "", nil
}

// readIfThere returns nothing of a file that is not there.
func readIfThere(name string) ([]byte, error) {
	text, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return text, err
}

// parseAbout reads an object of known members; of nothing, the defaults.
func parseAbout(text []byte) (a About, err error) {
	if len(bytes.TrimSpace(text)) == 0 {
		return a, nil
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	return a, d.Decode(&a)
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
