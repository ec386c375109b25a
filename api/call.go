package api

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/lynceus-io/lynceus/api/access"
	"github.com/lynceus-io/lynceus/api/problem"
)

// call is one request on its way.
type call struct {
	s    *Server
	w    *response
	r    *http.Request
	who  access.Principal // the zero value on open routes
	what string           // for Use.What
	rows int64
}

// response remembers what was sent.
type response struct {
	http.ResponseWriter
	status int // 0 until something was sent
}

// WriteHeader implements http.ResponseWriter.
func (w *response) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *response) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap is for http.ResponseController.
func (w *response) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// json sends a document.
func (c *call) json(status int, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/json")
	c.w.WriteHeader(status)
	_, err = c.w.Write(append(b, '\n'))
	return sendError(err)
}

// body reads the request's document strictly: an unknown member is an error,
// so that a misspelt limit is not one left out.
func (c *call) body(v any) error {
	if t := c.r.Header.Get("Content-Type"); t != "" && !strings.HasPrefix(t, "application/json") {
		return problem.New(problem.BadRequest, "the body is %q", t).Advise("send application/json")
	}
	d := json.NewDecoder(c.r.Body)
	d.DisallowUnknownFields()
	err := d.Decode(v)
	if err == nil {
		if _, err = d.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		err = errors.New("there is more after the document")
	}
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return problem.New(problem.TooLarge, "the body is longer than %d bytes", large.Limit).Because(err)
	}
	return problem.New(problem.BadRequest, "the body is not the document that this route takes: %v", err).
		Advise("compare it with /api/v1/openapi.yaml").Because(err)
}

// errSent says that a client did not take what was sent: nothing can be told
// it any more.
var errSent = errors.New("the client went away")

func sendError(err error) error {
	if err == nil {
		return nil
	}
	return errors.Join(errSent, err)
}

// missing is the problem of a part that is not there.
func missing(part string) error {
	return problem.New(problem.Unavailable, "%s is not available on this server", part)
}
