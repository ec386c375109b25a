//go:build cgo

package hub

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/internal/require"
)

// What the children of TestKillApart are told.
const (
	apartChildData = "LYNCEUS_TEST_APART_DATA"
	apartChildBus  = "LYNCEUS_TEST_APART_BUS"
	apartChildRole = "LYNCEUS_TEST_APART_ROLE"
	apartChildHook = "LYNCEUS_TEST_APART_HOOK"
	apartChildTTL  = "LYNCEUS_TEST_APART_TTL"
	apartChildPKI  = "LYNCEUS_TEST_APART_PKI"
)

// apartClusters are whose events are sent, apartTTL is how long a process may be silent that meets others on one server.
var apartClusters = []string{"a", "b", "c", "d"}

const apartTTL = 3 * time.Second

// TestApartChild is a process with one role, until it is killed. It is the other half of TestKillApart.
func TestApartChild(t *testing.T) {
	dir := os.Getenv(apartChildData)
	if dir == "" {
		t.Skip("the other half of TestKillApart")
	}
	list, err := ParseRoles(os.Getenv(apartChildRole))
	if err != nil {
		t.Fatal(err)
	}
	ttl, err := time.ParseDuration(os.Getenv(apartChildTTL))
	if err != nil {
		t.Fatal(err)
	}
	o := UpOptions{
		Dir: dir, Listen: "127.0.0.1:0", Roles: list, Bus: apartBus{url: os.Getenv(apartChildBus), ttl: ttl, pki: os.Getenv(apartChildPKI)}.options(t), Rules: builtinRules(t), Maintain: 200 * time.Millisecond,
		Log: slog.New(slog.NewTextHandler(os.Stdout, &slog.HandlerOptions{Level: slog.LevelError})),
	}
	if slices.Contains(list, Intake) {
		o.Webhook = manyClusters(apartClusters...)
		o.Webhook.Listen = os.Getenv(apartChildHook)
	}
	u, err := Start(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Println("serves")
	t.Fatal(u.Wait(context.Background()))
}

// Copies that are killed at random moments change nothing of what is stored, found and counted: it is what one process
// that nobody killed has.
func TestKillApart(t *testing.T) { killApart(t, 4, apartBus{url: natsServer(t), ttl: apartTTL}) }

func TestSoakKillApart(t *testing.T) {
	require.Soak(t)
	killApart(t, 40, apartBus{url: natsServer(t), ttl: apartTTL})
}

// apartBus is what the processes of killApart meet on.
type apartBus struct {
	url     string
	ttl     time.Duration // how long a process may be silent; 0 means the default
	pki     string        // directory of busAuthority; "" for one server without TLS
	servers *natsCluster  // that are killed, too; nil for none
}

func (b apartBus) options(t *testing.T) *BusOptions {
	o := &BusOptions{URL: b.url, TTL: b.ttl, TLS: busTLS(t, b.pki)}
	if b.pki != "" {
		o.Replicas = 3
	}
	return o
}

func killApart(t *testing.T, kills int, bus apartBus) {
	if testing.Short() {
		t.Skip("kills processes for a minute")
	}
	t.Parallel()
	lines := logLines(t, demoLog)
	one := apart(t, UpOptions{Webhook: manyClusters(apartClusters...)})
	defer stopUp(t, one)
	for _, c := range apartClusters {
		postAs(t, one.WebhookAddress, c, lines)
	}

	hook := freePort(t)
	kept := withKey(t, t.TempDir())
	children := map[string]*apartChild{
		"detection 1": {role: "detection", dir: withKey(t, t.TempDir())},
		"detection 2": {role: "detection", dir: withKey(t, t.TempDir())},
		"detection 3": {role: "detection", dir: withKey(t, t.TempDir())},
		"intake":      {role: "intake", dir: withKey(t, t.TempDir()), hook: hook},
		"storage":     {role: "storage,api", dir: kept},
	}
	names := []string{"detection 1", "detection 2", "detection 3", "intake", "storage"}
	for _, name := range []string{"storage", "intake", "detection 1", "detection 2", "detection 3"} {
		children[name].start(t, bus)
	}
	var sending sync.WaitGroup
	pace := time.Duration(kills) * 2500 * time.Millisecond / time.Duration(len(lines)/20+1)
	for _, c := range apartClusters {
		sending.Go(func() {
			for part := range slices.Chunk(lines, 20) {
				for end := time.Now().Add(3 * time.Minute); ; time.Sleep(50 * time.Millisecond) {
					if status, _ := postWith(hook, clientToken(c), part); status == 200 {
						break
					}
					if time.Now().After(end) {
						t.Error("nobody takes what is posted")
						return
					}
				}
				time.Sleep(pace)
			}
		})
	}
	// One is stopped until others have what it held, and goes on then without knowing.
	stopped := children["detection 3"]
	stopped.signal(t, syscall.SIGSTOP)
	stopped.pause = time.AfterFunc(2*bus.ttl, func() { stopped.signal(t, syscall.SIGCONT) })
	r := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	// revive starts again what ended since it could not reach the bus for as long as a lease holds, as whoever runs it does.
	revive := func() {
		for _, name := range names {
			if c := children[name]; bus.servers != nil && c.ended() {
				t.Logf("%s ended by itself, and is started again:\n%s", name, c.words())
				c.start(t, bus)
			}
		}
	}
	for i := range kills {
		revive()
		time.Sleep(time.Duration(r.IntN(2500)) * time.Millisecond)
		name := names[r.IntN(len(names))]
		if name == "detection 3" {
			name = "detection 1" // it is stopped, or was
		}
		if i < 2 {
			name = names[i] // those that judge are what this is about
		}
		if bus.servers != nil && i%5 == 4 { // one of three, which the others do without
			server := r.IntN(3)
			t.Logf("kill %d: server %d of the bus, and %s", i+1, server, name)
			bus.servers.kill(server)
			bus.servers.start(server)
		} else {
			t.Logf("kill %d: %s", i+1, name)
		}
		if !children[name].ended() || bus.servers == nil {
			children[name].kill(t)
		}
		children[name].start(t, bus)
	}
	revive()
	sending.Wait()
	for _, name := range names[3:] {
		if !children[name].ended() || bus.servers == nil {
			children[name].kill(t)
		}
	}
	store := apart(t, UpOptions{Dir: kept, Bus: bus.options(t)}, Storage, Answers)
	defer stopUp(t, store)
	until(t, 3*time.Minute+4*bus.ttl, "not all is stored", func() bool { return !one.behind(t.Context()) && !store.behind(t.Context()) })
	for _, kql := range []string{"audit | count", "audit | distinct metadata.uid | count"} {
		if got, want := number(t, store.store, kql), number(t, one.store, kql); got != want {
			t.Errorf("%s: %s, and %s by one process", kql, got, want)
		}
	}
	sameFound(t, store, one)
}

// apartChild is a process with one role.
type apartChild struct {
	role, dir, hook string

	cmd  *exec.Cmd
	mu   sync.Mutex
	said []string
	// pause goes on with a process that is stopped; nil where it never was.
	pause *time.Timer
	read  chan struct{} // closed when it has ended
}

// start starts the process, and returns when it serves. Where servers of the bus are killed it may take several attempts.
func (c *apartChild) start(t *testing.T, bus apartBus) {
	t.Helper()
	c.startUpTo(t, bus, 5)
}

// ended reports whether the process is no more.
func (c *apartChild) ended() bool {
	select {
	case <-c.read:
		return true
	default:
		return false
	}
}

func (c *apartChild) startUpTo(t *testing.T, bus apartBus, again int) {
	t.Helper()
	c.mu.Lock()
	c.said = nil
	c.mu.Unlock()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c.cmd = exec.Command(self, "-test.run=^TestApartChild$", "-test.v")
	c.cmd.Env = append(os.Environ(), apartChildData+"="+c.dir, apartChildBus+"="+bus.url, apartChildPKI+"="+bus.pki, apartChildRole+"="+c.role, apartChildHook+"="+c.hook, apartChildTTL+"="+bus.ttl.String())
	out, err := c.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	process := c.cmd.Process
	t.Cleanup(func() { _ = process.Kill() }) // where it still runs
	serves := make(chan struct{})
	c.read = make(chan struct{})
	go func() {
		defer close(c.read)
		for scan := bufio.NewScanner(out); scan.Scan(); {
			c.mu.Lock()
			c.said = append(c.said, scan.Text())
			c.mu.Unlock()
			if scan.Text() == "serves" {
				close(serves)
			}
		}
	}()
	select {
	case <-serves:
	case <-c.read:
		if bus.servers != nil && again > 0 {
			t.Logf("%s did not reach the bus, and is started again:\n%s", c.role, c.words())
			c.startUpTo(t, bus, again-1)
			return
		}
		t.Fatalf("%s ended by itself:\n%s", c.role, c.words())
	case <-time.After(2 * time.Minute):
		t.Fatalf("%s does not start:\n%s", c.role, c.words())
	}
}

func (c *apartChild) words() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return strings.Join(c.said, "\n")
}

func (c *apartChild) signal(t *testing.T, s os.Signal) {
	if err := c.cmd.Process.Signal(s); err != nil {
		t.Errorf("%s cannot be told %v: %v", c.role, s, err)
	}
}

func (c *apartChild) kill(t *testing.T) {
	t.Helper()
	if c.pause != nil {
		c.pause.Stop()
	}
	_ = c.cmd.Process.Kill()
	<-c.read
	if _ = c.cmd.Wait(); c.cmd.ProcessState.Exited() { // a killed process did not exit
		t.Fatalf("%s ended by itself:\n%s", c.role, c.words())
	}
}
