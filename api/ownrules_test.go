package api_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/lynceus-io/lynceus/api"
	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus"
	"github.com/lynceus-io/lynceus/kql/scope"
	"github.com/lynceus-io/lynceus/store/ownrules"
	"github.com/lynceus-io/lynceus/store/state"
)

// ownBook is a book whose rules are tried by compiling them.
type ownBook struct{ *ownrules.Book }

func (ownBook) Try(_ context.Context, r ownrules.Rule) error {
	_, err := r.Compile()
	return err
}

// ownText is a rule of that id, as a member of a body.
func ownText(id, more string) string {
	return `{"document":"title: x\nid: ` + id + `\nlogsource: {product: kubernetes, service: audit}\ndetection: {selection: {resource.type: secrets}, condition: selection}\nlevel: low\n` + more + `"`
}

// Whoever is limited has ids of their own, learns nothing of others' rules by
// trying their ids, and changes them by no revision; what they wrote stays
// theirs when somebody else puts it back.
func TestOwnRuleIDs(t *testing.T) {
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	book, err := ownrules.Open(t.Context(), state.New(b.JetStream(), state.Options{}), ownrules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := limitedSite(t, func(o *api.Options) { o.OwnRules = ownBook{book} })
	hidden, err := book.Put(t.Context(), ownrules.Rule{ID: "own_hidden", Scope: scope.Scope{Namespaces: []string{"others"}}, Document: "title: x\nid: own_hidden\nlogsource: {product: kubernetes, service: audit}\ndetection: {selection: {resource.type: pods}, condition: selection}\n"}, 0, "eve")
	if err != nil {
		t.Fatal(err)
	}
	put := func(role token.Role, id, more string) (int, string) {
		t.Helper()
		resp, body := s.ask(t, "PUT", "/api/v1/own-rules/"+id, role, ownText(id, "")+`,"on":true`+more+`}`)
		return resp.StatusCode, strings.ReplaceAll(body, id, "ID")
	}
	want, without := put(token.Responder, "own_nothing", "")
	for _, more := range []string{"", fmt.Sprintf(`,"revision":%d`, hidden.Revision)} {
		if status, body := put(token.Responder, "own_hidden", more); status != want || body != without || want != 400 {
			t.Errorf("%s: %d %s, and of what is not there %d %s", more, status, body, want, without)
		}
	}
	mine := ownrules.Space(payments) + "secrets"
	if status, body := put(token.Responder, mine, ""); status != 200 {
		t.Fatalf("a rule of the limit's own: %d %s", status, body)
	}
	if status, body := put(token.Admin, ownrules.Space(payments)+"other", ""); status != 400 {
		t.Errorf("somebody who is not limited took an id of a limit: %d %s", status, body)
	}
	if resp, body := s.ask(t, "DELETE", "/api/v1/own-rules/"+mine, token.Admin, ""); resp.StatusCode != 204 {
		t.Fatal(body)
	}
	if status, body := put(token.Admin, mine, ""); status != 200 {
		t.Fatalf("put back: %d %s", status, body)
	}
	if r, err := book.Get(t.Context(), mine); err != nil || r.Scope.All() || r.Scope.String() != payments.String() {
		t.Errorf("put back with the limit %q, %v", r.Scope, err)
	}
}

// A text is checked where it is wrong, and says what it must learn.
func TestCheckRule(t *testing.T) {
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	book, err := ownrules.Open(t.Context(), state.New(b.JetStream(), state.Options{}), ownrules.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := limitedSite(t, func(o *api.Options) { o.OwnRules = ownBook{book} })
	f := func(body string, wants ...string) {
		t.Helper()
		resp, got := s.ask(t, "POST", "/api/v1/rules/check", token.Analyst, body+"}")
		for _, want := range wants {
			if resp.StatusCode != 200 || !strings.Contains(got, want) {
				t.Errorf("%s: %d %s, want %s", body, resp.StatusCode, got, want)
			}
		}
	}
	f(ownText("own_x", ""), `"id":"own_x","title":"x","errors":[],"tests":0,"learns":[]`)
	f(ownText("own_x", `lynceus: {new: {key: [actor.user.name], within: [k8s.namespace]}}\n`), `"errors":[]`, `"learns":[{"key":["actor.user.name"],"within":["k8s.namespace"],"hours":24,"matches":20,"silent":true}]`)
	f(ownText("own_x", `lynceus: {new: {key: [actor.user.nane]}}\n`), `actor.user.nane`, `"line":6`)
	f(ownText("own_x", "")+`,"id":"own_y"`, `write id: own_y`)
	f(`{"document":"title: ["`, `"line":1`)
	f(ownText("own_s12345678_x", ""), "of a limited author")
	if len(book.List()) != 0 {
		t.Error("a check kept something")
	}
}
