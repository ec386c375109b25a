package cluster

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/lynceus-io/lynceus/test/cluster/internal/image"
)

type (
	// Image says what a container image holds.
	Image = image.Spec
	// File is one file of an image.
	File = image.File
)

// Import makes an image from local files and gives it to the node. Pods name it with imagePullPolicy IfNotPresent or
// Never. Importing the same image again changes nothing.
func (c *Cluster) Import(ctx context.Context, spec Image) error {
	f, err := os.CreateTemp(string(c.dir), "image-*.tar")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(image.Write(f, spec), f.Close()); err != nil {
		return err
	}
	return c.ImportArchive(ctx, f.Name())
}

// ImportArchive gives the node the images of a docker or OCI archive.
func (c *Cluster) ImportArchive(ctx context.Context, file string) error {
	ctr, err := lookPath("ctr")
	if err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, ctr, "--address", c.dir.Containerd(), "--namespace", "k8s.io", "images", "import", file)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("import %s: %w: %s", file, err, strings.TrimSpace(string(out)))
	}
	return nil
}
