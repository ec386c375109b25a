package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
)

// securityHeaders go out with every answer: nothing of it is a page, and none
// of it is to be kept by caches between.
var securityHeaders = [][2]string{
	{"Cache-Control", "no-store"},
	{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
	{"Referrer-Policy", "no-referrer"},
	{"X-Content-Type-Options", "nosniff"},
	{"X-Frame-Options", "DENY"},
}

// handle is what happens around every route: headers, the token, the limit of
// the body, the problem document, and the record of the use.
func (s *Server) handle(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := s.o.Now()
		for _, h := range securityHeaders {
			w.Header().Set(h[0], h[1])
		}
		c := &call{s: s, w: &response{ResponseWriter: w}, r: r}
		c.r.Body = http.MaxBytesReader(w, r.Body, s.limits.Body)
		err := s.run(c, rt)
		outcome := "ok"
		var p *problem.Problem
		if err != nil {
			p = problem.Of(err)
			if errors.Is(err, errSent) {
				p = problem.New(problem.Canceled, "the client went away").Because(err)
			}
			outcome = string(p.Code)
			c.refuse(p)
		}
		s.account(c, rt, outcome, p, start)
		if errors.Is(err, errAbort) {
			panic(http.ErrAbortHandler) // the client must not take what it has for the whole
		}
	})
}

// errAbort marks the failure of an answer of which a part was sent in a form
// that cannot say so.
var errAbort = errors.New("the answer broke off")

// run does the work of a route. A panic is a fault of ours and ends this
// request only.
func (s *Server) run(c *call, rt route) (err error) {
	defer func() {
		if x := recover(); x != nil {
			s.o.Log.Error("a request panicked", "action", rt.action, "panic", x, "stack", string(debug.Stack()))
			err = problem.New(problem.Internal, "the server failed at this request").Advise("see its log")
			if c.w.status != 0 {
				err = errors.Join(err, errAbort)
			}
		}
	}()
	if rt.role != 0 {
		c.who, err = s.authenticate(c.r)
	}
	if fast := s.mayAsk(c.r, &c.who); fast != nil {
		return fast
	}
	if err != nil {
		return err
	}
	if rt.role == 0 {
		return rt.do(c)
	}
	if err := permit(&c.who, &rt); err != nil {
		return err
	}
	return rt.do(c)
}

// refuse sends a problem, unless an answer has begun.
func (c *call) refuse(p *problem.Problem) {
	if c.w.status != 0 || p.Code == problem.Canceled {
		return
	}
	h := c.w.Header()
	h.Set("Content-Type", "application/problem+json")
	switch p.Code {
	case problem.Unauthenticated:
		h.Set("WWW-Authenticate", `Bearer realm="lynceus"`)
	case problem.Busy:
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter()))
	}
	b, err := json.Marshal(p)
	if err != nil {
		b = []byte(`{"code":"internal","message":"the problem could not be written"}`)
	}
	c.w.WriteHeader(p.Code.Status())
	if _, err := c.w.Write(append(b, '\n')); err != nil {
		c.s.o.Log.Debug("a problem was not sent", "error", err)
	}
}

// account counts, logs and records a use.
func (s *Server) account(c *call, rt route, outcome string, p *problem.Problem, start time.Time) {
	took := s.o.Now().Sub(start)
	s.metrics.requests.WithLabelValues(rt.action, outcome).Inc()
	s.metrics.seconds.WithLabelValues(rt.action).Observe(took.Seconds())
	level := slog.LevelInfo
	attrs := []slog.Attr{
		slog.String("action", rt.action), slog.String("who", c.who.Name), slog.String("method", string(c.who.Method)), slog.String("remote", c.r.RemoteAddr),
		slog.String("outcome", outcome), slog.Int("status", c.w.status), slog.Duration("took", took),
	}
	if rt.quiet {
		level = slog.LevelDebug
	}
	if p != nil && p.Code == problem.Internal {
		level = slog.LevelError
	}
	if p != nil && p.Unwrap() != nil {
		attrs = append(attrs, slog.String("cause", p.Unwrap().Error()))
	}
	ctx := context.WithoutCancel(c.r.Context())
	s.o.Log.LogAttrs(ctx, level, "request", attrs...)
	// A use that was refused for want of a token is worth a record on quiet routes, too.
	if s.o.Uses == nil || rt.quiet && outcome == "ok" || rt.action == "none" {
		return
	}
	before, ok := s.worthRecording(p)
	if !ok {
		return
	}
	what := c.what
	if before > 0 {
		what = fmt.Sprintf("%d more were refused before it and are not recorded one by one", before)
	}
	if len(what) > maxWhat {
		what = strings.ToValidUTF8(what[:maxWhat], "")
	}
	err := s.o.Uses.Record(ctx, Use{
		Time: start, Who: c.who.Name, ID: c.who.ID, Role: c.who.Role.String(), Method: string(c.who.Method), Scope: c.who.Scope.String(), Remote: c.r.RemoteAddr,
		Action: rt.action, What: what, Outcome: outcome, Status: c.w.status, Duration: took, Rows: c.rows,
	})
	if err != nil {
		s.metrics.lostUses.Inc()
		s.o.Log.Error("a use could not be recorded", "action", rt.action, "who", c.who.Name, "error", err)
	}
}
