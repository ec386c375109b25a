//go:build linux

package sensorcmd

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/outbox"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/spool"
	"github.com/lynceus-io/lynceus/cli/alerts"
	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/collect/sensor/queue"
	"github.com/lynceus-io/lynceus/event"
)

// uplink is the way to a hub that is not on this node: an outbox, and a link that connects itself. It is an outlet for events
// in the form of wire.AppendEvent.
type uplink struct {
	*app
	to       hubFlags
	node     sensor.Node
	log      *slog.Logger
	trusted  *tls.Config
	box      *outbox.Outbox
	policies *hubPolicies  // nil unless the hub says what is stopped
	rules    *hubRules     // nil unless the hub says what is judged
	captures *captures     // nil unless the hub may capture
	queued   func() uint64 // events that were given up in memory
	alerts   atomic.Pointer[alerts.Poster]

	link    atomic.Pointer[link.Link]
	sensor  *sensor.Sensor
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// runHub runs the sensor and sends what it sees, and what rules find in it, to a hub.
func (a *app) runHub(ctx context.Context, spec sensor.Spec, from names, to hubFlags, j judging) (err error) {
	u, err := a.openUplink(to, spec.Node)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, u.end()) }()
	if u.policies != nil {
		if spec.Policies, err = u.policies.load(); err != nil {
			return err
		}
	}
	write := newHubWriter(u, a.now)
	write.quiet = j.only
	if u.rules != nil {
		j.hub = true
		if write.judge, err = u.rules.load(&spec.Plan); err != nil {
			a.say("the rules that the hub gave are not judged until it gives them again: %v", err)
		}
		u.rules.observe = write.replace
	}
	if to.captures {
		spec.Plan.Any = true
		u.captures = &captures{now: a.now, begin: func(c *sensor.Capture) error { return u.sensor.Capture(c) }, ended: func(c *capture, why string) { u.captured(write, c, why) }}
	}
	return a.runJudged(ctx, spec, from, write, j)
}

// spoolDir is the spool's directory below that of the state.
const spoolDir = "spool"

// openUplink opens the spool. end must be called.
func (a *app) openUplink(to hubFlags, node sensor.Node) (*uplink, error) {
	trusted, err := trust("--hub-ca", to.authority)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(to.state, 0o700); err != nil {
		return nil, fmt.Errorf("--state: %w", err)
	}
	if err := os.Chmod(to.state, 0o700); err != nil { // who made it for us may have let others in
		return nil, fmt.Errorf("--state: %w", err)
	}
	u := &uplink{app: a, to: to, node: node, trusted: trusted, log: slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
	if to.policies {
		u.policies = &hubPolicies{path: filepath.Join(to.state, policiesName)}
	}
	if to.rules {
		u.rules = &hubRules{path: filepath.Join(to.state, rulesName)}
	}
	box, found, err := outbox.Open(outbox.Options{
		Spool: spool.Options{Dir: filepath.Join(to.state, spoolDir), Bytes: to.spoolSize}, Source: streamSource, Now: a.now,
	})
	if err != nil {
		return nil, fmt.Errorf("--state %s: %w", to.state, err)
	}
	u.box = box
	for _, c := range found.Cut {
		a.say("%s", c)
	}
	for _, err := range found.Left {
		a.say("%v", err)
	}
	if found.Batches > 0 {
		a.say("%d batches (%d bytes) of earlier runs wait for the hub", found.Batches, found.Bytes)
	}
	return u, nil
}

func (u *uplink) put(it queue.Item, data []byte) error { return u.box.Put(it, data) }

func (u *uplink) flush() error { return u.box.Flush() }

// begin connects to the hub and sends what there is, until end.
func (u *uplink) begin(s *sensor.Sensor) {
	ctx, cancel := context.WithCancel(context.Background())
	u.cancel, u.sensor = cancel, s
	u.running.Go(func() {
		if err := u.run(ctx); err != nil && ctx.Err() == nil {
			u.say("the way to the hub has ended, events stay in the spool: %v", err)
		}
	})
}

// run enrols, connects and sends until ctx ends.
func (u *uplink) run(ctx context.Context) error {
	holder, err := u.enrol(ctx)
	if err != nil {
		return err
	}
	l, err := link.Dial(link.Options{
		Gate: holder.Gate(), Identity: holder.Identity, Hello: u.hello, Do: u.do, Now: u.now, Log: u.log,
	})
	if err != nil {
		return err
	}
	defer l.Close()
	u.link.Store(l)
	var renewing sync.WaitGroup
	renewing.Go(func() { holder.Keep(ctx, l) })
	defer renewing.Wait()
	return u.box.Run(ctx, l, func(err error) { u.say("%v", err) })
}

// drainTime is how long the end waits for what is left to be sent. The rest is sent by the next sensor of this directory.
const drainTime = 3 * time.Second

// captured tells that a capture has ended, as a row about health.
func (u *uplink) captured(w *writer, c *capture, why string) {
	u.say("%s; %s", c, why)
	e := newReporter(u.node, c.began).begin(u.now())
	event.Status.Set(e, "Success")
	event.Message.Set(e, c.String()+"; "+why)
	if err := w.encode(e); err != nil {
		u.say("it is not told that the capture has ended: %v", err)
	}
}

// end sends what is left, as far as a few seconds allow, and closes everything.
func (u *uplink) end() error {
	if l := u.link.Load(); l != nil && l.Connected() {
		ctx, cancel := context.WithTimeout(context.Background(), drainTime)
		_ = u.box.Drain(ctx) // what is left stays in the spool
		cancel()
	}
	if u.cancel != nil {
		u.cancel()
	}
	u.running.Wait()
	err := u.box.Close()
	if c := u.box.Stats(); c.Batches > 0 {
		u.say("%d batches (%d bytes) wait in %s for the hub", c.Batches, c.Disk, u.to.state)
	}
	if errors.Is(err, spool.ErrClosed) {
		return nil
	}
	return err
}

// way returns how it stands.
func (u *uplink) way() *way {
	return &way{outbox: u.box.Stats(), shed: u.box.TakeShed(), lost: u.box.TakeLost(), offset: u.offset()}
}

// offset is how far this clock is ahead of the hub's, nil before it was measured.
func (u *uplink) offset() *peer.Offset {
	if l := u.link.Load(); l != nil {
		return l.Offset()
	}
	return nil
}

// hello is what the hub is told every few seconds.
func (u *uplink) hello() peer.Hello {
	s := u.box.Stats()
	h := peer.Hello{Version: productVersion(), Waiting: s.Disk + s.Memory}
	if s.Batches == 0 {
		h.Waiting = 0
	}
	if s.Trouble != nil {
		h.Status = s.Trouble.Error()
	}
	if list := u.alerts.Load().Conditions(u.now()); len(list) > 0 && h.Status == "" {
		h.Status = list[0].Text
	}
	if u.policies != nil {
		h.Policy, h.Takes = u.policies.version(), append(h.Takes, peer.Policy)
	}
	if u.rules != nil {
		h.Rules, h.Takes = u.rules.version(), append(h.Takes, peer.Rules)
	}
	if u.captures != nil {
		h.Takes = append(h.Takes, peer.Capture)
	}
	return h
}
