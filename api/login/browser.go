package login

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// callback is where the browser comes back to.
const callback = "/callback"

// drain is how long the browser's page may take to be sent.
const drain = 2 * time.Second

// Browser signs a person in who opens a URL in a browser of this machine, which
// show tells them. The provider sends the browser back to a port of the loopback
// address, 0 for any: providers must let the port differ (RFC 8252, 7.3), and
// those that do not are to be told of one. It waits until ctx ends.
func (p *Provider) Browser(ctx context.Context, port int, show func(url string)) (Tokens, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		return Tokens{}, fmt.Errorf("wait for the browser: %w", err)
	}
	page, attempt := p.Begin("http://" + l.Addr().String() + callback)
	answers := make(chan url.Values, 1)
	server := &http.Server{Handler: p.back(attempt, answers), ReadHeaderTimeout: timeout, MaxHeaderBytes: 64 << 10}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	defer func() {
		wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), drain)
		defer cancel()
		if server.Shutdown(wait) != nil {
			_ = server.Close() // what is left are connections of the browser
		}
		<-served
	}()
	show(page)
	select {
	case answer := <-answers:
		return p.Finish(ctx, attempt, answer)
	case <-ctx.Done():
		return Tokens{}, fmt.Errorf("nobody signed in: %w", ctx.Err())
	}
}

// back takes what the browser brings. A request that is not the answer to this
// sign-in changes nothing: any page may send the browser here.
func (p *Provider) back(a Attempt, to chan<- url.Values) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+callback, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		_, err := p.code(a, q)
		if errors.Is(err, errNotOurs) {
			http.Error(w, "This is no answer to a sign-in that is under way here.", http.StatusBadRequest)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		if err != nil {
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprintln(w, "Nobody was signed in. The command line says why.")
		} else {
			fmt.Fprintln(w, "Lynceus has your answer. You can close this page, and go on at the command line.")
		}
		select {
		case to <- q:
		default: // the page was loaded again
		}
	})
	return mux
}
