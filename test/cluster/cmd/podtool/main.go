// Command podtool is what the harness's own tests run in pods: a server, and clients of it, without a shell.
package main

import (
	"context"
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
const clientTimeout = 5 * time.Second

func run(ctx context.Context, args []string, stdout io.Writer) error {
	if len(args) != 2 {
		return errors.New("usage: podtool serve ADDR | fetch URL | lookup NAME | dial ADDR")
	}
	verb, operand := args[0], args[1]
	if verb == "serve" {
		return serve(ctx, operand)
	}
	ctx, cancel := context.WithTimeout(ctx, clientTimeout)
	defer cancel()
	switch verb {
	case "fetch":
		return fetch(ctx, operand, stdout)
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

func fetch(ctx context.Context, url string, stdout io.Writer) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return err
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	_, err = io.Copy(stdout, resp.Body)
	return err
}
