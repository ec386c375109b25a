package node

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/lynceus-io/lynceus/test/cluster/internal/image"
	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// pauseImage makes the image of pod sandboxes from the supervisor's own static binary and imports it as soon as the
// container runtime answers.
func (s *supervisor) pauseImage(ctx context.Context) error {
	self, err := os.ReadFile(s.config.Self)
	if err != nil {
		return err
	}
	name := "/run/lynceus/pause.tar"
	f, err := os.Create(name)
	if err != nil {
		return err
	}
	defer os.Remove(name)
	err = image.Write(f, image.Spec{
		Name:       layout.PauseImage,
		Files:      []image.File{{Path: "/pause", Data: self}},
		Entrypoint: []string{"/pause", "pause"},
	})
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return s.until(ctx, "the container runtime to import "+layout.PauseImage, func(ctx context.Context) error {
		if _, err := os.Stat(s.dir.Containerd()); err != nil {
			return err
		}
		cmd := exec.CommandContext(ctx, s.config.Programs["ctr"], "-a", s.dir.Containerd(), "-n", "k8s.io", "images", "import", name)
		out, err := cmd.CombinedOutput()
		if err != nil {
			return fmt.Errorf("ctr images import: %w: %s", err, strings.TrimSpace(string(out)))
		}
		return nil
	})
}
