package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// started is what the cache remembers of a cluster from its start until it is down, so that the remains of one that was
// killed together with its test are found, wherever its directory is and even when that was removed by hand.
type started struct {
	Dir    string `json:"dir"`
	Cgroup string `json:"cgroup"`
	PID    int    `json:"pid,omitempty"` // of process 1, once there is one
	Start  string `json:"start,omitempty"`
}

func (s started) process() process { return process{pid: s.PID, start: s.Start} }

// startedFile is where a cluster is remembered.
func startedFile(dir string) (string, error) {
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	h := fnv.New64a()
	_, _ = h.Write([]byte(dir))
	return filepath.Join(cache, "started", fmt.Sprintf("%016x.json", h.Sum64())), nil
}

// remember notes a cluster before it makes anything, and again when it has a process.
func remember(d layout.Dir, group string, p process) error {
	file, err := startedFile(string(d))
	if err != nil {
		return err
	}
	data, err := json.Marshal(started{Dir: string(d), Cgroup: group, PID: p.pid, Start: p.start})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	return os.WriteFile(file, data, 0o600)
}

// recall returns what remember noted.
func recall(d layout.Dir) (started, error) {
	file, err := startedFile(string(d))
	if err != nil {
		return started{}, err
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return started{}, err
	}
	var s started
	err = json.Unmarshal(data, &s)
	return s, err
}

// forget drops the note of a cluster that is down.
func forget(d layout.Dir) error {
	file, err := startedFile(string(d))
	if err != nil {
		return err
	}
	if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// sweep removes what is left of clusters whose processes have ended. What cannot be removed is left for the next time:
// it is in nobody's way. The caller has the lock, so no cluster is just starting.
func sweep(ctx context.Context) {
	cache, err := CacheDir()
	if err != nil {
		return
	}
	files, err := filepath.Glob(filepath.Join(cache, "started", "*.json"))
	if err != nil {
		return
	}
	for _, file := range files {
		var s started
		data, err := os.ReadFile(file)
		if err != nil || json.Unmarshal(data, &s) != nil || s.Dir == "" {
			_ = os.Remove(file) // not written to its end: the cluster had made nothing
			continue
		}
		if !alive(layout.Dir(s.Dir)) && !s.process().runs() {
			_ = down(ctx, s.Dir)
		}
	}
}
