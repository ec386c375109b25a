package hub

import (
	"strings"
	"testing"

	"k8s.io/client-go/rest"

	"github.com/lynceus-io/lynceus/detect"
)

func TestParseRoles(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", ""}, {"intake", "intake"}, {"detection, storage,detection", "detection storage"}, {"api,intake", "api intake"}, {"store", "!"}, {"intake,", "!"},
	} {
		list, err := ParseRoles(c.in)
		var got []string
		for _, r := range list {
			got = append(got, string(r))
		}
		text := strings.Join(got, " ")
		if err != nil {
			text = "!"
		}
		if text != c.want {
			t.Errorf("ParseRoles(%q) = %q, %v; want %q", c.in, text, err, c.want)
		}
	}
}

func TestRolesThatCannotBe(t *testing.T) {
	bus := &BusOptions{URL: "nats://a"}
	click := &ClickHouseOptions{}
	answers := &ClickHouseOptions{Answer: true}
	for _, c := range []struct {
		o    UpOptions
		want string
	}{
		{UpOptions{}, ""},
		{UpOptions{Roles: roles}, ""},
		{UpOptions{Roles: []Role{Detection}}, "--bus"},
		{UpOptions{Roles: []Role{Detection}, Bus: bus}, ""},
		{UpOptions{Roles: []Role{Detection}, Bus: bus, Follow: []string{"a"}}, "role intake"},
		{UpOptions{Roles: []Role{Intake}, Bus: bus}, "nothing would come in"},
		{UpOptions{Roles: []Role{Intake}, Bus: bus, Follow: []string{"a"}}, ""},
		{UpOptions{Roles: []Role{Intake}, Bus: bus, Follow: []string{"a"}, Kubernetes: &rest.Config{}}, "--kubeconfig"},
		{UpOptions{Roles: []Role{Intake}, Bus: bus, Follow: []string{"a"}, ClickHouse: click}, "leave out --clickhouse"},
		{UpOptions{Roles: []Role{Storage}, Bus: bus}, "--role storage,api"},
		{UpOptions{Roles: []Role{Storage}, Bus: bus, ClickHouse: click}, ""},
		{UpOptions{Roles: []Role{Storage, Answers}, Bus: bus}, ""},
		{UpOptions{Roles: []Role{Storage, Answers}, Bus: bus, Told: func(*detect.Finding) {}}, "role detection"},
		{UpOptions{Roles: []Role{Answers}, Bus: bus, ClickHouse: click}, "--clickhouse-answers"},
		{UpOptions{Roles: []Role{Answers}, Bus: bus, ClickHouse: answers}, ""},
	} {
		err := c.o.checkRoles()
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%v: %v, want %q", c.o.Roles, err, c.want)
		}
	}
}
