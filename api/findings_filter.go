package api

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/api/sift"
	"github.com/lynceus-io/lynceus/rule"
)

// Bounds of what a filter may say.
const (
	maxFilterValues = 200
	maxFilterText   = 200 // bytes
)

// filterNames are the filters of findings; those that are columns may be
// given several times.
var filterNames = []string{
	"severity", "since", "until", "text", "as_of",
	"rule", "cluster", "namespace", "workload", "node", "user", "incident", "status", "resolution", "assignee", "level", "tactic", "joined", "excluded",
}

// findingFilter reads filters, which stand beside others that are known.
func (c *call) findingFilter(q url.Values, known ...string) (*sift.Filter, error) {
	f := &sift.Filter{Of: map[sift.Column][]string{}}
	known = append(known, filterNames...)
	for name, values := range q {
		if !slices.Contains(known, name) {
			slices.Sort(known)
			return nil, problem.New(problem.BadRequest, "there is no filter %q: give some of %s", name, strings.Join(known, ", "))
		}
		column, ok := sift.ColumnOf(name)
		if !ok || !slices.Contains(filterNames, name) {
			continue
		}
		if len(values) > maxFilterValues {
			return nil, problem.New(problem.BadRequest, "%s: %d values, at most %d", name, len(values), maxFilterValues)
		}
		if values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return v == "" }); len(values) > 0 {
			f.Of[column] = values
		}
	}
	if text := q.Get("severity"); text != "" {
		s, err := rule.ParseSeverity(text)
		if err != nil {
			return nil, problem.New(problem.BadRequest, "severity: %v", err)
		}
		f.AtLeast = int(s)
	}
	for name, to := range map[string]*int64{"since": &f.Since, "until": &f.Until, "as_of": &f.Received} {
		if text := q.Get(name); text != "" {
			at, err := c.instant(text)
			if err != nil {
				return nil, err
			}
			*to = at.UnixNano()
		}
	}
	if f.Text = q.Get("text"); len(f.Text) > maxFilterText {
		return nil, problem.New(problem.BadRequest, "text: longer than %d bytes", maxFilterText)
	}
	for column, allowed := range map[sift.Column][]string{sift.Excluded: {"yes", "no", "any"}, sift.Joined: {"yes", "no"}, sift.Status: {"open", "investigating", "closed"}} {
		for _, v := range f.Of[column] {
			if !slices.Contains(allowed, v) {
				return nil, problem.New(problem.BadRequest, "%s: %.80q is none of %s", column, v, strings.Join(allowed, ", "))
			}
		}
	}
	if slices.Contains(f.Of[sift.Excluded], "any") {
		delete(f.Of, sift.Excluded)
	}
	return f, nil
}

// sorts are what findings are sorted by.
var sorts = map[string]sift.Column{
	"last_seen": sift.LastSeen, "first_seen": sift.FirstSeen, "count": sift.Count, "severity": sift.Level, "title": sift.Title, "user": sift.User,
	"cluster": sift.Cluster, "namespace": sift.Namespace, "workload": sift.Workload, "node": sift.Node, "status": sift.Status, "assignee": sift.Assignee, "about": sift.About,
}

// findingOrder reads by what findings are sorted: -last_seen unless it is said.
func findingOrder(text string) (sift.Order, error) {
	if text == "" {
		text = "-last_seen"
	}
	name, desc := strings.CutPrefix(text, "-")
	by, ok := sorts[name]
	if !ok {
		return sift.Order{}, problem.New(problem.BadRequest, "sort: findings are not sorted by %.80q", name).Advise("say last_seen, first_seen, severity, count, title, user, about, status, assignee, cluster, namespace, workload or node, with - before it for the greatest first")
	}
	return sift.Order{By: by, Desc: desc}, nil
}

// placeText is a place as the cursor of a list.
func placeText(at *sift.Place) string {
	if at == nil {
		return ""
	}
	b, _ := json.Marshal(at) // texts and numbers
	return base64.RawURLEncoding.EncodeToString(b)
}

func parsePlace(text string) (*sift.Place, error) {
	if text == "" {
		return nil, nil
	}
	at := &sift.Place{}
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		err = json.Unmarshal(b, at)
	}
	if err != nil || at.ID == "" {
		return nil, problem.New(problem.BadRequest, "cursor: it is none that a list gave")
	}
	return at, nil
}

// pageSize reads how many rows a page has.
func pageSize(text string) (int, error) {
	if text == "" {
		return defaultPage, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > maxPage {
		return 0, problem.New(problem.BadRequest, "limit: %q is no number from 1 to %d", text, maxPage)
	}
	return n, nil
}

// timeOf is a time as documents have it; nil for none.
func timeOf(nanos int64) *time.Time {
	if nanos == 0 {
		return nil
	}
	t := time.Unix(0, nanos).UTC()
	return &t
}
