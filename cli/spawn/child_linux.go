package spawn

import (
	"fmt"
	"os"
	"syscall"
)

// Options say how a program is started.
type Options struct {
	// Path is the program's, Args its arguments without its name.
	Path string
	Args []string
	// Stderr is its standard error; its standard input and output are empty.
	Stderr *os.File
	// Files are its descriptors from FirstFile on.
	Files []*os.File
	// Session gives it a session of its own, so that what is typed at the terminal does not signal it.
	Session bool
	// Tied has it ended (SIGTERM) with the thread that starts it: the caller holds that with runtime.LockOSThread.
	Tied bool
}

// FirstFile is the number of the descriptor of the first of Options.Files.
const FirstFile = 3

// Child is a program that was started.
type Child struct{ process *os.Process }

// Start starts a program. Wait must be called.
func Start(o Options) (*Child, error) {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Path, err)
	}
	defer null.Close()
	if o.Stderr == nil {
		o.Stderr = null
	}
	attr := &os.ProcAttr{Files: append([]*os.File{null, null, o.Stderr}, o.Files...), Sys: &syscall.SysProcAttr{Setsid: o.Session}}
	if o.Tied {
		attr.Sys.Pdeathsig = syscall.SIGTERM
	}
	p, err := os.StartProcess(o.Path, append([]string{o.Path}, o.Args...), attr)
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", o.Path, err)
	}
	return &Child{p}, nil
}

// PID is the number of its process.
func (c *Child) PID() int { return c.process.Pid }

// End asks it to end (SIGTERM), Kill makes it. One that has ended is left alone.
func (c *Child) End() { _ = c.process.Signal(syscall.SIGTERM) }

// Reload asks it to read its configuration again (SIGHUP).
func (c *Child) Reload() { _ = c.process.Signal(syscall.SIGHUP) }

// Kill ends it at once.
func (c *Child) Kill() { _ = c.process.Kill() }

// Wait returns how it ended, in words such as "exit status 3" or "signal: killed".
func (c *Child) Wait() (string, error) {
	state, err := c.process.Wait()
	if err != nil {
		return "", fmt.Errorf("wait for a program: %w", err)
	}
	return state.String(), nil
}
