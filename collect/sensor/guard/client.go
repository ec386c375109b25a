//go:build linux

package guard

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ConnFD is the descriptor by which a guard's process finds the connection to its sensor.
const ConnFD = 3

// ClientOptions say how a guard is started. All are required.
type ClientOptions struct {
	// Command is the program and its arguments that run a guard on ConnFD.
	Command []string
	Now     func() time.Time
}

const (
	// pingEvery is how often a guard is asked whether it is there; one that says nothing for silentFor is killed, so that
	// the kernel lets those go on who wait for it.
	pingEvery, silentFor = 250 * time.Millisecond, time.Second
	// startWithin is how long a guard may take before it says the first word.
	startWithin = 10 * time.Second
	// startAgain is how long after a guard's end the next one is started.
	startAgain = time.Second
	// maxDecisions bounds the decisions that wait to be taken; more are counted as untold.
	maxDecisions = 4096
)

// Client keeps a guard running: it starts the process, tells it the rules, starts another when it ends.
type Client struct {
	options   ClientOptions
	decisions chan Decision
	cancel    func()
	running   sync.WaitGroup

	mu       sync.Mutex
	rules    Rules
	watched  map[string]uint64
	conn     *os.File // nil while there is none
	pid      int
	counts   Counts
	untold   uint64
	starts   uint64
	lastErr  error // why the last guard ended
	said     error // what this one says of it
	lastPong time.Time
}

// Start starts a guard. An error means that there is none.
func Start(o ClientOptions) (*Client, error) {
	ctx, cancel := context.WithCancel(context.Background())
	c := &Client{options: o, decisions: make(chan Decision, maxDecisions), cancel: cancel, watched: map[string]uint64{}, rules: Rules{Bound: DefaultBound}}
	if err := c.spawn(); err != nil {
		cancel()
		return nil, err
	}
	c.running.Go(func() { c.keep(ctx) })
	return c, nil
}

// Close ends the guard and waits for its end.
func (c *Client) Close() {
	c.cancel()
	c.mu.Lock()
	if c.conn != nil {
		_ = c.conn.SetReadDeadline(c.options.Now()) // listen ends, which closes the connection, which ends the guard
	}
	c.mu.Unlock()
	c.running.Wait()
}

// Decisions tells what the guard decided.
func (c *Client) Decisions() <-chan Decision { return c.decisions }

// SetRules puts rules in force.
func (c *Client) SetRules(r Rules) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.rules = r
	c.send(&message{Rules: &r})
}

// Watch has a container judged by policies, 0 for no more.
func (c *Client) Watch(container string, policies uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.watched[container] == policies {
		return
	}
	if policies == 0 {
		delete(c.watched, container)
	} else {
		c.watched[container] = policies
	}
	c.send(&message{Watch: &watch{container, policies}})
}

// Stats is what a Client has done.
type Stats struct {
	// Counts are those of the guard that runs, or ran last, as it told them; its sensor's own untold decisions are counted with it.
	Counts Counts
	// Starts is how many guards have been started, LastErr why the last that ended did, nil if none has.
	Starts  uint64
	LastErr error
	// PID is the number of the guard's process, 0 while there is none.
	PID int
}

// Stats returns what has been done.
func (c *Client) Stats() Stats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := Stats{Counts: c.counts, Starts: c.starts, LastErr: c.lastErr, PID: c.pid}
	s.Counts.Untold += c.untold
	return s
}

// send sends a message, if there is a guard. A guard that does not read is one that is silent, too. It is called with
// c.mu held.
func (c *Client) send(m *message) {
	if c.conn == nil {
		return
	}
	_ = c.conn.SetWriteDeadline(c.options.Now().Add(silentFor))
	if err := send(c.conn, m); err != nil {
		c.said = err
		_ = unix.Kill(c.pid, unix.SIGKILL) // it is this process's child, and has not been waited for
	}
}

// spawn starts a process, and tells it all.
func (c *Client) spawn() error {
	pair, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return fmt.Errorf("a connection to the guard: %w", err)
	}
	_ = unix.SetNonblock(pair[0], true)
	conn := os.NewFile(uintptr(pair[0]), "guard")
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return errors.Join(fmt.Errorf("start the guard: %w", err), conn.Close(), unix.Close(pair[1]))
	}
	files := []uintptr{null.Fd(), null.Fd(), null.Fd(), uintptr(pair[1])}
	pid, err := syscall.ForkExec(c.options.Command[0], c.options.Command, &syscall.ProcAttr{Files: files, Env: []string{"GOMEMLIMIT=64MiB"}})
	err = errors.Join(err, null.Close(), unix.Close(pair[1]))
	if err != nil {
		return errors.Join(fmt.Errorf("start the guard: %w", err), conn.Close())
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.conn, c.pid, c.lastPong = conn, pid, c.options.Now().Add(startWithin)
	c.starts++
	c.counts = Counts{}
	c.send(&message{Rules: &c.rules})
	for id, policies := range c.watched {
		c.send(&message{Watch: &watch{id, policies}})
	}
	return nil
}

// keep keeps a guard running until ctx is done.
func (c *Client) keep(ctx context.Context) {
	for {
		stop := make(chan struct{})
		var asking sync.WaitGroup
		asking.Go(func() { c.ask(stop) })
		err := c.listen()
		close(stop)
		asking.Wait()
		err = errors.Join(err, c.reap())
		c.mu.Lock()
		if c.said == nil {
			c.said = err
		}
		c.lastErr, c.said = c.said, nil
		c.mu.Unlock()
		for ended := true; ended; {
			select {
			case <-ctx.Done():
				return
			case <-time.After(startAgain):
			}
			if err := c.spawn(); err != nil {
				c.mu.Lock()
				c.lastErr = err
				c.mu.Unlock()
				continue
			}
			ended = false
		}
	}
}

// listen takes what the guard says until it says nothing more.
func (c *Client) listen() error {
	c.mu.Lock()
	conn := c.conn
	c.mu.Unlock()
	for {
		m, err := receive(conn)
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.lastPong = c.options.Now()
		if m.Error != "" {
			c.said = errors.New(m.Error)
		}
		if m.Counts != nil {
			c.counts = *m.Counts
		}
		if m.Decision != nil {
			select {
			case c.decisions <- *m.Decision:
			default:
				c.untold++
			}
		}
		c.mu.Unlock()
	}
}

// ask asks the guard whether it is there, until stop is closed, and kills it when it does not say so.
func (c *Client) ask(stop <-chan struct{}) {
	tick := time.NewTicker(pingEvery)
	defer tick.Stop()
	for n := uint64(1); ; n++ {
		before := c.options.Now()
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		c.mu.Lock()
		// Where this process stood still itself, the guard's silence says nothing.
		if c.options.Now().Sub(before) > 2*pingEvery {
			c.lastPong = later(c.lastPong, c.options.Now())
		}
		c.send(&message{Ping: n})
		if c.options.Now().Sub(c.lastPong) > silentFor {
			_ = unix.Kill(c.pid, unix.SIGKILL)
		}
		c.mu.Unlock()
	}
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// reap waits for the guard's end, which the end of its connection announces, and has it end at once if it does not.
func (c *Client) reap() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	var errs []error
	errs = append(errs, c.conn.Close())
	for began := c.options.Now(); ; time.Sleep(time.Millisecond) {
		pid, err := unix.Wait4(c.pid, nil, unix.WNOHANG, nil)
		if err != nil || pid == c.pid {
			errs = append(errs, err)
			break
		}
		if c.options.Now().Sub(began) > silentFor {
			_ = unix.Kill(c.pid, unix.SIGKILL)
		}
	}
	c.conn, c.pid = nil, 0
	return errors.Join(errs...)
}
