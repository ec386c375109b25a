//go:build linux

// Command actor is what the end-to-end tests run in containers to do what attackers do: each action is one thing that a
// rule of Falco's is about. It harms nothing but the container it runs in.
//
//	actor NAME...      does actions, one after another, each in a process of its own, and says of each when
//	actor do NAME      does one in this process
//
// Called by any other name it stands for a program of that name: it does the action of ACTOR_DO, or nothing.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

func main() {
	if err := run(os.Args, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "actor:", err)
		os.Exit(1)
	}
}

// doVariable names the action of a process that stands for another program.
const doVariable = "ACTOR_DO"

// self is the program.
const self = "/proc/self/exe"

func run(args []string, stdout io.Writer) error {
	name := os.Getenv(doVariable)
	switch {
	case name != "":
		if err := os.Unsetenv(doVariable); err != nil {
			return err
		}
		return do(name)
	case !strings.HasPrefix(filepath.Base(args[0]), "actor"):
		return nil
	case len(args) == 3 && args[1] == "do":
		return do(args[2])
	case len(args) < 2:
		return errors.New("usage: actor NAME... | actor do NAME")
	}
	return each(args[1:], stdout)
}

// report is what is said of an action.
type report struct {
	Action string    `json:"action"`
	Begin  time.Time `json:"begin"`
	End    time.Time `json:"end"`
	Error  string    `json:"error,omitempty"`
}

// between lies between actions, so that what belongs to one is told from the next.
const between = 40 * time.Millisecond

// each does actions in processes of their own.
func each(names []string, stdout io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	enc := json.NewEncoder(stdout)
	for _, name := range names {
		r := report{Action: name, Begin: time.Now()}
		if out, err := exec.Command(program, "do", name).CombinedOutput(); err != nil {
			r.Error = fmt.Sprintf("%v: %s", err, strings.TrimSpace(string(out)))
		}
		r.End = time.Now()
		if err := enc.Encode(r); err != nil {
			return err
		}
		time.Sleep(between)
	}
	return nil
}

func do(name string) error {
	action, ok := actions()[name]
	if !ok {
		return fmt.Errorf("there is no action %q", name)
	}
	return action()
}

// actions are those that there are, by the names that Falco's event generator gives them.
func actions() map[string]func() error {
	all := map[string]func() error{}
	for _, group := range []map[string]func() error{fileActions, callActions, processActions, networkActions} {
		for name, action := range group {
			all[name] = action
		}
	}
	return all
}

// as runs a process that is called otherwise, with arguments, and waits for it.
func as(name string, args ...string) error { return command(name, args...).Run() }

// doing runs a process that is called otherwise and does a part of an action.
func doing(name, part string) error {
	cmd := command(name)
	cmd.Env = append(os.Environ(), doVariable+"="+part)
	out, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%s: %w: %s", part, err, out)
	}
	return nil
}

// command returns a process of this program under another name. The program is the image's, by a link.
func command(name string, args ...string) *exec.Cmd {
	link := filepath.Join(workDir, name)
	program, err := os.Executable()
	if err == nil {
		err = os.MkdirAll(workDir, 0o755)
	}
	if err == nil {
		_ = os.Remove(link) // an earlier run's
		err = os.Symlink(program, link)
	}
	cmd := exec.Command(link, args...)
	cmd.Args[0] = name
	cmd.Err = err
	return cmd
}

// workDir is where what an action needs is made.
const workDir = "/tmp/lynceus-actor"

// scratch returns the path of a file there, whose directory exists.
func scratch(elements ...string) (string, error) {
	path := filepath.Join(slices.Concat([]string{workDir}, elements)...)
	return path, os.MkdirAll(filepath.Dir(path), 0o755)
}
