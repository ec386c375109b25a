package clustertest

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// program builds the harness's own program into the cache and returns its path. It is moved into place, because the
// one before may be running.
func program(ctx context.Context) (string, error) {
	cache, err := cluster.CacheDir()
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(cache, "build-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(dir)
	built, placed := filepath.Join(dir, "cluster"), filepath.Join(cache, "cluster")
	if err := goBuild(ctx, "github.com/lynceus-io/lynceus/test/cluster/cmd/cluster", built); err != nil {
		return "", err
	}
	return placed, os.Rename(built, placed)
}

// goBuild builds a command as a static binary.
func goBuild(ctx context.Context, pkg, file string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w\n%s", pkg, err, out)
	}
	return nil
}
