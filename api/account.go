package api

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/api/hunt"
	"github.com/lynceus-io/lynceus/api/problem"
	"github.com/lynceus-io/lynceus/coverage"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/inventory/rights"
)

// AccountAccess is what an account may do at a time against what it did in the
// time before.
type AccountAccess struct {
	Account string   `json:"account"`
	Groups  []string `json:"groups"`
	Cluster string   `json:"cluster"`
	// At is the time of the rights; deeds are of the time from From to At.
	At   time.Time `json:"at"`
	From time.Time `json:"from"`
	// Known is whether any role or binding is known of that time; without,
	// what the account may do is unknown, and not nothing.
	Known bool `json:"known"`
	// Everything marks accounts that no role limits (system:masters).
	Everything bool             `json:"everything"`
	Rights     []AccountRight   `json:"rights"`
	Missing    []rights.Missing `json:"missing_roles"`
	Deeds      []AccountDeed    `json:"deeds"`
	// MoreRights and MoreDeeds say that there are more than are listed.
	MoreRights bool                `json:"more_rights"`
	MoreDeeds  bool                `json:"more_deeds"`
	Coverage   *coverage.Statement `json:"coverage,omitempty"`
}

// AccountRight is a rule that an account has through a binding, and its use.
type AccountRight struct {
	Binding   rights.Ref     `json:"binding"`
	Role      rights.Ref     `json:"role"`
	Subject   rights.Subject `json:"subject"`
	Namespace string         `json:"namespace"`
	Verbs     []string       `json:"verbs"`
	Groups    []string       `json:"groups"`
	Resources []string       `json:"resources"`
	Names     []string       `json:"names"`
	Paths     []string       `json:"paths"`
	From      []string       `json:"from"`
	Powers    []string       `json:"powers"`
	Requests  int64          `json:"requests"`
	Last      *time.Time     `json:"last"`
	Used      []string       `json:"used"`
	Unused    []string       `json:"unused"`
	// MoreUsed and MoreUnused count what the lists leave out.
	MoreUsed   int `json:"more_used"`
	MoreUnused int `json:"more_unused"`
}

// AccountDeed is requests of an account that are alike.
type AccountDeed struct {
	Verb        string `json:"verb"`
	Group       string `json:"group"`
	Resource    string `json:"resource"`
	Subresource string `json:"subresource"`
	Namespace   string `json:"namespace"`
	Name        string `json:"name"`
	Path        string `json:"path"`
	Requests    int64  `json:"requests"`
	Refused     int64  `json:"refused"`
	// First and Last are null where a request has no time.
	First *time.Time `json:"first"`
	Last  *time.Time `json:"last"`
	// Rights are the indices of the rights that allow it.
	Rights []int `json:"rights"`
	// Reason is what the log says allowed the latest that was allowed.
	Reason string `json:"reason"`
}

// Bounds of an answer about an account.
const (
	maxRights      = 2000
	maxDeeds       = 2000
	maxRoleObjects = 50_000
	accountWindow  = 30 * 24 * time.Hour
)

// accountQuestion is what is asked of an account.
type accountQuestion struct {
	user, cluster string
	at, from      time.Time
}

func (c *call) accountQuestion() (q accountQuestion, err error) {
	v := c.r.URL.Query()
	for name := range v {
		if !slices.Contains([]string{"user", "cluster", "at", "since"}, name) {
			return q, problem.New(problem.BadRequest, "there is no parameter %q: give some of user, cluster, at, since", name)
		}
	}
	q = accountQuestion{user: v.Get("user"), cluster: v.Get("cluster"), at: c.s.o.Now().UTC()}
	c.what = q.user
	if q.user == "" {
		return q, problem.New(problem.BadRequest, "user is missing").Advise("name the account as the API server does, or a service account as namespace/name")
	}
	q.user = rights.NewAccount(q.user, nil).Name
	if text := v.Get("at"); text != "" {
		if q.at, err = c.instant(text); err != nil {
			return q, err
		}
	}
	q.from = q.at.Add(-accountWindow)
	if text := v.Get("since"); text != "" {
		d, spanErr := hunt.ParseSpan(text)
		if spanErr != nil {
			return q, problem.New(problem.BadRequest, "since: %v", spanErr).Advise("say how long before at: 90m, 24h, 7d")
		}
		q.from = q.at.Add(-d)
	}
	return q, nil
}

// account answers what an account may do and what it did.
func (c *call) account() error {
	if c.s.o.Queries == nil {
		return missing("the store")
	}
	q, err := c.accountQuestion()
	if err != nil {
		return err
	}
	done, err := c.slot()
	if err != nil {
		return err
	}
	defer done()
	book, clusters, err := c.roleBook(q)
	if err != nil {
		return err
	}
	if len(clusters) > 1 {
		return problem.New(problem.BadRequest, "there are %d clusters, and accounts of each may be called %.80q", len(clusters), q.user).Advise("give cluster, one of %s", strings.Join(clusters[:min(len(clusters), 20)], ", "))
	}
	groups, err := c.groupsOf(q)
	if err != nil {
		return err
	}
	who := rights.NewAccount(q.user, groups)
	list, gone := book.Rights(who)
	out := AccountAccess{Account: who.Name, Groups: nonNil(who.Groups), Cluster: q.cluster, At: q.at, From: q.from, Known: !book.Empty(), Everything: who.Everything(), Missing: nonNil(gone)}
	if out.MoreRights = len(list) > maxRights; out.MoreRights {
		list = list[:maxRights]
	}
	if out.Cluster == "" && len(clusters) == 1 {
		out.Cluster = clusters[0]
	}
	deeds, more, err := c.deedsOf(q, list)
	if err != nil {
		return err
	}
	out.MoreDeeds = more
	out.fill(list, deeds)
	if out.Coverage, err = c.covered(coverage.Question{From: q.from, To: q.at, Tables: []event.Class{event.ClassAudit}}); err != nil {
		return err
	}
	c.rows = int64(len(out.Deeds))
	return c.json(http.StatusOK, out)
}

// fill makes the document's lists.
func (a *AccountAccess) fill(list []rights.Right, deeds []rights.Deed) {
	compared := rights.Compare(list, deeds)
	a.Rights, a.Deeds = make([]AccountRight, len(list)), make([]AccountDeed, len(deeds))
	for i := range list {
		r, u := &list[i], &compared.Uses[i]
		a.Rights[i] = AccountRight{
			Binding: r.Binding, Role: r.Role, Subject: r.Subject, Namespace: r.Namespace,
			Verbs: nonNil(r.Rule.Verbs), Groups: nonNil(r.Rule.APIGroups), Resources: nonNil(r.Rule.Resources), Names: nonNil(r.Rule.Names), Paths: nonNil(r.Rule.URLs),
			From: nonNil(r.From), Powers: nonNil(r.Powers()), Requests: u.Requests, Last: known(u.Last),
			Used: nonNil(u.Used), Unused: nonNil(u.Unused), MoreUsed: u.MoreUsed, MoreUnused: u.MoreUnused,
		}
	}
	for i := range deeds {
		d := &deeds[i]
		a.Deeds[i] = AccountDeed{
			Verb: d.Verb, Group: d.Group, Resource: d.Resource, Subresource: d.Subresource, Namespace: d.Namespace, Name: d.Name, Path: d.Path,
			Requests: d.Requests, Refused: d.Refused, First: known(d.First), Last: known(d.Last), Rights: nonNil(compared.By[i]), Reason: d.Reason,
		}
	}
}

// known returns a time as documents have it; nil for none.
func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}
