package stage

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
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
	scrub, err := s.scrubber()
	if err != nil {
		return nil, err
	}
	s.Sleep(time.Second) // the API server writes its log as requests end
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	rec := &Recording{Steps: len(s.steps)}
	var errs [4]error // what fails leaves the rest of the recording whole
	rec.Events, errs[0] = pack(s.Cluster.AuditLog(), filepath.Join(dir, "audit.jsonl.gz"), scrub)
	if s.recorder != nil {
		rec.Inventory, errs[1] = s.recorder.save(filepath.Join(dir, "inventory.jsonl.gz"), scrub)
	}
	errs[2] = s.label()
	for _, st := range s.steps {
		if len(st.AuditIDs) == 0 {
			rec.Unseen = append(rec.Unseen, st)
		}
	}
	errs[3] = writeSteps(filepath.Join(dir, "steps.jsonl"), s.steps, scrub)
	return rec, errors.Join(errs[:]...)
}

func (s *Stage) label() error {
	audit, err := os.Open(s.Cluster.AuditLog())
	if err != nil {
		return err
	}
	defer audit.Close()
	return label(audit, s.steps)
}

func writeSteps(file string, steps []*Step, scrub scrub) error {
	var text strings.Builder
	enc := json.NewEncoder(&text)
	enc.SetEscapeHTML(false)
	for _, st := range steps {
		if err := enc.Encode(st); err != nil {
			return err
		}
	}
	return os.WriteFile(file, []byte(scrub.line(text.String())), 0o644)
}

// pack compresses a file of lines, scrubbed, and counts those that it wrote.
func pack(from, to string, scrub scrub) (lines int, err error) {
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
	for r := bufio.NewReaderSize(in, 1<<20); err == nil; {
		var line string
		if line, err = r.ReadString('\n'); err != nil {
			break // what has no end was still being written
		}
		if recorded(line) {
			lines++
			_, err = io.WriteString(zip, scrub.line(line))
		}
	}
	if errors.Is(err, io.EOF) {
		err = nil
	}
	if err = errors.Join(err, zip.Close(), out.Close()); err != nil {
		return 0, fmt.Errorf("compress %s: %w", from, err)
	}
	return lines, nil
}
