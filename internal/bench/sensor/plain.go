//go:build linux

package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/need"
	"github.com/lynceus-io/lynceus/rule/files"
	ruleload "github.com/lynceus-io/lynceus/rule/load"
)

// plainRules returns, of the files with rules at some paths, separated by commas, those that need no hook at system
// calls.
func plainRules(paths string) (string, error) {
	var out []string
	for _, root := range strings.FieldsFunc(paths, func(r rune) bool { return r == ',' }) {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			loaded := ruleload.Load(files.Path(path))
			p, _ := need.All(loaded.Rules)
			if len(loaded.Rules) > 0 && len(loaded.Errors) == 0 && !sensor.HooksCalls(&p) {
				out = append(out, path)
			}
			return nil
		})
		if err != nil {
			return "", fmt.Errorf("look for rules that need no hook at system calls: %w", err)
		}
	}
	return strings.Join(out, ","), nil
}
