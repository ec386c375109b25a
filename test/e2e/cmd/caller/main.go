// Command caller is what the end-to-end tests run in pods: it asks the API server with a service account's token, and
// says which pod it is in and which audit ID each answer had.
package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil && ctx.Err() == nil {
		fmt.Fprintln(os.Stderr, "caller:", err)
		os.Exit(1)
	}
}

// mount is where a pod finds its token and the API server's authority.
const mount = "/var/run/secrets/kubernetes.io/serviceaccount/"

const usage = "usage: caller wait | token | call PATH | borrow PATH (with another's token on standard input) | loop PATH"

// pause lies between the calls of a loop.
const pause = 100 * time.Millisecond

func run(ctx context.Context, args []string, stdin io.Reader, stdout io.Writer) error {
	switch {
	case len(args) == 1 && args[0] == "wait":
		<-ctx.Done()
		return nil
	case len(args) == 1 && args[0] == "token":
		token, err := os.ReadFile(mount + "token")
		if err != nil {
			return err
		}
		_, err = stdout.Write(token)
		return err
	case len(args) != 2:
		return errors.New(usage)
	}
	token, err := os.ReadFile(mount + "token")
	if args[0] == "borrow" {
		var line string
		line, err = bufio.NewReader(stdin).ReadString('\n')
		if errors.Is(err, io.EOF) {
			err = nil
		}
		token = []byte(line)
	}
	if err != nil {
		return err
	}
	client, err := newClient()
	if err != nil {
		return err
	}
	for {
		said, err := call(ctx, client, strings.TrimSpace(string(token)), args[1])
		if err != nil {
			return err
		}
		if err := json.NewEncoder(stdout).Encode(said); err != nil || args[0] != "loop" {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(pause):
		}
	}
}

// A report is what a call says of itself, one JSON object on a line.
type report struct {
	AuditID   string `json:"audit_id"`
	Status    int    `json:"status"`
	Pod       string `json:"pod"` // these by the downward API
	PodUID    string `json:"pod_uid"`
	Namespace string `json:"namespace"`
	Node      string `json:"node"`
}

func call(ctx context.Context, client *http.Client, token, path string) (report, error) {
	said := report{Pod: os.Getenv("POD_NAME"), PodUID: os.Getenv("POD_UID"), Namespace: os.Getenv("POD_NAMESPACE"), Node: os.Getenv("NODE_NAME")}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://kubernetes.default.svc"+path, nil)
	if err != nil {
		return said, err
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := client.Do(req)
	if err != nil {
		return said, err
	}
	defer resp.Body.Close()
	_, err = io.Copy(io.Discard, resp.Body)
	said.AuditID, said.Status = resp.Header.Get("Audit-Id"), resp.StatusCode
	return said, err
}

func newClient() (*http.Client, error) {
	ca, err := os.ReadFile(mount + "ca.crt")
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(ca)
	return &http.Client{Timeout: 10 * time.Second, Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool}}}, nil
}
