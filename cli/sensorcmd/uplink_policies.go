//go:build linux

package sensorcmd

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"

	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
)

// policiesName is the file of what the hub said last, below the state's directory.
const policiesName = "policies.json"

// hubPolicies are the policies that the hub gave, on the disk so that they are in force again from the start.
type hubPolicies struct {
	path string

	mu  sync.Mutex
	set peer.PolicySet
}

// version names the set that is in force.
func (p *hubPolicies) version() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.set.Version
}

// load returns what was kept; none at first.
func (p *hubPolicies) load() (*enforce.Set, error) {
	b, err := os.ReadFile(p.path)
	if errors.Is(err, fs.ErrNotExist) {
		return &enforce.Set{}, nil
	}
	var set peer.PolicySet
	if err == nil {
		err = json.Unmarshal(b, &set)
	}
	if err != nil {
		return nil, fmt.Errorf("read the hub's policies: %w; remove %s and have the hub send them again", err, p.path)
	}
	parsed, err := enforce.ParseFiles(set.Files)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.set = set
	return parsed, nil
}

// replace puts policies in force and keeps them. Ones that are wrong, or cannot be kept, change nothing.
func (p *hubPolicies) replace(set *peer.PolicySet, apply func(*enforce.Set) error) (int, error) {
	parsed, err := enforce.ParseFiles(set.Files)
	if err != nil {
		return 0, err
	}
	b, err := json.Marshal(set)
	if err != nil {
		return 0, fmt.Errorf("keep policies: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	next := p.path + ".next"
	if err := writeForced(next, b); err != nil {
		return 0, fmt.Errorf("keep policies: %w", err)
	}
	if err := apply(parsed); err != nil {
		return 0, errors.Join(err, os.Remove(next))
	}
	if err := os.Rename(next, p.path); err != nil {
		return 0, fmt.Errorf("the policies are in force, but not kept: %w", err)
	}
	p.set = *set
	return len(parsed.Policies), nil
}

// writeForced writes a file and forces it to the disk.
func writeForced(path string, b []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Sync(), f.Close())
}
