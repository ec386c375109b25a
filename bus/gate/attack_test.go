package gate_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go"

	"github.com/lynceus-io/lynceus/bus/gate"
	"github.com/lynceus-io/lynceus/bus/link"
	"github.com/lynceus-io/lynceus/bus/peer"
	"github.com/lynceus-io/lynceus/bus/pki"
)

// attacker is a connection of somebody who has NATS's client and a certificate.
func (h *hub) attacker(t *testing.T, c *tls.Certificate, more ...nats.Option) (*nats.Conn, error) {
	t.Helper()
	config := &tls.Config{InsecureSkipVerify: true}
	if c != nil {
		config.Certificates = []tls.Certificate{*c}
	}
	conn, err := nats.Connect("tls://"+h.Address().String(), append([]nats.Option{
		nats.Secure(config), nats.TLSHandshakeFirst(), nats.NoReconnect(), nats.Timeout(5 * time.Second), nats.ErrorHandler(func(*nats.Conn, *nats.Subscription, error) {}),
	}, more...)...)
	if err == nil {
		t.Cleanup(conn.Close)
	}
	return conn, err
}

// forged is a certificate as somebody might make or buy it.
func forged(t *testing.T, template *x509.Certificate) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template.SerialNumber, template.NotBefore, template.NotAfter = big.NewInt(1), time.Now().Add(-time.Hour), time.Now().Add(time.Hour)
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

func TestStrangersAreNotLetIn(t *testing.T) {
	h := openHub(t, func(o *gate.Options) {
		o.Allowed = func(n peer.Name) error {
			if n.Proof == "revoked" {
				return errors.New("the token that it enrolled with was revoked")
			}
			return nil
		}
	})
	other, err := pki.Open(t.TempDir(), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	revoked := node("n")
	revoked.Proof = "revoked"
	uri := node("n").URI()
	for _, tt := range []struct {
		name, want string
		c          *tls.Certificate
	}{
		{"none", "", nil},
		{"of another authority", "unknown authority", identity(t, other, node("n")).Certificate},
		{"made by oneself", "unknown authority", forged(t, &x509.Certificate{URIs: []*url.URL{uri}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}})},
		{"made by oneself, as an authority", "unknown authority", forged(t, &x509.Certificate{URIs: []*url.URL{uri}, IsCA: true, BasicConstraintsValid: true})},
		{"signed by a peer", "", signedBy(t, identity(t, h.authority, node("m")), uri)},
		{"of a peer whose token was revoked", "revoked", identity(t, h.authority, revoked).Certificate},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := h.Counts().Refused
			conn, err := h.attacker(t, tt.c)
			if err == nil {
				err = conn.FlushTimeout(time.Second)
			}
			if err == nil {
				t.Fatal("was let in")
			}
			eventually(t, "it is counted", func() bool { return tt.c == nil || h.Counts().Refused > before })
			if !strings.Contains(h.log.String(), tt.want) {
				t.Errorf("the log does not say %q", tt.want)
			}
			time.Sleep(1100 * time.Millisecond) // one complaint a second is logged
		})
	}
	if n := len(h.Peers()); n != 0 {
		t.Errorf("%d peers", n)
	}
}

func TestACertificateEnds(t *testing.T) {
	var later atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(later.Load())) }
	a, err := pki.Open(t.TempDir(), now)
	if err != nil {
		t.Fatal(err)
	}
	h := openHub(t, func(o *gate.Options) { o.Authority, o.Now = a, now })
	c := identity(t, a, node("n")).Certificate
	later.Store(int64(pki.Life - 2*time.Second))
	conn, err := h.attacker(t, c)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the connection ends with the certificate", conn.IsClosed)
	later.Store(int64(pki.Life + time.Second))
	if conn, err = h.attacker(t, c); err == nil && conn.FlushTimeout(time.Second) == nil {
		t.Error("an expired certificate is let in")
	}
	eventually(t, "that is counted", func() bool { return h.Counts().Refused == 1 })
	if !strings.Contains(h.log.String(), "expired") {
		t.Error("the log does not say why")
	}
}

// signedBy is a certificate that a peer signed with its own key.
func signedBy(t *testing.T, i *pki.Identity, uri *url.URL) *tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), URIs: []*url.URL{uri}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, i.Certificate.Leaf, &key.PublicKey, i.Certificate.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Certificate{Certificate: [][]byte{der, i.Certificate.Leaf.Raw}, PrivateKey: key}
}

func TestNobodyComesInOtherwise(t *testing.T) {
	h := openHub(t, nil)
	id := identity(t, h.authority, node("n"))
	t.Run("older TLS", func(t *testing.T) {
		_, err := tls.Dial("tcp", h.Address().String(), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS12, Certificates: []tls.Certificate{*id.Certificate}})
		if err == nil {
			t.Error("TLS 1.2 is spoken")
		}
	})
	t.Run("without TLS", func(t *testing.T) {
		c, err := net.Dial("tcp", h.Address().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprint(c, "CONNECT {\"auth_token\":\"x\",\"verbose\":true}\r\nPING\r\n")
		_ = c.SetReadDeadline(time.Now().Add(time.Minute))
		if b, err := io.ReadAll(c); strings.Contains(string(b), "PONG") || errors.Is(err, errDeadline(err)) {
			t.Errorf("%q %v", b, err)
		}
	})
	t.Run("the hub's name", func(t *testing.T) {
		conn, err := h.attacker(t, id.Certificate, nats.Token("guess"), nats.UserInfo("hub", "x"))
		if err != nil {
			t.Fatal(err) // the certificate lets it in, and nothing else matters
		}
		if err := conn.Publish("cmd.x.y", nil); err != nil {
			t.Fatal(err)
		}
		if err := conn.Flush(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the violation is counted", func() bool { return h.Counts().Violations == 1 })
	})
	t.Run("as the gate", func(t *testing.T) {
		c := id.Certificate
		l, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{*c}, MinVersion: tls.VersionTLS13})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		seen := make(chan error, 1)
		go func() {
			conn, err := l.Accept()
			if err == nil {
				err = conn.(*tls.Conn).HandshakeContext(t.Context())
				_ = conn.Close()
			}
			seen <- err
		}()
		victim, err := link.Dial(link.Options{Gate: l.Addr().String(), Identity: func() (*pki.Identity, error) { return identity(t, h.authority, node("m")), nil }})
		if err != nil {
			t.Fatal(err)
		}
		defer victim.Close()
		if err := <-seen; err == nil {
			t.Error("a peer passes for the gate")
		}
	})
}

func errDeadline(err error) error {
	var n net.Error
	if errors.As(err, &n) && n.Timeout() {
		return err
	}
	return errors.New("none")
}

func TestAPeerSpeaksAsItselfOnly(t *testing.T) {
	h := openHub(t, nil)
	victim := h.dial(t, node("victim"), nil)
	mallory, err := h.attacker(t, identity(t, h.authority, node("mallory")).Certificate)
	if err != nil {
		t.Fatal(err)
	}
	inbox := node("mallory").Inbox() + ".x"
	batch := peer.Batch{Epoch: "e", Sequence: 1, Payload: []byte("forged")}.Append(nil)
	answers, err := mallory.SubscribeSync(inbox)
	if err != nil {
		t.Fatal(err)
	}
	for _, subject := range []string{
		node("victim").PutSubject(peer.Events), node("victim").HelloSubject(), node("victim").AnswerSubject(), node("victim").CommandSubject(), node("victim").Inbox() + ".x",
		peer.Name{Kind: peer.Agent, ClusterUID: node("x").ClusterUID}.PutSubject(peer.Findings), "$SYS.REQ.SERVER.PING", "$JS.API.INFO", "other",
		node("mallory").CommandSubject(), node("mallory").Inbox() + ".y",
	} {
		before := h.Counts().Violations
		if err := mallory.PublishRequest(subject, inbox, batch); err != nil {
			t.Fatal(err)
		}
		if err := mallory.Flush(); err != nil && !errors.Is(err, nats.ErrBadSubject) {
			t.Fatalf("%s: %v", subject, err)
		}
		eventually(t, "publishing to "+subject+" is refused and counted", func() bool { return h.Counts().Violations > before })
	}
	for _, subject := range []string{
		">", "*", "in.>", "_INBOX.>", "_INBOX.*.*.>", node("victim").Inbox() + ".>", node("victim").CommandSubject(), "cmd.>", "cmd.*.*", "$SYS.>",
		"in." + node("mallory").Key() + ".>", peer.Name{Kind: peer.Agent, ClusterUID: node("x").ClusterUID}.CommandSubject(),
	} {
		before := h.Counts().Violations
		if _, err := mallory.SubscribeSync(subject); err != nil {
			t.Fatal(err)
		}
		if err := mallory.Flush(); err != nil {
			t.Fatal(err)
		}
		eventually(t, "subscribing to "+subject+" is refused and counted", func() bool { return h.Counts().Violations > before })
	}
	if len(h.all()) != 0 {
		t.Errorf("taken: %+v", h.all())
	}
	// An answer is not sent where it was not asked for: not to another peer's inbox, and not back in.
	for _, reply := range []string{node("victim").Inbox() + ".1", node("victim").PutSubject(peer.Events), node("victim").CommandSubject(), "_INBOX.x", ""} {
		before := h.Counts().Malformed
		m := &nats.Msg{Subject: node("mallory").PutSubject(peer.Events), Reply: reply, Data: batch}
		if err := mallory.PublishMsg(m); err != nil {
			t.Fatal(err)
		}
		eventually(t, "a reply to "+reply+" is refused and counted", func() bool { return h.Counts().Malformed > before })
	}
	if len(h.all()) != 0 {
		t.Errorf("taken: %+v", h.all())
	}
	if err := mallory.PublishRequest(node("mallory").PutSubject(peer.Events), inbox, batch); err != nil {
		t.Fatal(err)
	}
	if m, err := answers.NextMsg(time.Minute); err != nil || string(m.Data) != "+" {
		t.Errorf("its own batch: %v %v", m, err)
	}
	if err := victim.Send(t.Context(), peer.Events, "e", 1, []byte("mine")); err != nil {
		t.Error(err)
	}
	if got := h.all(); len(got) != 2 || got[0].from.Node != "mallory" || got[1].from.Node != "victim" {
		t.Errorf("%+v", got)
	}
}

func TestAnswersOfOthersAreNotBelieved(t *testing.T) {
	h := openHub(t, nil)
	got, counted := make(chan peer.Command, 1), make(chan struct{})
	defer close(counted)
	victim := h.dial(t, node("victim"), func(o *link.Options) {
		o.Do = func(_ context.Context, c peer.Command) peer.Answer {
			got <- c
			<-counted
			return peer.Answer{Error: "late"}
		}
	})
	mallory, err := h.attacker(t, identity(t, h.authority, node("mallory")).Certificate)
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan bool, 1)
	go func() {
		a, err := h.Command(t.Context(), victim.Name(), "slow", nil, 500*time.Millisecond)
		done <- err == nil && a.Error != "late"
	}()
	c := <-got
	forged, err := peer.Encode(peer.Answer{ID: c.ID})
	if err != nil {
		t.Fatal(err)
	}
	if err := mallory.Publish(node("mallory").AnswerSubject(), forged); err != nil {
		t.Fatal(err)
	}
	if <-done {
		t.Error("another peer's answer was believed")
	}
	eventually(t, "it is counted", func() bool { return h.Counts().Malformed == 1 })
}

func TestWhatIsMalformed(t *testing.T) {
	h := openHub(t, nil)
	n := node("n")
	c := identity(t, h.authority, n).Certificate
	mallory, err := h.attacker(t, c)
	if err != nil {
		t.Fatal(err)
	}
	inbox := n.Inbox() + ".x"
	answers, err := mallory.SubscribeSync(inbox)
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{nil, {1}, {1, 255}, []byte("garbage"), {2, 1, 'e', 0, 0, 0, 0, 0, 0, 0, 1, 'x'}, {1, 1, 'e', 0, 0, 0, 0, 0, 0, 0, 0, 'x'}, {1, 1, ' ', 0, 0, 0, 0, 0, 0, 0, 1, 'x'}, {1, 0, 0, 0, 0, 0, 0, 0, 0, 1, 'x'}} {
		if err := mallory.PublishRequest(n.PutSubject(peer.Events), inbox, data); err != nil {
			t.Fatal(err)
		}
		if m, err := answers.NextMsg(time.Minute); err != nil || !strings.HasPrefix(string(m.Data), "-") {
			t.Fatalf("%q: %v %v", data, m, err)
		}
	}
	before := h.Counts().Malformed
	for _, subject := range []string{n.HelloSubject(), n.AnswerSubject(), n.PutSubject("other"), "in." + n.Key() + ".other", "in." + n.Key() + ".put"} {
		if err := mallory.PublishRequest(subject, inbox, []byte("{")); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, "all five are counted", func() bool { return h.Counts().Malformed == before+5 })

	// A message that is too large ends the connection, and is never read.
	raw, err := tls.Dial("tcp", h.Address().String(), &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{*c}})
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	fmt.Fprintf(raw, "CONNECT {\"verbose\":false}\r\nPUB %s %d\r\n", n.PutSubject(peer.Events), 64<<20)
	_ = raw.SetReadDeadline(time.Now().Add(time.Minute))
	if b, err := io.ReadAll(raw); !strings.Contains(string(b), "Maximum Payload Violation") {
		t.Errorf("%q %v", b, err)
	}
	eventually(t, "it is counted", func() bool { return h.Counts().Violations > 0 })
	if len(h.all()) != 0 {
		t.Errorf("taken: %+v", h.all())
	}
}

func TestFloodsAreCutOff(t *testing.T) {
	release := make(chan struct{})
	h := openHub(t, func(o *gate.Options) { o.PeerBytes, o.TotalBytes = 64<<10, 80<<10 })
	h.on(func(ctx context.Context, _ taken) error {
		select {
		case <-release:
		case <-ctx.Done():
		}
		return ctx.Err()
	})
	n := node("n")
	mallory, err := h.attacker(t, identity(t, h.authority, n).Certificate)
	if err != nil {
		t.Fatal(err)
	}
	other := h.dial(t, node("other"), nil)
	batch := peer.Batch{Epoch: "e", Sequence: 1, Payload: make([]byte, 10<<10)}.Append(nil)
	for range 100 {
		if mallory.PublishRequest(n.PutSubject(peer.Events), n.Inbox()+".x", batch) != nil || mallory.Flush() != nil {
			break
		}
	}
	eventually(t, "who floods is cut off", func() bool { return mallory.IsClosed() && h.Counts().Cut == 1 })
	// What all have on their way is bounded too: another one is told to come again.
	var busy *link.BusyError
	if err := other.Send(t.Context(), peer.Events, "e", 1, make([]byte, 30<<10)); !errors.As(err, &busy) {
		t.Errorf("%v", err)
	}
	close(release)
	if err := other.Send(t.Context(), peer.Events, "e", 1, make([]byte, 30<<10)); err != nil && !errors.As(err, &busy) {
		t.Errorf("%v", err)
	}
	eventually(t, "what was admitted is taken", func() bool { return len(h.all()) >= 6 })
}

func TestAKeyIsUsedTwice(t *testing.T) {
	h := openHub(t, nil)
	one := h.dial(t, node("n"), nil)
	thief, err := h.attacker(t, identity(t, h.authority, node("n")).Certificate)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, "the older connection is ended, and comes again", func() bool { return h.Counts().Replaced >= 2 && thief.IsClosed() })
	if err := one.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(h.log.String(), "connects again while it is connected") {
		t.Error("nothing is logged")
	}
}

func TestSilentAndSlowClients(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time limits of some seconds")
	}
	h := openHub(t, nil)
	// One that says nothing at all, and one that stops after TLS.
	tcp, err := net.Dial("tcp", h.Address().String())
	if err != nil {
		t.Fatal(err)
	}
	defer tcp.Close()
	began := time.Now()
	_ = tcp.SetReadDeadline(began.Add(20 * time.Second))
	if b, err := io.ReadAll(tcp); len(b) > 0 || errors.Is(err, errDeadline(err)) {
		t.Errorf("%q %v after %v", b, err, time.Since(began))
	}
}

// One that asks and never reads the answers is cut off when they have filled what lies between.
func TestWhoDoesNotReadIsCutOff(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time limits of some seconds")
	}
	h := openHub(t, nil)
	n := node("n")
	tcp, err := net.Dial("tcp", h.Address().String())
	if err != nil {
		t.Fatal(err)
	}
	c := tls.Client(tcp, &tls.Config{InsecureSkipVerify: true, Certificates: []tls.Certificate{*identity(t, h.authority, n).Certificate}})
	defer c.Close()
	// The server's first words are read, nothing of what follows.
	fmt.Fprintf(c, "CONNECT {\"verbose\":false}\r\nSUB %s.> 1\r\n", n.Inbox())
	batch := peer.Batch{Epoch: "e", Sequence: 1, Payload: []byte("x")}.Append(nil)
	put := []byte(strings.Repeat(fmt.Sprintf("PUB %s %s.x %d\r\n%s\r\n", n.PutSubject(peer.Events), n.Inbox(), len(batch), batch), 1000))
	began := time.Now()
	for time.Since(began) < 60*time.Second && err == nil {
		_ = c.SetWriteDeadline(time.Now().Add(20 * time.Second))
		_, err = c.Write(put)
	}
	if err == nil {
		t.Error("nobody minds")
	}
	t.Logf("%v after %v", err, time.Since(began))
	eventually(t, "it is counted", func() bool { return h.Counts().Slow > 0 })
	eventually(t, "it is gone", func() bool { p := h.Peers(); return len(p) == 1 && !p[0].Connected })
}

// One that sends what makes no sense, again and again, is cut off.
func TestWhoMakesNoSenseIsCutOff(t *testing.T) {
	n := node("n")
	for what, f := range map[string]func(*nats.Conn) error{
		"hellos": func(c *nats.Conn) error { return c.PublishRequest(n.HelloSubject(), n.Inbox()+".x", []byte("{}")) },
		"batches": func(c *nats.Conn) error {
			return c.PublishRequest(n.PutSubject(peer.Events), n.Inbox()+".x", []byte("x"))
		},
		"subjects": func(c *nats.Conn) error { return c.Publish("in."+n.Key()+".x", nil) },
		"answers":  func(c *nats.Conn) error { return c.Publish(n.AnswerSubject(), []byte(`{"id":"1"}`)) },
	} {
		t.Run(what, func(t *testing.T) {
			h := openHub(t, nil)
			c, err := h.attacker(t, identity(t, h.authority, n).Certificate)
			if err != nil {
				t.Fatal(err)
			}
			eventually(t, "it is cut off", func() bool {
				for range 20 {
					_ = f(c) // fails when it is
				}
				return c.IsClosed() && h.Counts().Cut == 1
			})
		})
	}
}
