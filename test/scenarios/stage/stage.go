// Package stage is where scenarios are played: a real cluster of their own, with people, hosts of the outside world and
// applications, and a notebook that says which request of the audit log belongs to which step.
//
// A scenario reads as a story:
//
//	mira := s.Member(s.Outside("mira", "10.20.0.11"), "mira.holm", "platform-admins")
//	mallory := mira.At(s.Outside("mallory", "203.0.113.66")) // with the leaked certificate
//	s.Attack("T1552.007", "Credential Access: Access Kubernetes secrets", "lists all secrets").
//		As(mallory).Do(func(a *stage.Act) { a.Kubectl("get", "secrets", "-A") })
//
// Everything happens inside the cluster's network: no packet leaves the machine.
package stage

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// Options say how a scenario is staged.
type Options struct {
	Policy   []byte    // the audit policy
	Seed     uint64    // of everything a scenario leaves to chance
	Programs Programs  // what runs
	Log      io.Writer // what the players see
}

// Programs are files that a stage runs.
type Programs struct {
	Cluster  string // cmd/cluster of test/cluster, static
	App      string // cmd/app of this module, static
	Lynceus  string // the product, to record the inventory with; "" records none
	Role     string // manifest of cluster role lynceus-agent, which the recording of the inventory works with
	Binaries string // directory of Kubernetes' programs; "" is the cache
}

// Stage is a running cluster and what happened in it. Methods that play may be called from several goroutines, steps of
// one actor from one at a time.
type Stage struct {
	Cluster *cluster.Cluster
	Seed    uint64

	ctx     context.Context
	log     io.Writer
	app     []byte
	kubectl string
	work    string // a directory of the stage's own
	node    *cluster.Host
	admin   *Actor

	mu       sync.Mutex
	steps    []*Step
	imported map[string]bool
	wrote    map[string]string // NAMESPACE KIND/NAME of a workload to the account that wrote it
	secrets  []string          // what no recording may hold
	recorder *recorder
	err      error
}

// Open starts a cluster and records it. The stage ends with Close; its context ends every command.
func Open(ctx context.Context, opt Options) (*Stage, error) {
	app, err := os.ReadFile(opt.Programs.App)
	if err != nil {
		return nil, err
	}
	work, err := os.MkdirTemp("", "scenario-")
	if err != nil {
		return nil, err
	}
	c, err := cluster.Up(ctx, cluster.Config{
		Dir: filepath.Join(work, "cluster"), Self: opt.Programs.Cluster, Binaries: opt.Programs.Binaries, AuditPolicy: opt.Policy,
		Linger: time.Second, // a stage that is killed leaves nothing behind
	})
	if err != nil {
		_ = os.RemoveAll(work)
		return nil, err
	}
	s := &Stage{
		Cluster: c, Seed: opt.Seed, ctx: ctx, log: opt.Log, app: app, kubectl: c.Kubectl(ctx).Path, work: work,
		imported: map[string]bool{}, wrote: map[string]string{},
	}
	if err := s.prepare(opt); err != nil {
		_ = s.Close()
		return nil, err
	}
	return s, nil
}

func (s *Stage) prepare(opt Options) (err error) {
	if s.node, err = s.Cluster.Node(); err != nil {
		return err
	}
	if s.admin, err = s.user(nodePlace{s}, "kubernetes-admin", "system:masters"); err != nil {
		return err
	}
	if opt.Programs.Lynceus != "" {
		s.recorder, err = s.startRecorder(opt.Programs)
	}
	return err
}

// Close takes the cluster down and removes the stage's files.
func (s *Stage) Close() error {
	if s.recorder != nil {
		s.recorder.stop()
	}
	err := s.Cluster.Down(context.WithoutCancel(s.ctx))
	if rmErr := os.RemoveAll(s.work); err == nil {
		err = rmErr
	}
	return err
}

// Rand is a source of chance of its own for one player: the same for the same seed and name, whatever others draw.
func (s *Stage) Rand(name string) *rand.Rand {
	h := uint64(14695981039346656037) // FNV-1a
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return rand.New(rand.NewPCG(s.Seed, h))
}

// Admin is the cluster's first administrator, on the node.
func (s *Stage) Admin() *Actor { return s.admin }

// Context ends when the scenario is to end.
func (s *Stage) Context() context.Context { return s.ctx }

// Err is the first thing that kept the scenario from being played as written. A request that is refused is none.
func (s *Stage) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// fail notes an error; the story goes on, so that one run names all that is wrong.
func (s *Stage) fail(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	err := fmt.Errorf(format, args...)
	_, _ = fmt.Fprintln(s.log, "! ", err)
	if s.err == nil {
		s.err = err
	}
}

// Sleep lets time pass.
func (s *Stage) Sleep(d time.Duration) {
	select {
	case <-s.ctx.Done():
	case <-time.After(d):
	}
}

// Outside is a machine of the outside world, or of the company's network, with one address.
func (s *Stage) Outside(name, addr string) Place {
	host, err := s.Cluster.Outside(name, []netip.Addr{netip.MustParseAddr(addr)})
	if err != nil {
		s.fail("outside host %s: %w", name, err)
		return nodePlace{s}
	}
	return hostPlace{name: name, addr: addr, host: host}
}

// client is an HTTP client whose connections start at a place.
func client(p Place, config *http.Transport) *http.Client {
	config.DialContext = p.dial
	config.ForceAttemptHTTP2 = true
	config.DisableKeepAlives = true
	return &http.Client{Transport: config, Timeout: 10 * time.Second}
}
