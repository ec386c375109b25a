package node

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/test/cluster/internal/cgroup"
	"github.com/lynceus-io/lynceus/test/cluster/internal/dns"
	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
)

// Phases of a cluster's life, as Response.Phase has them.
const (
	PhaseStarting = "starting"
	PhaseReady    = "ready"
	PhaseFailed   = "failed" // Response.Cause says why; the processes stay for whoever looks
)

// supervisor runs the components and knows how they do.
type supervisor struct {
	dir    layout.Dir
	config layout.Config
	net    *network
	table  *dns.Table
	host   *os.File // the host's network namespace
	log    *slog.Logger

	mu       sync.Mutex
	phase    string
	failure  error
	holders  int
	held     bool      // somebody has held the cluster
	idle     time.Time // since when nobody holds the cluster
	forwards map[int]bool
}

// Run is the supervisor: it starts everything, answers clients, and returns when it is told to stop or when nobody has
// held the cluster for its linger time. The caller's process 1 ends what it leaves running.
func Run(ctx context.Context, d layout.Dir, log *slog.Logger) error {
	ctx, stop := signal.NotifyContext(ctx, unix.SIGTERM, unix.SIGINT)
	defer stop()
	config, err := layout.ReadConfig(d)
	if err != nil {
		return err
	}
	s := &supervisor{
		dir: d, config: config, table: dns.NewTable(layout.Domain), log: log,
		host:  os.NewFile(fdHost, "host"),
		phase: PhaseStarting, idle: time.Now(), forwards: map[int]bool{},
	}
	control, err := s.listen()
	if err != nil {
		return err
	}
	defer control.Close()
	go s.serve(ctx, control)
	go func() {
		err := s.start(ctx)
		s.mu.Lock()
		defer s.mu.Unlock()
		s.idle = time.Now()
		if s.phase == PhaseFailed {
			return
		}
		if s.phase = PhaseReady; err != nil {
			s.phase, s.failure = PhaseFailed, err
		}
	}()
	s.wait(ctx)
	return nil
}

// wait returns when the context ends or nobody needs the cluster any more.
func (s *supervisor) wait(ctx context.Context) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if s.abandoned() {
				return
			}
		}
	}
}

// firstHold is how long whoever started the cluster, on a busy machine, may take to find out how that went and to hold it.
const firstHold = time.Minute

func (s *supervisor) abandoned() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	linger := s.config.Linger
	if linger > 0 && !s.held {
		linger = max(linger, firstHold)
	}
	return linger > 0 && s.phase != PhaseStarting && s.holders == 0 && time.Since(s.idle) > linger
}

// start brings the cluster up to Ready.
func (s *supervisor) start(ctx context.Context) error {
	if err := setHostname(s.config.NodeName); err != nil {
		return err
	}
	if err := cgroup.Make(s.config.Cgroup); err != nil {
		return err
	}
	if err := writeFiles(s.dir, s.config); err != nil {
		return err
	}
	var err error
	if s.net, err = newNetwork(s.config.Programs["ip"]); err != nil {
		return err
	}
	for _, port := range s.config.Forward {
		if err := s.forwardPort(ctx, port); err != nil {
			return err
		}
	}
	if err := s.run(etcd(), containerd(), apiServer(s.dir, s.config)); err != nil {
		return err
	}
	go s.forwardAPI(os.NewFile(fdAPI, "api"))
	images := make(chan error, 1)
	go func() { images <- s.pauseImage(ctx) }()
	api, err := newAPI(s.dir, "admin")
	if err != nil {
		return err
	}
	if err := s.until(ctx, "the API server to be ready", api.ready); err != nil {
		return err
	}
	if err := s.run(controllerManager(s.dir), scheduler(s.dir)); err != nil {
		return err
	}
	if err := <-images; err != nil {
		return err
	}
	if err := s.run(kubelet(s.dir, s.config), proxy(s.config)); err != nil {
		return err
	}
	if err := s.startDNS(ctx, api); err != nil {
		return err
	}
	nodeReady := func(ctx context.Context) error { return api.nodeReady(ctx, s.config.NodeName) }
	if err := s.until(ctx, "node "+s.config.NodeName+" to be ready", nodeReady); err != nil {
		return err
	}
	return s.until(ctx, "service account default/default", api.defaultAccount)
}

// pollInterval is how often until asks.
const pollInterval = 100 * time.Millisecond

// until calls ok until it returns nil, the context ends or a component has ended.
func (s *supervisor) until(ctx context.Context, what string, ok func(context.Context) error) error {
	for {
		err := ok(ctx)
		if err == nil {
			s.log.Info("waited for " + what)
			return nil
		}
		s.mu.Lock()
		failure := s.failure
		s.mu.Unlock()
		if failure != nil {
			return failure
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("waited for %s: %w", what, errors.Join(ctx.Err(), err))
		case <-time.After(pollInterval):
		}
	}
}

// environment is what components see: nothing of whoever started the cluster.
var environment = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/run/lynceus"}

// run starts components with their logs, and watches them: none may end before the cluster does.
func (s *supervisor) run(components ...component) error {
	for _, c := range components {
		log, err := os.Create(s.dir.Log(c.name))
		if err != nil {
			return err
		}
		cmd := exec.Command(s.config.Programs[c.name], c.args...)
		cmd.Env = environment
		cmd.Stdout, cmd.Stderr = log, log
		if err := cmd.Start(); err != nil {
			return fmt.Errorf("start %s: %w", c.name, err)
		}
		_ = log.Close()
		go func() {
			err := cmd.Wait()
			s.mu.Lock()
			defer s.mu.Unlock()
			if s.failure == nil {
				s.phase, s.failure = PhaseFailed, fmt.Errorf("%s ended: %v; its log is %s", c.name, err, s.dir.Log(c.name))
			}
		}()
	}
	return nil
}
