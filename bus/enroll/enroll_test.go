package enroll_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

// api is an API that enrolls.
type api struct {
	authority *pki.Authority
	name      peer.Name

	mu     sync.Mutex
	asked  int
	status int // other than created, to answer with
	text   string
	header http.Header
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.asked++
	a.header = r.Header.Clone()
	if a.status != 0 {
		w.Header().Set("Location", "http://127.0.0.1:1/")
		w.WriteHeader(a.status)
		_, _ = w.Write([]byte(a.text))
		return
	}
	var in enroll.Request
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil || r.URL.Path != enroll.Path || r.Method != http.MethodPost {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c, err := a.authority.Issue([]byte(in.PEM), a.name)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	w.WriteHeader(http.StatusCreated)
	_ = json.NewEncoder(w).Encode(peer.Issued{Certificate: c, Authorities: a.authority.Authorities(), Gate: ":4223"})
}

func newAPI(t *testing.T, now func() time.Time) *api {
	t.Helper()
	authority, err := pki.Open(t.TempDir(), now)
	if err != nil {
		t.Fatal(err)
	}
	return &api{authority: authority, name: peer.Name{Kind: peer.Sensor, Cluster: "prod", Node: "n"}}
}

func (a *api) answer(status int, text string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.status, a.text = status, text
}

func TestEnroll(t *testing.T) {
	a := newAPI(t, time.Now)
	s := httptest.NewServer(a)
	defer s.Close()
	hub := enroll.Hub{URL: s.URL}
	id, gate, err := hub.Enroll(t.Context(), enroll.Proof{Token: "secret", Node: "n"})
	if err != nil || id.Name != a.name || gate != "127.0.0.1:4223" || a.header.Get("Authorization") != "Bearer secret" {
		t.Errorf("%+v %s %v, header %v", id, gate, err, a.header)
	}
	if _, _, err = hub.Enroll(t.Context(), enroll.Proof{Token: "secret", Kubernetes: true, Cluster: "prod"}); err != nil || a.header.Get("Authorization") != "" {
		t.Errorf("%v, header %v", err, a.header)
	}
	for _, tt := range []struct {
		status int
		text   string
		want   string
		is     error
	}{
		{403, `{"message":"no"}`, "403 Forbidden: no", enroll.ErrRefused},
		{401, `{"message":"who"}`, "who", enroll.ErrRefused},
		{503, `{"message":"` + enroll.GateMissing + ` is not available on this server"}`, "gate", enroll.ErrNoGate},
		{503, `{"message":"later"}`, "later", nil},
		{404, `{"message":"there is no such page"}`, "no such", enroll.ErrNoGate},
		{302, "", "is this the address", nil},
		{201, "{", "unexpected end", nil},
		{201, "{}", "an identity has", nil},
		{201, strings.Repeat("x", 1<<20), "invalid", nil},
	} {
		a.answer(tt.status, tt.text)
		_, _, err := hub.Enroll(t.Context(), enroll.Proof{Token: "secret"})
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%d %.40s: %v", tt.status, tt.text, err)
		}
		for _, other := range []error{enroll.ErrRefused, enroll.ErrNoGate} {
			if errors.Is(err, other) != (tt.is == other) {
				t.Errorf("%d %.40s: %v", tt.status, tt.text, err)
			}
		}
	}
	for _, url := range []string{"", "hub", "http://hub.example.org", "https://", "ftp://127.0.0.1", "https://user@hub", "https://hub?x", "http://10.0.0.1:7443"} {
		if _, _, err := (enroll.Hub{URL: url}).Enroll(t.Context(), enroll.Proof{Token: "secret"}); err == nil {
			t.Errorf("%q is taken for a hub", url)
		}
	}
}

func TestAnIdentityIsKept(t *testing.T) {
	a := newAPI(t, time.Now)
	s := httptest.NewServer(a)
	defer s.Close()
	dir := filepath.Join(t.TempDir(), "identity")
	o := enroll.Options{Hub: enroll.Hub{URL: s.URL}, Proof: func() (enroll.Proof, error) { return enroll.Proof{Token: "x"}, nil }, Dir: dir}
	hold := func() *enroll.Holder {
		t.Helper()
		h, err := enroll.Hold(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		if id, err := h.Identity(); err != nil || id.Name != a.name || h.Gate() != "127.0.0.1:4223" {
			t.Errorf("%+v %v %s", id, err, h.Gate())
		}
		return h
	}
	hold()
	hold()
	if a.asked != 1 {
		t.Errorf("asked %d times", a.asked)
	}
	info, err := os.Stat(filepath.Join(dir, "identity.pem"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	o.Hub.URL += "/" // another hub
	hold()
	if err := os.WriteFile(filepath.Join(dir, "identity.pem"), []byte("damaged"), 0o600); err != nil {
		t.Fatal(err)
	}
	hold()
	if a.asked != 3 {
		t.Errorf("asked %d times", a.asked)
	}
	o.Now = func() time.Time { return time.Now().Add(pki.Life) }
	hold()
	if a.asked != 4 {
		t.Errorf("with a certificate that ended: asked %d times", a.asked)
	}
	a.answer(403, `{"message":"no"}`)
	o.Dir = ""
	if _, err := enroll.Hold(t.Context(), o); !errors.Is(err, enroll.ErrRefused) {
		t.Errorf("%v", err)
	}
}

// fakeLink renews by an authority, or fails.
type fakeLink struct {
	a *api

	mu      sync.Mutex
	away    bool
	failing bool
	renewed int
}

func (l *fakeLink) Connected() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.away
}

func (l *fakeLink) times() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.renewed
}

func (l *fakeLink) Renew(_ context.Context, request string) (peer.Issued, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failing {
		return peer.Issued{}, errors.New("refused")
	}
	l.renewed++
	c, err := l.a.authority.Issue([]byte(request), l.a.name)
	return peer.Issued{Certificate: c, Authorities: l.a.authority.Authorities()}, err
}

func TestAnIdentityIsRenewed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newAPI(t, time.Now)
		r, err := pki.NewRequest()
		if err != nil {
			t.Fatal(err)
		}
		c, err := a.authority.Issue([]byte(r.PEM), a.name)
		if err != nil {
			t.Fatal(err)
		}
		first, err := r.Identity(peer.Issued{Certificate: c, Authorities: a.authority.Authorities()})
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		const url = "https://hub.invalid"
		for name, text := range map[string]string{"identity.pem": string(first.Encode()), "gate": url + "\nhub.invalid:4223\n"} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		var proofs atomic.Int64
		h, err := enroll.Hold(t.Context(), enroll.Options{Hub: enroll.Hub{URL: url}, Dir: dir, Proof: func() (enroll.Proof, error) {
			proofs.Add(1)
			return enroll.Proof{}, errors.New("no token")
		}})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		l := &fakeLink{a: a}
		ended := make(chan struct{})
		go func() {
			h.Keep(ctx, l)
			close(ended)
		}()
		time.Sleep(pki.Life/2 - time.Minute)
		if l.times() != 0 {
			t.Error("renewed early")
		}
		time.Sleep(2 * time.Minute)
		id, err := h.Identity()
		if l.times() != 1 || err != nil || !id.Ends.After(first.Ends) || proofs.Load() != 0 {
			t.Errorf("renewed %d times, proved %d times, ends %v, %v", l.times(), proofs.Load(), id.Ends, err)
		}
		time.Sleep(3 * pki.Life)
		if l.times() < 6 || l.times() > 8 {
			t.Errorf("renewed %d times in three days", l.times())
		}
		l.mu.Lock()
		l.failing = true
		l.mu.Unlock()
		time.Sleep(pki.Life)
		if proofs.Load() == 0 {
			t.Error("nothing was proved where renewal failed")
		}
		proofs.Store(0)
		l.mu.Lock()
		l.failing, l.away = false, true
		l.mu.Unlock()
		time.Sleep(10 * time.Minute)
		if proofs.Load() == 0 {
			t.Error("nothing was proved where the hub did not let this peer in")
		}
		cancel()
		<-ended
	})
}
