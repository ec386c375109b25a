// Command podtool is what the harness's own tests run in pods: a server, and clients of it, without a shell.
package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "podtool:", err)
		os.Exit(1)
	}
}

// clientTimeout bounds what a client asks, so that an address that nobody has fails instead of hanging.
const clientTimeout = 20 * time.Second

func run(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) != 2 {
		return errors.New("usage: podtool serve ADDR | fetch URL | call PATH | lookup NAME | dial ADDR")
	}
	verb, operand := args[0], args[1]
	if verb == "serve" {
		return serve(ctx, operand)
	}
	ctx, cancel := context.WithTimeout(ctx, clientTimeout)
	defer cancel()
	switch verb {
	case "fetch":
		return fetch(ctx, http.DefaultClient, operand, "", stdout)
	case "call":
		return call(ctx, operand, stdout)
	case "lookup":
		addrs, err := net.DefaultResolver.LookupHost(ctx, operand)
		if err == nil {
			_, err = fmt.Fprintln(stdout, addrs)
		}
		return err
	case "dial":
		conn, err := new(net.Dialer).DialContext(ctx, "tcp", operand)
		if err != nil {
			return err
		}
		return conn.Close()
	default:
		return fmt.Errorf("no command %q", verb)
	}
}

// serve answers every request with the address that it came from.
func serve(ctx context.Context, addr string) error {
	server := &http.Server{
		Addr:              addr,
		ReadHeaderTimeout: clientTimeout,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			_, _ = fmt.Fprintln(w, "hello", r.RemoteAddr)
		}),
	}
	context.AfterFunc(ctx, func() { _ = server.Close() })
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}

// call asks the API server as the pod's service account.
func call(ctx context.Context, path string, stdout io.Writer) error {
	const mount = "/var/run/secrets/kubernetes.io/serviceaccount/"
	ca, err := os.ReadFile(mount + "ca.crt")
	if err != nil {
		return err
	}
	token, err := os.ReadFile(mount + "token")
	if err != nil {
		return err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}}}
	return fetch(ctx, client, "https://kubernetes.default.svc"+path, string(token), stdout)
}

// fetch prints what a URL answers, asked with a bearer token unless that is "".
func fetch(ctx context.Context, client *http.Client, url, token string, stdout io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(stdout, resp.Body)
	return err
}
