package webhook

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// server keeps what is posted, and answers as it is told.
type server struct {
	*httptest.Server
	mu          sync.Mutex
	got         []string
	answer      func(n int) int
	connections atomic.Int32
}

func newServer(t *testing.T, tls bool, answer func(n int) int) *server {
	s := &server{answer: answer}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		s.mu.Lock()
		defer s.mu.Unlock()
		if r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%s %s", r.Method, r.Header)
		}
		s.got = append(s.got, string(b))
		w.WriteHeader(s.answer(len(s.got)))
		_, _ = w.Write([]byte("answer"))
	}))
	s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			s.connections.Add(1)
		}
	}
	if tls {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

func (s *server) posted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.got...)
}

func ok(int) int { return http.StatusOK }

func sender(t *testing.T, opts Options) *Sender {
	t.Helper()
	opts.First, opts.Longest = time.Millisecond, 4*time.Millisecond
	s, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPost(t *testing.T) {
	for _, tls := range []bool{false, true} {
		srv := newServer(t, tls, ok)
		s := sender(t, Options{URL: srv.URL, Transport: srv.Client().Transport})
		want := []string{}
		for i := range 100 {
			doc := fmt.Sprintf(`{"n":%d}`, i)
			want = append(want, doc)
			s.Post([]byte(doc))
		}
		if err := s.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := srv.posted(); strings.Join(got, " ") != strings.Join(want, " ") {
			t.Errorf("got %v", got)
		}
		if n := srv.connections.Load(); n != 1 {
			t.Errorf("%d connections", n)
		}
		if st := s.Stats(); st != (Stats{Sent: 100}) {
			t.Errorf("%v", st)
		}
	}
}

// A server that fails and recovers gets everything once, in order.
func TestRecovery(t *testing.T) {
	answers := map[int]int{1: 500, 2: 503, 3: 429, 5: 502, 7: 400}
	srv := newServer(t, false, func(n int) int {
		if code, bad := answers[n]; bad {
			return code
		}
		return http.StatusNoContent
	})
	s := sender(t, Options{URL: srv.URL})
	for _, doc := range []string{"a", "b", "c", "d"} {
		s.Post([]byte(doc))
	}
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(srv.posted(), ""); got != "aaaabbcd" {
		t.Errorf("got %s", got)
	}
	if st := s.Stats(); st != (Stats{Sent: 3, Refused: 1, Failures: 4}) {
		t.Errorf("%v", st)
	}
}

// A server that is not there costs no more than the queue may have, and what waits is posted when it comes.
func TestOutage(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := sender(t, Options{URL: "http://" + address, QueueBytes: 10 * (1 + overhead)})
	for range 25 {
		s.Post([]byte("x"))
	}
	for s.Stats().Failures < 3 {
		time.Sleep(time.Millisecond)
	}
	if st := s.Stats(); st.Shed != 15 || st.Sent != 0 {
		t.Errorf("%v", st)
	}
	var got atomic.Int32
	if l, err = net.Listen("tcp", address); err != nil {
		t.Skip("somebody else took the port")
	}
	srv := &http.Server{Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) { got.Add(1) })}
	go func() { _ = srv.Serve(l) }()
	defer srv.Close()
	if err := s.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got.Load() != 10 {
		t.Errorf("%d posted", got.Load())
	}
}

// Close does not wait for ever for a server that never answers.
func TestClose(t *testing.T) {
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer srv.Close()
	defer close(release)
	s := sender(t, Options{URL: srv.URL})
	s.Post([]byte("x"))
	s.Post([]byte("y"))
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if err := s.Close(ctx); err == nil || !strings.Contains(err.Error(), "2 alerts could not be posted") {
		t.Error(err)
	}
	s.Post([]byte("z"))
	if st := s.Stats(); st.Shed != 3 {
		t.Errorf("%v", st)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, u := range []string{"", "ftp://x", "http://", "localhost:2801", "http://x\n", "://"} {
		if _, err := New(Options{URL: u}); err == nil {
			t.Errorf("%q", u)
		}
	}
}
