package cluster

import (
	"context"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

// ShellImage is the name that ImportShell gives its image.
const ShellImage = "lynceus.test/shell:1"

// ImportShell gives the node an image with a shell and the usual small commands, among them cat, nc, ps, tar and wget:
// this machine's busybox under each of its names. Its containers sleep until they are told otherwise.
func (c *Cluster) ImportShell(ctx context.Context) error {
	busybox, err := lookPath("busybox")
	if err != nil {
		return fmt.Errorf("image %s: %w: install busybox-static", ShellImage, err)
	}
	program, err := elf.Open(busybox)
	if err != nil {
		return fmt.Errorf("image %s: %s: %w", ShellImage, busybox, err)
	}
	libraries, err := program.ImportedLibraries()
	_ = program.Close()
	if err != nil || len(libraries) > 0 {
		return fmt.Errorf("image %s: %s needs libraries (%s): install busybox-static", ShellImage, busybox, strings.Join(libraries, " "))
	}
	data, err := os.ReadFile(busybox)
	if err != nil {
		return err
	}
	names, err := exec.CommandContext(ctx, busybox, "--list").Output()
	if err != nil {
		return fmt.Errorf("image %s: %s --list: %w", ShellImage, busybox, err)
	}
	files := []File{{Path: "/bin/busybox", Data: data}}
	for name := range strings.FieldsSeq(string(names)) {
		if name != "busybox" {
			files = append(files, File{Path: "/bin/" + name, Link: "busybox"})
		}
	}
	return c.Import(ctx, Image{Name: ShellImage, Files: files, Cmd: []string{"/bin/sleep", "2147483647"}})
}
