package cluster

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// progressInterval is how often Build says how far it is.
const progressInterval = 15 * time.Second

// Build builds the programs of Kubernetes that are neither in binaries nor in the cache into the cache, with the module
// in moduleDir (test/cluster/kubernetes of the repository). Modules come from where the go command is told to get
// them; no C compiler is needed. From a cold cache it takes two cores about six minutes; log shows how far it is.
//
// A build that ends early leaves no program, but what it compiled is in the go command's cache for the next.
func Build(ctx context.Context, moduleDir, binaries string, log io.Writer) error {
	unlock, err := lock(buildLock)
	if err != nil {
		return err
	}
	defer unlock()
	names, err := Unbuilt(binaries)
	if err != nil || len(names) == 0 {
		return err
	}
	cache, err := kubernetesCache()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return err
	}
	built, err := os.MkdirTemp(cache, "build-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(built)
	fmt.Fprintf(log, "building %s of Kubernetes %s, once\n", strings.Join(names, ", "), KubernetesVersion)
	began := time.Now()
	packages := make([]string, len(names))
	for i, name := range names {
		packages[i] = "k8s.io/kubernetes/cmd/" + name
	}
	if err := compile(ctx, moduleDir, built+"/", packages, log); err != nil {
		return fmt.Errorf("build %s: %w", strings.Join(names, " "), err)
	}
	for _, name := range names {
		if err := os.Rename(filepath.Join(built, name), filepath.Join(cache, name)); err != nil {
			return err
		}
	}
	fmt.Fprintf(log, "built in %s, kept in %s\n", time.Since(began).Round(time.Second), cache)
	return nil
}

// compile builds packages into the directory out, all at once, so that what they share is compiled once.
func compile(ctx context.Context, moduleDir, out string, packages []string, log io.Writer) error {
	flags, err := linkerFlags()
	if err != nil {
		return err
	}
	// Listing the dependencies downloads all modules; the build itself needs no network.
	var deps bytes.Buffer
	err = persist(ctx, log, func() error {
		deps.Reset()
		return goCommand(ctx, moduleDir, &deps, log, append([]string{"list", "-mod=readonly", "-deps"}, packages...)...).Run()
	})
	if err != nil {
		return fmt.Errorf("download modules: %w", err)
	}
	compiled := &counter{next: log}
	done := make(chan struct{})
	defer close(done)
	go func() {
		tick := time.NewTicker(progressInterval)
		defer tick.Stop()
		began := time.Now()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				fmt.Fprintf(log, "%s: %d of at most %d packages compiled\n",
					time.Since(began).Round(time.Second), compiled.n.Load(), bytes.Count(deps.Bytes(), []byte("\n")))
			}
		}
	}()
	return goCommand(ctx, moduleDir, log, compiled, append([]string{"build", "-mod=readonly", "-v", "-trimpath", "-ldflags", flags, "-o", out}, packages...)...).Run()
}

// linkerFlags leave out what only debuggers read, and tell the programs their version, which clients ask for.
func linkerFlags() (string, error) {
	part := strings.SplitN(strings.TrimPrefix(KubernetesVersion, "v"), ".", 3)
	if len(part) != 3 {
		return "", errors.New("no version: " + KubernetesVersion)
	}
	const version = "k8s.io/component-base/version."
	return fmt.Sprintf("-s -w -X %sgitVersion=%s -X %sgitMajor=%s -X %sgitMinor=%s", version, KubernetesVersion, version, part[0], version, part[1]), nil
}

// goCommand is a go command in the module that pins Kubernetes, which it may not change.
func goCommand(ctx context.Context, moduleDir string, stdout, stderr io.Writer, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "go", args...)
	cmd.Dir = moduleDir
	cmd.Env = append(os.Environ(), "GOWORK=off", "CGO_ENABLED=0")
	cmd.Stdout, cmd.Stderr = stdout, stderr
	return cmd
}

// counter counts the import paths that go build -v writes, one a line, and passes on every other line. It relies on
// the go command writing whole lines.
type counter struct {
	next io.Writer
	n    atomic.Int64
}

// Write counts or passes on each line of p.
func (c *counter) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		if !bytes.ContainsAny(bytes.TrimSpace(line), " :\t") {
			c.n.Add(1)
		} else if _, err := c.next.Write(line); err != nil {
			return 0, err
		}
	}
	return len(p), nil
}
