package api

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"time"
)

// ListenOptions say where a server listens.
type ListenOptions struct {
	// Address is host:port; the host must be an address or "localhost".
	Address string
	// TLS encrypts; nil does not.
	TLS *tls.Config
	// Plain allows an address that others can reach without TLS: for those
	// who encrypt before it. Tokens and answers pass in clear otherwise.
	Plain bool
}

// Listen opens a listener. An address that is not loopback needs TLS, or
// Plain.
func Listen(ctx context.Context, o ListenOptions) (net.Listener, error) {
	if !loopback(o.Address) && o.TLS == nil && !o.Plain {
		return nil, fmt.Errorf("listen on %s: others could read tokens and answers on the way; give a certificate and key, listen on 127.0.0.1, or say that plain HTTP is wanted", o.Address)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", o.Address)
	if err != nil {
		return nil, fmt.Errorf("listen on %s: %w", o.Address, err)
	}
	if o.TLS != nil {
		c := o.TLS.Clone()
		c.MinVersion = max(c.MinVersion, tls.VersionTLS12)
		if len(c.NextProtos) == 0 {
			c.NextProtos = []string{"h2", "http/1.1"}
		}
		l = tls.NewListener(l, c)
	}
	return l, nil
}

// loopback reports whether only this machine can reach an address.
func loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.IsLoopback()
}

// Times that a connection may take. Answers have no limit of their own beyond
// Limits: one that is read steadily may take long.
const (
	headerTimeout = 10 * time.Second
	readTimeout   = 30 * time.Second
	idleTimeout   = 2 * time.Minute
	drainTimeout  = 5 * time.Second
)

// Serve answers requests until ctx ends, then waits a little for those that
// run. It closes l.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	hs := &http.Server{
		Handler: s, ReadHeaderTimeout: headerTimeout, ReadTimeout: readTimeout, IdleTimeout: idleTimeout, MaxHeaderBytes: 32 << 10,
		BaseContext: func(net.Listener) context.Context { return base },
		ErrorLog:    slog.NewLogLogger(s.o.Log.Handler(), slog.LevelDebug),
	}
	failed := make(chan error, 1)
	go func() { failed <- hs.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("api: serve: %w", err)
	case <-ctx.Done():
	}
	wait, cancel := context.WithTimeout(base, drainTimeout)
	defer cancel()
	err := hs.Shutdown(wait)
	if errors.Is(err, context.DeadlineExceeded) {
		stop() // queries and watches end with their context
		err = hs.Close()
	}
	if err != nil {
		return fmt.Errorf("api: stop: %w", err)
	}
	return nil
}
