//go:build cgo

package hub

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/internal/require"
)

// What a server of a cluster of NATS is told by its environment: its name, directory, address for clients and for the others,
// the others', and where its certificate is, if it is to speak TLS.
const natsChild = "LYNCEUS_TEST_NATS"

// TestFaultNATSChild is one server of a cluster, until it is killed. It is the other half of TestFaultNATS.
func TestFaultNATSChild(t *testing.T) {
	words := strings.Fields(os.Getenv(natsChild))
	if len(words) < 5 {
		t.Skip("the other half of TestFaultNATS")
	}
	var clients, peers int
	if _, err := fmt.Sscan(words[2]+" "+words[3], &clients, &peers); err != nil {
		t.Fatal(err)
	}
	var routes []*url.URL
	for port := range strings.SplitSeq(words[4], ",") {
		routes = append(routes, &url.URL{Scheme: "nats", Host: "127.0.0.1:" + port})
	}
	o := &server.Options{
		ServerName: words[0], StoreDir: words[1], Host: "127.0.0.1", Port: clients, JetStream: true, NoSigs: true, SyncAlways: true,
		Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: peers}, Routes: routes,
	}
	if len(words) > 5 {
		o.TLS, o.TLSVerify, o.TLSConfig, o.TLSTimeout = true, true, busTLS(t, words[5]), handshake
		o.Cluster.TLSConfig, o.Cluster.TLSTimeout = busTLS(t, words[5]), handshake
	}
	s, err := server.NewServer(o)
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(time.Minute) {
		t.Fatal("the server does not start")
	}
	fmt.Println("serves")
	_, _ = bufio.NewReader(os.Stdin).ReadByte() // until the test ends, however it does
}

// handshake is how long TLS may take with a server, in seconds: long, on a busy machine.
const handshake = 60

// natsCluster is three servers, each a process.
type natsCluster struct {
	pki     string // directory of busAuthority; "" without TLS
	t       *testing.T
	self    string
	names   []string
	dirs    []string
	clients []string // ports
	peers   []string
	running []*exec.Cmd
}

// startNATS starts the servers; with a directory of busAuthority they speak TLS only, with those who have a certificate.
func startNATS(t *testing.T, pki string) *natsCluster {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &natsCluster{t: t, pki: pki, self: self, running: make([]*exec.Cmd, 3)}
	for i := range c.running {
		c.names = append(c.names, fmt.Sprint("s", i))
		c.dirs = append(c.dirs, t.TempDir())
		for _, ports := range []*[]string{&c.clients, &c.peers} {
			_, port, _ := strings.Cut(freePort(t), ":")
			*ports = append(*ports, port)
		}
	}
	t.Cleanup(func() {
		for i := range c.running {
			c.kill(i)
		}
	})
	for i := range c.running {
		c.start(i)
	}
	until(t, 2*time.Minute, "the servers do not find each other", c.found)
	return c
}

// found reports whether the servers have agreed who leads them.
func (c *natsCluster) found() bool {
	conn, err := nats.Connect(c.url(), c.secure)
	if err != nil {
		return false
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), time.Second)
	defer cancel()
	_, err = js.CreateOrUpdateStream(ctx, jetstream.StreamConfig{Name: "found", Replicas: len(c.running)})
	return err == nil
}

// start starts a server, which has said that it serves when it returns.
func (c *natsCluster) start(i int) {
	c.t.Helper()
	cmd := exec.Command(c.self, "-test.run=^TestFaultNATSChild$", "-test.timeout=0")
	cmd.Env = append(os.Environ(), natsChild+"="+strings.Join([]string{c.names[i], c.dirs[i], c.clients[i], c.peers[i], strings.Join(c.peers, ","), c.pki}, " "))
	out, err := cmd.StdoutPipe()
	if err != nil {
		c.t.Fatal(err)
	}
	if _, err := cmd.StdinPipe(); err != nil {
		c.t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		c.t.Fatal(err)
	}
	c.running[i] = cmd
	lines := bufio.NewScanner(out)
	for lines.Scan() && lines.Text() != "serves" {
	}
	if lines.Text() != "serves" {
		c.t.Fatalf("server %s does not serve: %v", c.names[i], lines.Err())
	}
	go func() {
		for lines.Scan() { // or it would wait
		}
	}()
}

func (c *natsCluster) kill(i int) {
	if c.running[i] != nil {
		_ = c.running[i].Process.Kill()
		_ = c.running[i].Wait()
		c.running[i] = nil
	}
}

func (c *natsCluster) url() string {
	var all []string
	for _, port := range c.clients {
		if c.pki == "" {
			all = append(all, "nats://127.0.0.1:"+port)
		} else {
			all = append(all, "tls://127.0.0.1:"+port)
		}
	}
	return strings.Join(all, ",")
}

// secure has a connection speak TLS where the servers do.
func (c *natsCluster) secure(o *nats.Options) error {
	if c.pki == "" {
		return nil
	}
	return nats.Secure(busTLS(c.t, c.pki))(o)
}

// bus is how to reach the servers, which keep three copies.
func (c *natsCluster) bus(partitions int) *BusOptions {
	return &BusOptions{URL: c.url(), TLS: busTLS(c.t, c.pki), Replicas: len(c.running), Partitions: partitions}
}

// leader is who leads the stream of events, -1 for nobody at the moment. whole is whether all three have all of it.
func (c *natsCluster) leader(u *Up) (i int, whole bool) {
	s, err := u.bus.JetStream().Stream(c.t.Context(), "lynceus_events_0")
	if err != nil {
		return -1, false
	}
	info := s.CachedInfo().Cluster
	if info == nil {
		return -1, false
	}
	whole = len(info.Replicas) == 2
	for _, r := range info.Replicas {
		whole = whole && r.Current && !r.Offline
	}
	return slices.Index(c.names, info.Leader), whole
}

// Of three servers of NATS one is killed, and comes back, while batches are published and read: one that leads, or another. In the
// long form all three are in the end, which is told.
func TestFaultNATS(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time limits of some seconds")
	}
	natsFault(t, 1)
}

func TestSoakFaultNATS(t *testing.T) {
	require.Soak(t)
	natsFault(t, 30)
}

func natsFault(t *testing.T, rounds int) {
	t.Parallel()
	c := startNATS(t, "")
	o := UpOptions{
		Dir: t.TempDir(), Listen: freePort(t), Gate: &GateOptions{Listen: freePort(t)}, Rules: builtinRules(t), Maintain: time.Second, Log: logs(t),
		Bus: c.bus(0),
	}
	u, err := Start(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = u.Stop() }) // what it could not hand back was its successor's
	_, p := proof(t, o.Dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	s := sensorFor(t, sensorOptions{hub: u.Address(), node: "n1", proof: p, dir: t.TempDir()})
	moves(t, s)
	ended := 0
	// wait waits for something. A hub that could not reach the bus for as long as its lease holds ends, and whoever runs it
	// starts it again.
	wait := func(what string, ok func() bool) {
		t.Helper()
		until(t, 3*time.Minute, what, func() bool {
			select {
			case err := <-u.failed:
				t.Logf("the hub ends, and is started again: %v", err)
				ended++
				_ = u.Stop()
				if u, err = Start(t.Context(), o); err != nil {
					t.Fatal(err)
				}
			default:
			}
			return ok()
		})
	}
	for round := range rounds {
		var victim int
		wait("the cluster is not whole", func() (whole bool) {
			victim, whole = c.leader(u)
			return whole && victim >= 0
		})
		led := "leads"
		if round%2 == 1 {
			victim, led = (victim+1+round/2%2)%3, "follows"
		}
		c.kill(victim)
		began := time.Now()
		sent := s.box.Stats().Sent
		wait("nothing comes to the hub", func() bool { return s.box.Stats().Sent > sent })
		t.Logf("round %d: without %s, which %s, it went on after %v", round, c.names[victim], led, time.Since(began).Round(time.Millisecond))
		time.Sleep(500 * time.Millisecond)
		c.start(victim)
	}
	s.quiet()
	wait("not all comes to the hub", func() bool { return s.box.Flush() == nil && s.box.Stats().Batches == 0 && !u.behind(t.Context()) })
	t.Logf("the hub was started again %d times", ended)
	allThere(t, u, finish(t, s))
	if rounds == 1 {
		return
	}
	for i := range c.running {
		c.kill(i)
	}
	began := time.Now()
	until(t, time.Minute, "nobody says that the bus is gone", func() bool {
		return slices.ContainsFunc(u.books.Conditions(), func(c coverage.Condition) bool { return c.Code == "bus-down" && c.Level == coverage.Failure })
	})
	t.Logf("that no server is left is told after %v", time.Since(began).Round(time.Millisecond))
	for i := range c.running { // or the hub would wait for them when it ends
		c.start(i)
	}
}
