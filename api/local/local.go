// Package local is how the command line finds the server that runs on a data
// directory of this machine: the server leaves a note there that says where
// it listens and which file holds a token for it.
package local

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// FileName and TokenName are the names of the note and of the token beside it.
const (
	FileName  = "up.json"
	TokenName = "up.token"
)

// Note says where a server listens.
type Note struct {
	// Address is the server's base URL: http://127.0.0.1:7443.
	Address string `json:"address"`
	// TokenFile is the file with a token, relative to the data directory or
	// absolute.
	TokenFile string `json:"token_file"`
	PID       int    `json:"pid"`
}

// ErrNone says that no server left a note: none runs on that directory.
var ErrNone = errors.New("no lynceus up runs on that data directory")

// Write leaves the note and the token, readable by their owner alone.
func Write(dir, address, token string, pid int) error {
	if err := replace(filepath.Join(dir, TokenName), []byte(token+"\n")); err != nil {
		return fmt.Errorf("local note: %w", err)
	}
	b, err := json.Marshal(Note{Address: address, TokenFile: TokenName, PID: pid})
	if err != nil {
		return fmt.Errorf("local note: %w", err)
	}
	if err := replace(filepath.Join(dir, FileName), append(b, '\n')); err != nil {
		return fmt.Errorf("local note: %w", err)
	}
	return nil
}

// Remove takes the note and the token away.
func Remove(dir string) error {
	var errs []error
	for _, name := range []string{FileName, TokenName} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Read returns the note of a data directory and the token that it names, or
// ErrNone.
func Read(dir string) (n Note, token string, err error) {
	b, err := os.ReadFile(filepath.Join(dir, FileName))
	if errors.Is(err, fs.ErrNotExist) {
		return n, "", ErrNone
	}
	if err != nil {
		return n, "", fmt.Errorf("local note: %w", err)
	}
	if err := json.Unmarshal(b, &n); err != nil || n.Address == "" {
		return n, "", fmt.Errorf("local note: %s is broken; start lynceus up again, or remove the file", filepath.Join(dir, FileName))
	}
	name := n.TokenFile
	if !filepath.IsAbs(name) {
		name = filepath.Join(dir, name)
	}
	b, err = os.ReadFile(name)
	if err != nil {
		return n, "", fmt.Errorf("local token: %w", err)
	}
	return n, strings.TrimSpace(string(b)), nil
}

func replace(path string, b []byte) error {
	tmp := path + ".tmp"
	if err := os.WriteFile(tmp, b, 0o600); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
