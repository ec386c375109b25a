package bus_test

import (
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/lynceus-io/lynceus/bus"
)

// listening starts a server as an operator would, on a free port of the
// loopback address, and returns its URL.
func listening(t *testing.T, dir string, port int) (*server.Server, string) {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: port, JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true, Username: "lynceus", Password: "secret-password"})
	if err != nil {
		t.Fatal(err)
	}
	s.Start()
	if !s.ReadyForConnections(20 * time.Second) {
		t.Fatal("the server does not start")
	}
	return s, strings.Replace(s.ClientURL(), "nats://", "nats://lynceus:secret-password@", 1)
}

func TestCluster(t *testing.T) {
	s, url := listening(t, t.TempDir(), server.RANDOM_PORT)
	defer s.Shutdown()
	b, err := bus.Open(t.Context(), bus.Options{URL: url, Consumers: []string{"store"}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	publish(t, b, "a", strings.Repeat("x", 3<<20))
	c := consumer(t, b)
	if got := pull(t, c, bus.PullOptions{MaxBytes: 16 << 20}); len(got) != 2 || len(got[1].Data) != 3<<20 {
		t.Errorf("%d payloads over the cluster", len(got))
	}
}

// A cluster that has no leader yet is waited for.
func TestClusterElects(t *testing.T) {
	if testing.Short() {
		t.Skip("an election takes half a minute")
	}
	t.Parallel()
	free := func() int {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		return l.Addr().(*net.TCPAddr).Port
	}
	peers := []int{free(), free(), free()}
	var routes []*url.URL
	for _, port := range peers {
		routes = append(routes, &url.URL{Scheme: "nats", Host: fmt.Sprintf("127.0.0.1:%d", port)})
	}
	start := func(i int) string {
		s, err := server.NewServer(&server.Options{
			ServerName: fmt.Sprintf("n%d", i), Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: t.TempDir(), NoSigs: true, NoLog: true,
			Cluster: server.ClusterOpts{Name: "test", Host: "127.0.0.1", Port: peers[i]}, Routes: routes,
		})
		if err != nil {
			t.Fatal(err)
		}
		s.Start()
		t.Cleanup(func() { s.Shutdown(); s.WaitForShutdown() })
		if !s.ReadyForConnections(time.Minute) {
			t.Fatal("the server does not start")
		}
		return s.ClientURL()
	}
	url := start(0) // alone of three
	var said logged
	go func() {
		for !said.has("trying again") && t.Context().Err() == nil {
			time.Sleep(10 * time.Millisecond)
		}
		start(1)
		start(2)
	}()
	b, err := bus.Open(t.Context(), bus.Options{URL: url, Consumers: []string{"store"}, Log: slog.New(slog.NewTextHandler(&said, nil))})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	publish(t, b, "a")
	equal(t, pull(t, consumer(t, b), bus.PullOptions{MaxMessages: 1}), "a")
}

// logged is what was logged.
type logged struct {
	mu   sync.Mutex
	text strings.Builder
}

// Write implements io.Writer.
func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *logged) has(text string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return strings.Contains(l.text.String(), text)
}

// A server that comes back finds its clients again, and they go on.
func TestServerRestart(t *testing.T) {
	dir := t.TempDir()
	s, url := listening(t, dir, server.RANDOM_PORT)
	b, err := bus.Open(t.Context(), bus.Options{URL: url, Consumers: []string{"store"}})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	publish(t, b, "a", "b")
	c := consumer(t, b)
	equal(t, pull(t, c, bus.PullOptions{MaxMessages: 1}), "a")
	port := s.Addr().String()[strings.LastIndexByte(s.Addr().String(), ':')+1:]
	s.Shutdown()
	s.WaitForShutdown()
	n := 0
	for _, digit := range port {
		n = 10*n + int(digit-'0')
	}
	s, _ = listening(t, dir, n)
	defer s.Shutdown()
	var got []string
	for deadline := time.Now().Add(3 * time.Minute); len(got) == 0 && time.Now().Before(deadline); {
		ms, err := c.Pull(t.Context(), bus.PullOptions{Wait: 100 * time.Millisecond})
		if err != nil {
			t.Logf("while the server is away: %v", err)
			time.Sleep(100 * time.Millisecond)
		}
		got = append(got, texts(ms)...)
	}
	if len(got) != 1 || got[0] != "b" {
		t.Errorf("after the restart came %q, want b", got)
	}
}

func TestErrorsKeepPasswords(t *testing.T) {
	_, err := bus.Open(t.Context(), bus.Options{URL: "nats://lynceus:secret-password@127.0.0.1:1", Consumers: []string{"store"}})
	if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "127.0.0.1:1") {
		t.Errorf("the error says %v", err)
	}
}
