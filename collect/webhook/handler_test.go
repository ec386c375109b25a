package webhook

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/event"
)

// memorySink keeps the audit IDs of what it takes.
type memorySink struct {
	mu      sync.Mutex
	ids     map[string]int
	sources map[string]int
	rejects []string
	fail    func() error // asked before each batch
}

func (s *memorySink) Take(ctx context.Context, b *audit.Batch) error {
	s.mu.Lock()
	fail := s.fail
	s.mu.Unlock()
	if fail != nil {
		if err := fail(); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids == nil {
		s.ids, s.sources = map[string]int{}, map[string]int{}
	}
	for i := range b.Len() {
		e := b.Event(i)
		s.ids[strings.Clone(event.APIRequestUID.Get(e))]++
		s.sources[event.MetadataSource.Get(e)+" "+event.K8sCluster.Get(e)]++
	}
	for _, r := range b.Rejects() {
		s.rejects = append(s.rejects, string(r.Text))
	}
	return ctx.Err()
}

func (s *memorySink) setFail(f func() error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fail = f
}

// setup is a Handler behind a server on the loopback address.
type setup struct {
	*Handler
	sink   *memorySink
	ledger *intake.Ledger
	url    string
}

func start(tb testing.TB, change func(*Options)) *setup {
	tb.Helper()
	s := &setup{sink: &memorySink{}, ledger: &intake.Ledger{}}
	opts := Options{
		Sink: s.sink, Ledger: s.ledger, Live: audit.LiveOptions{Redactor: redact.New([]byte("key"))},
		Clients: []Client{{Name: "cp-1", Cluster: "prod", TokenHash: HashToken("one")}, {Name: "cp-2", Cluster: "test", TokenHash: HashToken("two")}},
	}
	if change != nil {
		change(&opts)
	}
	var err error
	if s.Handler, err = New(opts); err != nil {
		tb.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	server := Server(s.Handler, nil, slog.New(slog.DiscardHandler))
	go server.Serve(listener)
	tb.Cleanup(func() { server.Close() })
	s.url = "http://" + listener.Addr().String()
	return s
}

// post sends a body and returns the answer.
func (s *setup) post(tb testing.TB, token string, body io.Reader, head ...string) (int, answer, http.Header) {
	tb.Helper()
	req, err := http.NewRequest(http.MethodPost, s.url, body)
	if err != nil {
		tb.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i+1 < len(head); i += 2 {
		req.Header.Set(head[i], head[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		tb.Fatal(err)
	}
	defer res.Body.Close()
	var a answer
	if err := json.NewDecoder(res.Body).Decode(&a); err != nil {
		tb.Errorf("answer: %v", err)
	}
	return res.StatusCode, a, res.Header
}

func doc(id string) string {
	return `{"kind":"Event","apiVersion":"audit.k8s.io/v1","stage":"ResponseComplete","verb":"get","auditID":"` + id + `","requestReceivedTimestamp":"2026-01-02T03:04:05Z"}`
}

func list(docs ...string) string {
	return `{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[` + strings.Join(docs, ",") + "]}"
}

func zip(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write([]byte(text))
	z.Close()
	return b.String()
}

func TestAnswers(t *testing.T) {
	for name, test := range map[string]struct {
		token, body string
		head        []string
		status      int
		events      int64
		rejected    int64
		reason      string // in Error
		count       func(Counts) int64
	}{
		"a list":          {"one", list(doc("a"), doc("b")), nil, 200, 2, 0, "", func(c Counts) int64 { return c.Accepted }},
		"an event":        {"one", doc("a"), nil, 200, 1, 0, "", nil},
		"lines":           {"one", doc("a") + "\n" + doc("b") + "\n", nil, 200, 2, 0, "", nil},
		"an array":        {"one", "[" + doc("a") + "]", nil, 200, 1, 0, "", nil},
		"an empty list":   {"one", list(), nil, 200, 0, 0, "", nil},
		"gzip":            {"one", zip(list(doc("a"))), []string{"Content-Encoding", "gzip"}, 200, 1, 0, "", nil},
		"bad events":      {"one", list(doc("a"), `{"auditID":nope}`, `{"kind":"Pod"}`, doc("b")), nil, 200, 2, 2, "", nil},
		"only bad events": {"one", list(`{"kind":"Pod"}`), nil, 200, 0, 1, "", nil},
		"list of pods":    {"one", `{"kind":"PodList","apiVersion":"v1","metadata":{},"items":[{"metadata":{"name":"web"}}]}`, nil, 400, 0, 1, `a "PodList" of "v1"`, func(c Counts) int64 { return c.Malformed }},
		"kind at the end": {"one", `{"apiVersion":"v1","items":[{"metadata":{"name":"web"}}],"kind":"PodList"}`, nil, 400, 0, 1, "PodList", nil},
		"no pods":         {"one", `{"kind":"PodList","apiVersion":"v1","items":[]}`, nil, 400, 0, 0, "PodList", nil},
		"core events":     {"one", `{"kind":"EventList","apiVersion":"v1","items":[{"kind":"Event","apiVersion":"v1"}]}`, nil, 400, 0, 1, `"EventList" of "v1"`, nil},
		"array of none":   {"one", `[{"a":1},2]`, nil, 400, 0, 2, "no audit event", nil},
		"another's list":  {"one", `{"kind":"List","apiVersion":"v1","items":[` + doc("a") + `]}`, nil, 200, 1, 0, "", nil},
		"old version":     {"one", strings.Replace(list(doc("a")), "audit.k8s.io/v1", "audit.k8s.io/v1beta1", 1), nil, 200, 1, 0, "", nil},
		"cut off":         {"one", list(doc("a"), doc("b"))[:330], nil, 200, 1, 1, "", nil},
		"nothing":         {"one", "", nil, 400, 0, 0, "empty", func(c Counts) int64 { return c.Malformed }},
		"text":            {"one", "<html>", nil, 400, 0, 1, "not valid JSON", nil},
		"other JSON":      {"one", `{"level":"info"}`, nil, 400, 0, 1, "no audit event", nil},
		"UTF-16":          {"one", "\xff\xfe{\x00}\x00", nil, 400, 0, 0, "UTF-16", nil},
		"no gzip":         {"one", list(doc("a")), []string{"Content-Encoding", "gzip"}, 400, 0, 0, "cannot be read", nil},
		"gzip cut off":    {"one", zip(list(doc("a"), doc("b")))[:100], []string{"Content-Encoding", "gzip"}, 400, 0, 0, "cannot be read", nil},
		"encoding":        {"one", "x", []string{"Content-Encoding", "br"}, 415, 0, 0, "Content-Encoding", func(c Counts) int64 { return c.Unsupported }},
		"no token":        {"", list(doc("a")), nil, 401, 0, 0, "token", func(c Counts) int64 { return c.Unauthorized }},
		"another token":   {"three", list(doc("a")), nil, 401, 0, 0, "token", nil},
		"another scheme":  {"", list(doc("a")), []string{"Authorization", "Basic one"}, 401, 0, 0, "token", nil},
		"too large":       {"one", list(doc("a"), doc(strings.Repeat("x", 1<<16))), nil, 413, 0, 0, "larger", func(c Counts) int64 { return c.TooLarge }},
		"bomb":            {"one", zip(list(doc("a"), doc(strings.Repeat("x", 1<<16)))), []string{"Content-Encoding", "gzip"}, 413, 1, 1, "larger", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := start(t, func(o *Options) { o.MaxBody = 1 << 16 })
			status, a, head := s.post(t, test.token, strings.NewReader(test.body), test.head...)
			if status != test.status || a.Events != test.events || a.Rejected != test.rejected || !strings.Contains(a.Error, test.reason) {
				t.Errorf("%d %+v", status, a)
			}
			if status == 401 && head.Get("WWW-Authenticate") != "Bearer" {
				t.Errorf("head %v", head)
			}
			if test.count != nil && test.count(s.Counts()) != 1 {
				t.Errorf("counts %+v", s.Counts())
			}
			if int64(len(s.sink.ids)) != test.events {
				t.Errorf("the sink has %v", s.sink.ids)
			}
		})
	}
	s := start(t, nil)
	req, _ := http.NewRequest(http.MethodGet, s.url, nil)
	req.Header.Set("Authorization", "bearer one")
	res, err := http.DefaultClient.Do(req)
	if err != nil || res.StatusCode != 405 || res.Header.Get("Allow") != "POST" {
		t.Errorf("GET: %v, %v", res, err)
	}
}

// TestNotDurable: while the sink fails nobody is told 200, and what comes
// again is taken.
func TestNotDurable(t *testing.T) {
	s := start(t, nil)
	s.sink.setFail(func() error { return errors.New("the disk is full") })
	status, _, head := s.post(t, "one", strings.NewReader(list(doc("a"))))
	if status != 503 || head.Get("Retry-After") != "5" || s.Counts().Unavailable != 1 {
		t.Errorf("%d, %v, %+v", status, head, s.Counts())
	}
	if a := s.ledger.Accounts()[0]; a.Failures != 1 || a.Trouble != "the disk is full" || !s.ledger.Last().IsZero() {
		t.Errorf("account %+v", a)
	}
	s.sink.setFail(nil)
	if status, _, _ = s.post(t, "one", strings.NewReader(list(doc("a")))); status != 200 || s.sink.ids["a"] != 1 {
		t.Errorf("%d, %v", status, s.sink.ids)
	}
	if a := s.ledger.Accounts()[0]; a.Trouble != "" || a.Events != 1 || s.ledger.Last().IsZero() {
		t.Errorf("account %+v", a)
	}
}

// TestConcurrent: several API servers post at once; every event that was
// acknowledged is there, once, under its client's name.
func TestConcurrent(t *testing.T) {
	s := start(t, func(o *Options) { o.Wait = time.Minute })
	const posts, events = 40, 50
	var group sync.WaitGroup
	for client, token := range []string{"one", "two"} {
		for p := range posts {
			group.Go(func() {
				var docs []string
				for i := range events {
					docs = append(docs, doc(fmt.Sprintf("%d-%d-%d", client, p, i)))
				}
				if status, a, _ := s.post(t, token, strings.NewReader(list(docs...))); status != 200 || a.Events != events {
					t.Errorf("%d %+v", status, a)
				}
			})
		}
	}
	group.Wait()
	if len(s.sink.ids) != 2*posts*events || s.sink.sources["webhook/cp-1 prod"] != posts*events || s.sink.sources["webhook/cp-2 test"] != posts*events {
		t.Errorf("%d ids, sources %v", len(s.sink.ids), s.sink.sources)
	}
	for id, n := range s.sink.ids {
		if n != 1 {
			t.Errorf("%s came %d times", id, n)
		}
	}
	if c := s.Counts(); c.Accepted != 2*posts || c.Bytes == 0 {
		t.Errorf("%+v", c)
	}
}

// TestOverload: who comes when all decoders are busy is told to come again.
func TestOverload(t *testing.T) {
	s := start(t, func(o *Options) { o.Concurrent, o.Wait = 1, time.Millisecond })
	entered, leave := make(chan bool), make(chan bool)
	s.sink.setFail(func() error { entered <- true; <-leave; return nil })
	done := make(chan int)
	go func() {
		status, _, _ := s.post(t, "one", strings.NewReader(list(doc("a"))))
		done <- status
	}()
	<-entered
	if status, a, _ := s.post(t, "one", strings.NewReader(list(doc("b")))); status != 503 {
		t.Errorf("%d %+v", status, a)
	}
	leave <- true
	if status := <-done; status != 200 {
		t.Errorf("the first got %d", status)
	}
}

// TestDisconnect: a client that goes away, or is too slow, gets no 200 and
// leaves the handler free.
func TestDisconnect(t *testing.T) {
	s := start(t, func(o *Options) { o.Concurrent, o.Timeout = 1, 200*time.Millisecond })
	for _, slow := range []bool{false, true} {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		text := list(doc("a"), doc("b"))
		fmt.Fprintf(conn, "POST / HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer one\r\nContent-Length: %d\r\n\r\n%s", len(text)+1, text)
		if slow {
			got, _ := io.ReadAll(conn)
			if bytes.Contains(got, []byte("200")) || !bytes.Contains(got, []byte("408")) {
				t.Errorf("a slow client is told %q", got)
			}
		}
		conn.Close()
		for s.Counts().Aborted == 0 { // until the first is over
			time.Sleep(time.Millisecond)
		}
	}
	if status, _, _ := s.post(t, "one", strings.NewReader(list(doc("c")))); status != 200 {
		t.Errorf("%d", status)
	}
	if c := s.Counts(); c.Aborted != 2 || c.Accepted != 1 {
		t.Errorf("%+v", c)
	}
}

// TestLargeBody: a body much larger than what is held at once.
func TestLargeBody(t *testing.T) {
	s := start(t, nil)
	const n = 20_000
	reader, writer := io.Pipe()
	go func() {
		io.WriteString(writer, `{"kind":"EventList","items":[`)
		for i := range n {
			if i > 0 {
				io.WriteString(writer, ",")
			}
			io.WriteString(writer, strings.Replace(doc(fmt.Sprint(i)), `"verb"`, `"x":"`+strings.Repeat("y", 2000)+`","verb"`, 1))
		}
		io.WriteString(writer, "]}")
		writer.Close()
	}()
	if status, a, _ := s.post(t, "one", reader); status != 200 || a.Events != n || len(s.sink.ids) != n {
		t.Errorf("%d %+v", status, a)
	}
}

// TestLargeDocument: a document that is too large is rejected, the others of
// its batch are taken.
func TestLargeDocument(t *testing.T) {
	s := start(t, func(o *Options) { o.Live.MaxDocument = 1 << 20 })
	status, a, _ := s.post(t, "one", strings.NewReader(list(doc("a"), doc(strings.Repeat("x", 3<<20)), doc("b"))))
	if status != 200 || a.Events != 2 || a.Rejected != 1 || len(s.sink.rejects) != 1 || len(s.sink.rejects[0]) > 4<<10 {
		t.Errorf("%d %+v, %d rejects", status, a, len(s.sink.rejects))
	}
}

func TestClients(t *testing.T) {
	token := HashToken("x")
	for want, clients := range map[string][]Client{
		"":                   {{Name: "a", TokenHash: token}, {Name: "b", Certificate: "cn"}},
		"has no name":        {{TokenHash: token}},
		"two clients":        {{Name: "a", TokenHash: token}, {Name: "a", Certificate: "cn"}},
		"neither":            {{Name: "a"}},
		"\"b\" shares":       {{Name: "a", TokenHash: token}, {Name: "b", TokenHash: token}},
		"with another; give": {{Name: "a", Certificate: "cn"}, {Name: "b", Certificate: "cn"}},
	} {
		err := checkClients(clients)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%q: %v", want, err)
		}
	}
	s := start(t, nil)
	if err := s.SetClients([]Client{{Name: "new", TokenHash: HashToken("new")}}); err != nil {
		t.Fatal(err)
	}
	if status, _, _ := s.post(t, "one", strings.NewReader(doc("a"))); status != 401 {
		t.Errorf("the old token: %d", status)
	}
	if status, _, _ := s.post(t, "new", strings.NewReader(doc("a"))); status != 200 {
		t.Errorf("the new token: %d", status)
	}
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(list(doc("a"), "{")), false)
	f.Add([]byte(zip(list(doc("a")))), true)
	h, err := New(Options{
		Sink: &memorySink{}, Ledger: &intake.Ledger{}, MaxBody: 1 << 16,
		Live: audit.LiveOptions{Redactor: redact.New([]byte("key"))}, Clients: []Client{{Name: "a", TokenHash: HashToken("t")}},
	})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte, zipped bool) {
		r, err := http.NewRequest(http.MethodPost, "http://x", bytes.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer t")
		if zipped {
			r.Header.Set("Content-Encoding", "gzip")
		}
		a := h.take(context.Background(), r, otherWay)
		if a.status == 200 && a.Error != "" || a.status != 200 && a.Error == "" || a.count == nil {
			t.Errorf("%+v", a)
		}
	})
}
