package webhook

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"time"
)

// work posts the queue until the Sender is closed and the queue empty, or ctx is done.
func (s *Sender) work(ctx context.Context) {
	defer close(s.done)
	wait := s.opts.First
	for {
		doc, ok := s.first(ctx)
		if !ok {
			return
		}
		again, err := s.post(ctx, doc)
		switch {
		case err == nil:
			s.sent.Add(1)
			s.answered(nil)
			wait = s.opts.First
			s.drop(doc)
		case ctx.Err() != nil:
			return
		case !again:
			s.refused.Add(1)
			s.answered(err)
			s.drop(doc)
		default:
			s.failed(err)
			if !sleep(ctx, wait) {
				return
			}
			wait = min(2*wait, s.opts.Longest)
		}
	}
}

// first waits for a document and returns it; it stays in the queue. It is false at the end.
func (s *Sender) first(ctx context.Context) ([]byte, bool) {
	for {
		s.mu.Lock()
		some, closed := len(s.queue) > 0, s.closed
		var doc []byte
		if some {
			doc = s.queue[0]
		}
		s.mu.Unlock()
		if some || closed {
			return doc, some
		}
		select {
		case <-s.more:
		case <-ctx.Done():
			return nil, false
		}
	}
}

// drop removes the first document.
func (s *Sender) drop(doc []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.queue[0] = nil
	if s.queue = s.queue[1:]; len(s.queue) == 0 {
		s.queue = nil
	}
	s.bytes -= int64(len(doc)) + overhead
}

// maxAnswer is how much of an answer is read, so that the connection can be used again.
const maxAnswer = 64 << 10

// post posts a document; again says that it may be taken later.
func (s *Sender) post(ctx context.Context, doc []byte) (again bool, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.opts.URL, bytes.NewReader(doc))
	if err != nil {
		return false, fmt.Errorf("post an alert: %w", err)
	}
	req.Header.Set("Content-Type", "application/json")
	resp, err := s.client.Do(req)
	if err != nil {
		return true, fmt.Errorf("post an alert: %w", err)
	}
	_, readErr := io.Copy(io.Discard, io.LimitReader(resp.Body, maxAnswer))
	closeErr := resp.Body.Close()
	switch {
	case resp.StatusCode >= 200 && resp.StatusCode < 300:
		return false, nil
	case readErr != nil || closeErr != nil || resp.StatusCode >= 500, resp.StatusCode == http.StatusTooManyRequests, resp.StatusCode == http.StatusRequestTimeout:
		return true, fmt.Errorf("the server answered %s", resp.Status)
	}
	return false, fmt.Errorf("the server answered %s", resp.Status)
}

// sleep waits; it is false when ctx was done before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
