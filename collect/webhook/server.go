package webhook

import (
	"crypto/tls"
	"log/slog"
	"net/http"
	"time"
)

const (
	// headerTimeout is how long the head of a request may take.
	headerTimeout = 10 * time.Second
	// idleTimeout is how long a connection may wait for its next request. API
	// servers send at least every 30 s (--audit-webhook-batch-max-wait).
	idleTimeout = 2 * time.Minute
	// maxHeader bounds the head of a request, in bytes.
	maxHeader = 16 << 10
)

// Server returns a server for a Handler, or for one that leads to it, with the
// deadlines that a Handler cannot set itself. The caller gives it a listener
// and shuts it down. config may be nil on a loopback address.
func Server(h http.Handler, config *tls.Config, log *slog.Logger) *http.Server {
	var protocols http.Protocols
	protocols.SetHTTP1(true)
	protocols.SetHTTP2(true)
	protocols.SetUnencryptedHTTP2(true) // what gRPC speaks where there is no TLS
	return &http.Server{
		Handler:           h,
		Protocols:         &protocols,
		TLSConfig:         config,
		ReadHeaderTimeout: headerTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
