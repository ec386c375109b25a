package stage

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Recording says what was written.
type Recording struct {
	Events    int // lines of the audit log
	Inventory int // lines of the inventory; 0 when none was recorded
	Steps     int
	Unseen    []*Step // steps without a request in the audit log
}

// Save ends the scenario and writes its recording: audit.jsonl.gz, inventory.jsonl.gz if one was recorded, and
// steps.jsonl, into a new or empty directory.
func (s *Stage) Save(dir string) (*Recording, error) {
	s.Sleep(time.Second) // the API server writes its log as requests end
	if s.recorder != nil {
		s.recorder.stop()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	rec := &Recording{Steps: len(s.steps)}
	var err error
	if rec.Events, err = pack(s.Cluster.AuditLog(), filepath.Join(dir, "audit.jsonl.gz")); err != nil {
		return nil, err
	}
	if s.recorder != nil {
		if rec.Inventory, err = pack(s.recorder.file, filepath.Join(dir, "inventory.jsonl.gz")); err != nil {
			return nil, err
		}
	}
	audit, err := os.Open(s.Cluster.AuditLog())
	if err != nil {
		return nil, err
	}
	defer audit.Close()
	if err := label(audit, s.steps); err != nil {
		return nil, err
	}
	for _, st := range s.steps {
		if len(st.AuditIDs) == 0 {
			rec.Unseen = append(rec.Unseen, st)
		}
	}
	return rec, writeSteps(filepath.Join(dir, "steps.jsonl"), s.steps)
}

func writeSteps(file string, steps []*Step) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	enc := json.NewEncoder(f)
	enc.SetEscapeHTML(false)
	for _, st := range steps {
		err = errors.Join(err, enc.Encode(st))
	}
	return errors.Join(err, f.Close())
}

// pack compresses a file of lines and counts them.
func pack(from, to string) (lines int, err error) {
	in, err := os.Open(from)
	if err != nil {
		return 0, err
	}
	defer in.Close()
	out, err := os.Create(to)
	if err != nil {
		return 0, err
	}
	zip, err := gzip.NewWriterLevel(out, gzip.BestCompression)
	if err != nil {
		return 0, errors.Join(err, out.Close())
	}
	count := &lineCounter{w: zip}
	_, err = io.Copy(count, in)
	if err = errors.Join(err, zip.Close(), out.Close()); err != nil {
		return 0, fmt.Errorf("compress %s: %w", from, err)
	}
	return count.lines, nil
}

type lineCounter struct {
	w     io.Writer
	lines int
}

func (c *lineCounter) Write(p []byte) (int, error) {
	for _, b := range p {
		if b == '\n' {
			c.lines++
		}
	}
	return c.w.Write(p)
}
