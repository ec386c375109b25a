package stage

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// request is what labels need of an audit event.
type request struct {
	AuditID    string
	Verb       string
	RequestURI string
	UserAgent  string
	User       struct{ Username string }
	SourceIPs  []string
	Received   time.Time `json:"requestReceivedTimestamp"`
}

// label gives each step the requests of the audit log that are its own: received in its time, by its account, from its
// place and by the programs it used. Discovery (what a client asks to learn the API) is left out unless it is all.
func label(audit io.Reader, steps []*Step) error {
	slices.SortFunc(steps, func(a, b *Step) int { return a.T0.Compare(b.T0) })
	discovery := make([][]string, len(steps))
	r := bufio.NewReaderSize(audit, 1<<20)
	for {
		line, err := r.ReadBytes('\n')
		if len(line) > 1 {
			var req request
			if err := json.Unmarshal(line, &req); err != nil {
				return fmt.Errorf("audit log: %w", err)
			}
			for i, st := range steps {
				if !st.owns(&req) {
					continue
				}
				to := &st.AuditIDs
				if isDiscovery(req.RequestURI) {
					to = &discovery[i]
				}
				if !slices.Contains(*to, req.AuditID) {
					*to = append(*to, req.AuditID)
				}
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return fmt.Errorf("audit log: %w", err)
		}
	}
	for i, st := range steps {
		st.Number = i + 1
		if len(st.AuditIDs) == 0 {
			st.AuditIDs = discovery[i]
		}
	}
	return nil
}

func (st *Step) owns(r *request) bool {
	if r.Received.Before(st.T0) || r.Received.After(st.T1) {
		return false
	}
	if st.seen != nil {
		return st.seen(r)
	}
	if r.User.Username != st.Actor || len(r.SourceIPs) == 0 || r.SourceIPs[len(r.SourceIPs)-1] != st.From {
		return false
	}
	return slices.ContainsFunc(st.agents, func(prefix string) bool { return strings.HasPrefix(r.UserAgent, prefix) })
}

// isDiscovery tells the requests by which clients learn what an API server serves.
func isDiscovery(uri string) bool {
	path, _, _ := strings.Cut(uri, "?")
	switch parts := strings.Split(strings.Trim(path, "/"), "/"); parts[0] {
	case "openapi":
		return true
	case "api":
		return len(parts) <= 2
	case "apis":
		return len(parts) <= 3
	}
	return false
}
