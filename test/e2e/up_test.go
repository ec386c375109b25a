package e2e

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/csv"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	mrand "math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/test/cluster"
)

// answersAt is what the server says when it has begun, before its address.
const answersAt = "answers at "

// slow is how long anything may take that takes seconds on an idle machine: tests share theirs with others.
const slow = 3 * time.Minute

// binary builds the program once for each test process.
var binary = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("make", "--no-print-directory", "-C", "../..", "build").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("make build: %w\n%s", err, out)
	}
	return filepath.Abs("../../bin/lynceus")
})

// A receiver is a lynceus up with an audit webhook, and what a test needs to stop and start it again with the same
// data, address and credentials.
type receiver struct {
	bin, dir string
	hook     string // address of the webhook
	args     []string
	tokens   map[string]string // by client
	cert     []byte
	host     *cluster.Host // the machine that it runs on, where that is not this one

	cmd    *exec.Cmd
	done   chan struct{}
	stderr *os.File
}

// newReceiver makes credentials for the clients named, a server certificate and a free port, and starts the server.
func newReceiver(t *testing.T, clients []string, args ...string) *receiver {
	t.Helper()
	return newReceiverOn(t, nil, clients, args...)
}

// newReceiverOn starts the server on another machine, whose loopback ports lead there from this one: see lead.
func newReceiverOn(t *testing.T, host *cluster.Host, clients []string, args ...string) *receiver {
	t.Helper()
	bin, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	r := &receiver{bin: bin, dir: t.TempDir(), hook: freeAddr(t), tokens: map[string]string{}, host: host}
	if host != nil {
		lead(t, host, r.hook)
	}
	certFile, keyFile := filepath.Join(r.dir, "hook.crt"), filepath.Join(r.dir, "hook.key")
	r.cert = serverCertificate(t, certFile, keyFile)
	r.args = []string{"up", "--data", r.data(), "--listen", "127.0.0.1:0", "--webhook", r.hook, "--webhook-cert", certFile, "--webhook-key", keyFile}
	for _, name := range clients {
		r.tokens[name] = rand.Text() + rand.Text()
		file := filepath.Join(r.dir, name+".token")
		if err := os.WriteFile(file, []byte(r.tokens[name]+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		r.args = append(r.args, "--webhook-client", name+"="+file)
	}
	if !slices.Contains(args, "--sensor") {
		r.args = append(r.args, "--sensor", "off") // what this machine does beside is no event of the cluster
	}
	r.args = append(r.args, args...)
	if r.stderr, err = os.Create(filepath.Join(r.dir, "stderr")); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		r.end(t, syscall.SIGTERM)
		if t.Failed() {
			text, _ := os.ReadFile(r.stderr.Name())
			t.Logf("what lynceus up said:\n%s", text[max(0, len(text)-4<<10):])
		}
		_ = r.stderr.Close()
	})
	r.start(t)
	return r
}

func (r *receiver) data() string { return filepath.Join(r.dir, "data") }

// start starts the server and waits until it says that it answers: a question is answered from the store, too, where no
// server runs.
func (r *receiver) start(t *testing.T) {
	t.Helper()
	began, err := r.stderr.Seek(0, io.SeekEnd)
	if err != nil {
		t.Fatal(err)
	}
	r.cmd = exec.Command(r.bin, r.args...)
	r.cmd.Stdout, r.cmd.Stderr = r.stderr, r.stderr
	start := r.cmd.Start
	if r.host != nil {
		start = func() error { return r.host.Start(r.cmd) }
	}
	if err := start(); err != nil {
		t.Fatal(err)
	}
	r.done = make(chan struct{})
	go func(cmd *exec.Cmd, done chan struct{}) {
		_ = cmd.Wait()
		close(done)
	}(r.cmd, r.done)
	eventually(t, slow, "lynceus up answers", func() error {
		text, err := os.ReadFile(r.stderr.Name())
		if err != nil {
			return err
		}
		if !strings.Contains(string(text[began:]), answersAt) {
			return fmt.Errorf("it says: %s", text[began:])
		}
		_, err = r.lynceus("query", "-q", "print 1")
		return err
	})
}

// end sends a signal and waits for the process to be gone. It does nothing where none runs.
func (r *receiver) end(t *testing.T, sig syscall.Signal) {
	t.Helper()
	if r.cmd == nil {
		return
	}
	_ = r.cmd.Process.Signal(sig)
	select {
	case <-r.done:
	case <-time.After(time.Minute):
		t.Errorf("lynceus up did not end within a minute of %v", sig)
		_ = r.cmd.Process.Kill()
		<-r.done
	}
	r.cmd = nil
}

// lynceus runs a command of the program on the receiver's data and returns what it printed.
func (r *receiver) lynceus(verb string, args ...string) (string, error) {
	return r.run(append([]string{verb, "--data", r.data()}, args...)...)
}

// run runs the program and returns what it printed.
func (r *receiver) run(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), slow)
	defer cancel()
	var stdout, stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, r.bin, args...)
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("lynceus %s: %w: %s", strings.Join(args, " "), err, stderr.Bytes())
	}
	return stdout.String(), nil
}

// rows asks a question in KQL and returns the rows, each as column → value in CSV's form.
func (r *receiver) rows(kql string) ([]map[string]string, error) {
	out, err := r.lynceus("query", "-q", "-o", "csv", kql)
	if err != nil {
		return nil, err
	}
	records, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil || len(records) == 0 {
		return nil, fmt.Errorf("%s: %w: %q", kql, err, out)
	}
	rows := make([]map[string]string, 0, len(records)-1)
	for _, rec := range records[1:] {
		row := map[string]string{}
		for i, name := range records[0] {
			row[name] = rec[i]
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// get reads a path of the HTTP API into v.
func (r *receiver) get(path string, v any) error {
	token, err := os.ReadFile(filepath.Join(r.data(), "up.token"))
	if err != nil {
		return err
	}
	address, err := r.api()
	if err != nil {
		return err
	}
	req, err := http.NewRequest(http.MethodGet, address+path, nil)
	if err != nil {
		return err
	}
	req.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("GET %s: %s: %s", path, resp.Status, body)
	}
	return json.Unmarshal(body, v)
}

// api is where the API answers, by the last start's own words.
func (r *receiver) api() (string, error) {
	text, err := os.ReadFile(r.stderr.Name())
	if err != nil {
		return "", err
	}
	_, rest, ok := lastCut(string(text), answersAt)
	if !ok {
		return "", fmt.Errorf("lynceus up has not said where it answers: %s", text)
	}
	address, _, _ := strings.Cut(rest, "\n")
	return strings.TrimSpace(address), nil
}

func lastCut(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}

// kubeconfig is what an API server needs to post as a client.
func (r *receiver) kubeconfig(t *testing.T, client string) []byte {
	t.Helper()
	type m = map[string]any
	data, err := json.Marshal(m{
		"apiVersion": "v1", "kind": "Config", "current-context": "lynceus",
		"clusters": []m{{"name": "lynceus", "cluster": m{"server": "https://" + r.hook + "/audit", "certificate-authority-data": r.cert}}},
		"users":    []m{{"name": client, "user": m{"token": r.tokens[client]}}},
		"contexts": []m{{"name": "lynceus", "context": m{"cluster": "lynceus", "user": client}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// port is the webhook's, for a cluster's Forward.
func (r *receiver) port() int {
	addr, err := net.ResolveTCPAddr("tcp", r.hook)
	if err != nil {
		panic(err) // made by freeAddr
	}
	return addr.Port
}

// freeAddr is a loopback address that nothing listens on now. Its port is none that the kernel gives to who does not ask for
// one (by default from 32768, ip(7)), so that it stays free while a server that a test ended is away.
func freeAddr(t *testing.T) string {
	t.Helper()
	const first, ports, tries = 20_000, 12_000, 100
	for range tries {
		addr := fmt.Sprintf("127.0.0.1:%d", first+mrand.IntN(ports))
		if l, err := net.Listen("tcp", addr); err == nil {
			_ = l.Close()
			return addr
		}
	}
	t.Fatalf("%d ports, all in use", tries)
	return ""
}

// serverCertificate writes a certificate for 127.0.0.1 that signs itself, and returns it in PEM.
func serverCertificate(t *testing.T, certFile, keyFile string) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "lynceus"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	cert := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	for name, data := range map[string][]byte{certFile: cert, keyFile: pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})} {
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert
}

// eventually tries until f returns nil, and fails the test with its last error when that takes too long.
func eventually(t *testing.T, limit time.Duration, what string, f func() error) {
	t.Helper()
	deadline := time.Now().Add(limit)
	for {
		err := f()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("not within %v: %s: %v", limit, what, err)
		}
		time.Sleep(250 * time.Millisecond)
	}
}
