//go:build linux

package sensorcmd

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"sync/atomic"
	"time"

	"github.com/lynceus-io/lynceus/cli/spawn"
	"github.com/lynceus-io/lynceus/collect/sensor"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
)

// trialCommand is the command with which a sensor runs its own program to see whether its hooks see that. It does
// nothing.
const trialCommand = "trial"

// isTrial reports whether arguments are those of such a run.
func isTrial(args []string) bool { return len(args) == 2 && args[0] == trialCommand }

// trialEvery is how often a trial is made.
const trialEvery = time.Minute

// trialTime is how long the program may take to end: it does nothing.
const trialTime = 10 * time.Second

// trials are programs that the sensor starts itself, each under a name that nobody can guess, to see whether they come
// out as events. Those events are taken away before anything else sees them: each becomes one row about health.
type trials struct {
	node   sensor.Node
	now    func() time.Time
	put    func(*event.Event) error
	hasher *event.UIDHasher
	row    event.Event

	secret  atomic.Pointer[trial] // that is under way, nil for none
	process string                // identity of the process of one that was seen
}

// trial is one under way.
type trial struct {
	secret string
	began  time.Time
}

func newTrials(node sensor.Node, now func() time.Time, put func(*event.Event) error) *trials {
	return &trials{node: node, now: now, put: put, hasher: event.NewUIDHasher()}
}

// run makes trials until ctx ends. One that cannot be made is made again a minute later: the hub misses them.
func (t *trials) run(ctx context.Context) {
	tick := time.NewTicker(trialEvery)
	defer tick.Stop()
	for {
		t.start()
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// start starts a program and waits for its end.
func (t *trials) start() {
	path, err := os.Executable()
	if err != nil {
		return
	}
	one := &trial{secret: rand.Text(), began: t.now()}
	t.secret.Store(one)
	child, err := spawn.Start(spawn.Options{Path: path, Args: []string{trialCommand, one.secret}})
	if err != nil {
		return
	}
	defer time.AfterFunc(trialTime, child.Kill).Stop()
	_, _ = child.Wait() // however it ended, it was started
}

// takes reports whether an event is of a trial, and so nobody else's. The first of one becomes a row about health. It is
// for the goroutine of the sensor.
func (t *trials) takes(e *event.Event) (bool, error) {
	one := t.secret.Load()
	if one == nil {
		return false, nil
	}
	if t.process != "" && (event.ProcessUID.Get(e) == t.process || event.ActorProcessUID.Get(e) == t.process) {
		if e.Class == event.ClassProcess && event.Activity.Get(e) == "Terminate" {
			t.process = ""
			t.secret.CompareAndSwap(one, nil)
		}
		return true, nil
	}
	if e.Class != event.ClassProcess || !strings.HasSuffix(event.ProcessCmdLine.Get(e), one.secret) {
		return false, nil
	}
	if parent, _ := event.ProcessParentProcessPID.Get(e); parent != int64(os.Getpid()) {
		return false, nil // somebody else's, who has read the name
	}
	t.process = strings.Clone(event.ProcessUID.Get(e))
	a := coverage.Account{
		Key: coverage.Key{Cluster: t.node.Cluster, Node: t.node.Name, Source: coverage.SensorSource}, ClusterUID: t.node.ClusterUID, Role: coverage.Sensor, Kind: coverage.Trial,
		Reporter: streamSource, From: one.began, To: t.now(),
	}
	coverage.Fill(&t.row, &a, a.To, t.hasher)
	return true, t.put(&t.row)
}
