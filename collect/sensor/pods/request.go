package pods

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
)

// statusError is an answer other than 200.
type statusError struct {
	code int
	text string
}

// Error implements error.
func (e *statusError) Error() string {
	switch e.code {
	case http.StatusUnauthorized:
		return "the API server does not know this credential: " + e.text
	case http.StatusForbidden:
		return "the API server refuses it; give the account a role with get, list and watch of pods: " + e.text
	}
	return fmt.Sprintf("the API server answers %d: %s", e.code, e.text)
}

// codeOf returns the status code that an error tells of, or 0.
func codeOf(err error) int {
	var s *statusError
	if errors.As(err, &s) {
		return s.code
	}
	return 0
}

// maxStatus bounds what is read of an answer that is an error, maxToken of a file with a token, in bytes.
const (
	maxStatus = 64 << 10
	maxToken  = 64 << 10
)

// metadataOnly asks for an object's metadata, and takes the whole object from servers that do not know that.
const metadataOnly = "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json"

// get sends a request. The body of the answer, which is 200, has to be closed.
func (w *Watcher) get(ctx context.Context, path string, query url.Values, accept string) (io.ReadCloser, error) {
	u := *w.server
	u.Path = strings.TrimSuffix(u.Path, "/") + path
	u.RawQuery = query.Encode()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask the API server: %w", err)
	}
	token, err := w.token()
	if err != nil {
		return nil, err
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	req.Header.Set("Accept", accept)
	req.Header.Set("User-Agent", "lynceus-sensor")
	resp, err := w.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("ask the API server: %w", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	out := &statusError{code: resp.StatusCode, text: resp.Status}
	var s status
	if json.NewDecoder(io.LimitReader(resp.Body, maxStatus)).Decode(&s) == nil && s.Message != "" {
		out.text = s.Message
	}
	return nil, out
}

// token returns the bearer token as it is now.
func (w *Watcher) token() (string, error) {
	if w.config.TokenFile == "" {
		return w.config.Token, nil
	}
	f, err := os.Open(w.config.TokenFile)
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxToken))
	if err != nil {
		return "", fmt.Errorf("read the token: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}
