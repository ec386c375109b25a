//go:build linux

package guard

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Options say where a Guard is. All are required.
type Options struct {
	// Proc is where procfs is mounted in which all processes of the node are seen.
	Proc string
	Now  func() time.Time
}

const (
	// DefaultBound is how long an answer may take unless the rules say otherwise.
	DefaultBound = 250 * time.Millisecond
	// MinBound and MaxBound are what the rules can say.
	MinBound, MaxBound = 10 * time.Millisecond, 5 * time.Second

	// workers is how many files are looked for and read at once. Those of a file system that does not answer stay away.
	workers = 16
	// workWithin is how long a file is read, also after the question was answered: the next time its hash is known.
	workWithin = 30 * time.Second
	// maxAsked is how many questions can be open; each has a descriptor. More are answered by the default at once.
	maxAsked = 256
	// maxUntold is how many decisions wait for a sensor that does not read.
	maxUntold = 1024
	// lookEvery is how often the guard looks whether it is still wanted.
	lookEvery = 100 * time.Millisecond
	// stuckAfter is how many bounds long the guard may be at work on one thing before it ends itself, so that the
	// kernel lets those go on who wait.
	stuckAfter = 4
)

// Guard answers the kernel. It is made by Run.
type Guard struct {
	options Options
	group   *group
	told    chan message
	working chan *asked
	changed chan struct{} // something is to be marked
	open    atomic.Int32
	// busy is since when the goroutine that answers has been at work, in nanoseconds since 1970; 0 while it waits.
	busy atomic.Int64
	// boundIs and denyLate are of the rules, for who must not wait for mu.
	boundIs  atomic.Int64
	denyLate atomic.Bool

	asked, late, hashed, untold atomic.Uint64

	mu         sync.Mutex
	rules      Rules
	containers map[string]*watched
	hashes     hashes
	problem    string
}

// errStuck says that the guard waits for something that it should not have to wait for.
var errStuck = errors.New("the guard is stuck, and ends so that nobody waits for it")

// Conn returns the connection that a Client hands to the process of its guard.
func Conn() (*os.File, error) {
	if kind, err := unix.GetsockoptInt(ConnFD, unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil || kind != unix.AF_UNIX {
		return nil, fmt.Errorf("descriptor %d is no connection to a sensor", ConnFD)
	}
	if err := unix.SetNonblock(ConnFD, true); err != nil {
		return nil, fmt.Errorf("the connection to the sensor: %w", err)
	}
	unix.CloseOnExec(ConnFD)
	return os.NewFile(ConnFD, "sensor"), nil
}

// Run answers the kernel until the connection to the sensor is closed, which is no error, or ctx is done. When it
// returns, nothing of it is left in the kernel: the caller ends the process then, since goroutines may be stuck.
func Run(ctx context.Context, conn *os.File, o Options) error {
	groups, err := newGroup()
	if err != nil {
		return errors.Join(err, farewell(conn, err))
	}
	g := &Guard{
		options: o, group: groups, told: make(chan message, maxUntold), working: make(chan *asked, maxAsked),
		changed: make(chan struct{}, 1), containers: map[string]*watched{},
	}
	g.boundIs.Store(int64(DefaultBound))
	// The one who answers should not wait for those who ask. It need not be allowed.
	_ = unix.Setpriority(unix.PRIO_PROCESS, 0, -10)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 4)
	go func() { ended <- g.listen(conn) }()
	go func() { ended <- g.tell(ctx, conn) }()
	go func() { ended <- g.answering(ctx) }()
	go func() { ended <- g.watchdog(ctx) }()
	go g.marking(ctx)
	for range workers {
		go g.worker(ctx)
	}
	select {
	case <-ctx.Done():
	case err = <-ended:
	}
	return errors.Join(err, groups.close(), farewell(conn, err))
}

// farewell tells the sensor why the guard ends, if it listens, and closes the connection.
func farewell(conn *os.File, err error) error {
	if err != nil {
		_ = conn.SetWriteDeadline(time.Now().Add(lookEvery))
		_ = send(conn, &message{Error: err.Error()})
	}
	return conn.Close()
}

// listen does what the sensor says until it says nothing more.
func (g *Guard) listen(conn io.Reader) error {
	for {
		m, err := receive(conn)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case m.Rules != nil:
			g.setRules(m.Rules)
		case m.Watch != nil:
			g.watch(m.Watch.Container, m.Watch.Policies)
		case m.Ping != 0:
			counts := g.counts()
			g.say(message{Pong: m.Ping, Counts: &counts})
		}
	}
}

// setRules puts other rules in force.
func (g *Guard) setRules(r *Rules) {
	g.boundIs.Store(int64(min(max(r.Bound, MinBound), MaxBound)))
	g.denyLate.Store(r.DenyLate)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.rules = *r
}

// counts returns what has been done.
func (g *Guard) counts() Counts {
	c := Counts{Asked: g.asked.Load(), Late: g.late.Load(), Hashed: g.hashed.Load(), Untold: g.untold.Load()}
	g.mu.Lock()
	defer g.mu.Unlock()
	c.Problem = g.problem
	for _, w := range g.containers {
		if w.marked {
			c.Watched++
		} else {
			c.Unwatched++
		}
	}
	return c
}

// say queues a message. The guard does not wait for the sensor.
func (g *Guard) say(m message) {
	select {
	case g.told <- m:
	default:
		g.untold.Add(1)
	}
}

// tell sends what is queued.
func (g *Guard) tell(ctx context.Context, conn io.Writer) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case m := <-g.told:
			if err := send(conn, &m); err != nil {
				return err
			}
		}
	}
}

// answering reads questions and answers those whose answer is known, until ctx is done.
func (g *Guard) answering(ctx context.Context) error {
	var questions []question
	for ctx.Err() == nil {
		g.busy.Store(0)
		if err := g.group.wait(lookEvery); err != nil {
			return err
		}
		g.busy.Store(g.options.Now().UnixNano())
		var err error
		if questions, err = g.group.read(questions[:0]); err != nil {
			return err
		}
		for _, q := range questions {
			if err := g.judge(q); err != nil {
				return err
			}
		}
	}
	return nil
}

// watchdog ends the guard when it is stuck: a question that it has not read has no deadline but this one.
func (g *Guard) watchdog(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		since := g.busy.Load()
		if since != 0 && g.options.Now().UnixNano()-since > int64(stuckAfter*g.bound()) {
			return fmt.Errorf("%w: at work for %v", errStuck, time.Duration(g.options.Now().UnixNano()-since))
		}
	}
}
