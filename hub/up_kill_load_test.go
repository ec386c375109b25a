//go:build cgo

package hub

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// load is what a cluster would send while a server is killed again and again:
// a log that is rotated, and a client that posts until it hears 200. Both
// carry the recorded attack, dealt over the time of the test, among ordinary
// requests.
type load struct {
	t    *testing.T
	dir  string       // of the log
	hook atomic.Value // string: where to post, "" while nobody listens
	stop atomic.Bool
	done sync.WaitGroup
	// file and posted are the lines that were sent, which are for the test
	// when done is.
	file, posted [][]byte
}

const (
	loadTick  = 20 * time.Millisecond
	perTick   = 5                      // ordinary requests of each way
	rotateAt  = 700 * time.Millisecond // each log is this old
	hookOwner = "hook"                 // cluster of what is posted
)

// startLoad begins, and deals the attack over about the given time.
func startLoad(t *testing.T, over time.Duration) *load {
	l := &load{t: t, dir: t.TempDir()}
	l.hook.Store("")
	every := max(1, int(over/loadTick)*10/(9*len(logLines(t, demoLog))))
	perTick := max(1, len(logLines(t, demoLog))*10/(9*int(over/loadTick)))
	l.done.Go(func() { l.write(newScript(t, "file", every, perTick)) })
	l.done.Go(func() { l.post(newScript(t, hookOwner, every, perTick)) })
	return l
}

// end lets both ways send what is left of the attack, and waits for them.
func (l *load) end() {
	l.stop.Store(true)
	l.done.Wait()
}

// write writes the log. Now and then a line is left unfinished for a while,
// as a writer's buffer leaves it.
func (l *load) write(s *script) {
	live := filepath.Join(l.dir, "audit.log")
	f, err := os.Create(live)
	if err != nil {
		l.t.Error(err)
		return
	}
	defer func() { f.Close() }()
	begun, logs := time.Now(), 0
	for lines := range s.ticks(&l.stop) {
		l.file = append(l.file, lines...)
		text := bytes.Join(lines, nil)
		cut := len(text) * (logs % 3) / 3
		for _, part := range [][]byte{text[:cut], text[cut:]} {
			if _, err := f.Write(part); err != nil {
				l.t.Error(err)
				return
			}
			time.Sleep(loadTick / 2)
		}
		if time.Since(begun) < rotateAt {
			continue
		}
		logs++
		f.Close()
		if err := os.Rename(live, filepath.Join(l.dir, fmt.Sprintf("audit-%04d.log", logs))); err != nil {
			l.t.Error(err)
			return
		}
		if f, err = os.Create(live); err != nil {
			l.t.Error(err)
			return
		}
		begun = time.Now()
	}
}

// post posts batches, each until it is answered 200.
func (l *load) post(s *script) {
	for lines := range s.ticks(&l.stop) {
		l.posted = append(l.posted, lines...)
		for !postLines(l.hook.Load().(string), lines) {
			time.Sleep(loadTick)
		}
		time.Sleep(loadTick)
	}
}

// postLines posts events as an API server does, and reports whether they were
// taken.
func postLines(address string, lines [][]byte) bool {
	status, _ := postStatus(address, lines)
	return status == http.StatusOK
}

// postStatus returns what a batch was answered, 0 for nothing.
func postStatus(address string, lines [][]byte) (status int, body string) {
	return postWith(address, testToken, lines)
}

// postWith is postStatus with a token.
func postWith(address, token string, lines [][]byte) (status int, body string) {
	if address == "" {
		return 0, ""
	}
	var doc bytes.Buffer
	doc.WriteString(`{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{},"items":[`)
	for i, line := range lines {
		if i > 0 {
			doc.WriteByte(',')
		}
		doc.Write(bytes.TrimSpace(line))
	}
	doc.WriteString("]}")
	r, err := http.NewRequest(http.MethodPost, "http://"+address+"/", &doc)
	if err != nil {
		return 0, err.Error()
	}
	r.Header.Set("Authorization", "Bearer "+token)
	r.Header.Set("Content-Type", "application/json")
	client := http.Client{Timeout: time.Minute}
	res, err := client.Do(r)
	if err != nil {
		return 0, err.Error()
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, err.Error() // cut off: the client cannot know
	}
	return res.StatusCode, strings.TrimSpace(string(text))
}

// script is what one way sends: lines of the recorded attack with the time at
// which they are sent, and ordinary ones.
type script struct {
	name   string
	attack [][]byte
	asked  map[string]string // by audit id: when the request was received
	n      int
	every  int // ticks between two lines of the attack
	many   int // lines of the attack at a time
}

func newScript(t *testing.T, name string, every, many int) *script {
	return &script{name: name, attack: logLines(t, demoLog), asked: map[string]string{}, every: every, many: many}
}

// ticks yields the lines of one moment after another until stop is set, and
// then what is left of the attack.
func (s *script) ticks(stop *atomic.Bool) func(func([][]byte) bool) {
	return func(yield func([][]byte) bool) {
		for i := 0; !stop.Load() || len(s.attack) > 0; i++ {
			var lines [][]byte
			for range perTick {
				lines = append(lines, s.ordinary())
			}
			if stop.Load() || i%s.every == 0 {
				n := min(s.many, len(s.attack))
				for _, line := range s.attack[:n] {
					lines = append(lines, s.now(line))
				}
				s.attack = s.attack[n:]
			}
			if !yield(lines) {
				return
			}
		}
	}
}

var (
	auditIDText  = regexp.MustCompile(`"auditID":"([^"]+)"`)
	receivedText = regexp.MustCompile(`"requestReceivedTimestamp":"[^"]+"`)
	stageText    = regexp.MustCompile(`"stageTimestamp":"[^"]+"`)
)

func timeText(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// now returns an event as if it happened now: the stages of a request keep
// the time at which it was received.
func (s *script) now(line []byte) []byte {
	now := timeText(time.Now())
	id := string(auditIDText.FindSubmatch(line)[1])
	if s.asked[id] == "" {
		s.asked[id] = now
	}
	line = receivedText.ReplaceAll(line, []byte(`"requestReceivedTimestamp":"`+s.asked[id]+`"`))
	return stageText.ReplaceAll(line, []byte(`"stageTimestamp":"`+now+`"`))
}

// ordinary returns a request of no interest.
func (s *script) ordinary() []byte {
	s.n++
	now := timeText(time.Now())
	return fmt.Appendf(nil, `{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"%s-%06d","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/shop/configmaps/settings","verb":"get","user":{"username":"system:serviceaccount:shop:app","groups":["system:serviceaccounts","system:serviceaccounts:shop","system:authenticated"]},"sourceIPs":["10.0.0.5"],"userAgent":"app/1.0","objectRef":{"resource":"configmaps","namespace":"shop","name":"settings","apiVersion":"v1"},"responseStatus":{"metadata":{},"code":200},"requestReceivedTimestamp":"%s","stageTimestamp":"%s"}`+"\n", s.name, s.n, now, now)
}
