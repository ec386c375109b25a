package clickhouse

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// journal says which segments were sent and not confirmed: after a crash
// their fate is unknown. It is a small file that is written anew, so it is
// either as it was before or as it is after.
type journal struct {
	path   string
	tokens []string // in flight, in the order they were sent
}

// journalFile is the file's content.
type journalFile struct {
	Version  int      `json:"version"`
	InFlight []string `json:"in_flight"`
}

const journalVersion = 1

// openJournal reads the journal at path; there need be none.
func openJournal(path string) (*journal, error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return &journal{path: path}, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read what was being shipped: %w", err)
	}
	var file journalFile
	if err := json.Unmarshal(data, &file); err != nil {
		return nil, fmt.Errorf("read what was being shipped: %s: %w; if the file is lost, remove it: segments in flight are then known by their tokens only", path, err)
	}
	if file.Version != journalVersion {
		return nil, fmt.Errorf("%s has version %d, this release knows %d: update this program", path, file.Version, journalVersion)
	}
	return &journal{path: path, tokens: file.InFlight}, nil
}

// has reports whether the token was sent and not confirmed.
func (j *journal) has(token string) bool { return slices.Contains(j.tokens, token) }

// begin notes durably that the token is about to be sent.
func (j *journal) begin(token string) error {
	if j.has(token) {
		return nil
	}
	j.tokens = append(j.tokens, token)
	if err := j.write(); err != nil {
		j.tokens = j.tokens[:len(j.tokens)-1]
		return fmt.Errorf("note what is being shipped: %w", err)
	}
	return nil
}

// end forgets a token whose segment is confirmed, in the file with the next
// write: a token too many there does no harm.
func (j *journal) end(token string) {
	j.tokens = slices.DeleteFunc(j.tokens, func(t string) bool { return t == token })
}

// keep forgets the tokens that live does not hold: their segments were
// confirmed, or are gone.
func (j *journal) keep(live map[string]bool) {
	j.tokens = slices.DeleteFunc(j.tokens, func(t string) bool { return !live[t] })
}

// write replaces the file, durably.
func (j *journal) write() (err error) {
	data, err := json.Marshal(journalFile{Version: journalVersion, InFlight: j.tokens})
	if err != nil {
		return err
	}
	dir := filepath.Dir(j.path)
	tmp, err := os.CreateTemp(dir, filepath.Base(j.path)+".*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(tmp.Name()))
		}
	}()
	_, err = tmp.Write(data)
	err = errors.Join(err, tmp.Sync(), tmp.Close())
	if err != nil {
		return err
	}
	if err = os.Rename(tmp.Name(), j.path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes the names in a directory durable.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
