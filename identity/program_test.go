package identity

import (
	"testing"

	"github.com/lynceus-io/lynceus/event"
)

func TestOwnProgram(t *testing.T) {
	for _, c := range []struct {
		agent, account, workload string
		want                     bool
	}{
		{"external-secrets/v0.10.7 (linux/amd64) kubernetes/$Format", "external-secrets:external-secrets", "", true},
		{"PrometheusOperator/0.78.2", "monitoring:prometheus-operator", "", true},
		{"cert-manager-certificates-issuing/v1.16.2 (linux/amd64)", "cert-manager:cert-manager", "", true},
		{"velero-server/v1.15.0", "backup:default", "Deployment/velero", true},
		{"manager/v0.0.0 (linux/amd64) kubernetes/$Format", "capsule-system:capsule-controller-manager", "", true},
		{"kubectl/v1.36.3 (linux/amd64) kubernetes/5c3f1a2", "ci:kubectl-runner", "", false},
		{"curl/8.5.0", "data:notebook", "Deployment/notebook", false},
		{"OpenAPI-Generator/31.0.0/python", "data:notebook", "", false},
		{"peirates/v0.0.0 (linux/amd64)", "data:notebook", "Deployment/notebook", false},
		{"app/v0.0.0", "shop:webapp", "", false},
		{"", "shop:web", "", false},
		{"/-/-", "shop:----", "Deployment/", false},
	} {
		if got := ownProgram(c.agent, "system:serviceaccount:"+c.account, c.workload); got != c.want {
			t.Errorf("%q of %s in %s: %v, want %v", c.agent, c.account, c.workload, got, c.want)
		}
	}
	if ownProgram("mira/1.0", "mira", "") {
		t.Error("a person is no program")
	}
}

func TestOwnProgramIsSaidAtHome(t *testing.T) {
	web, tool := runs(0, "shop", "web-1", "u-web", "10.244.0.7"), runs(1, "tools", "shell", "u-tool", "10.244.0.8")
	for _, c := range []struct {
		ip, agent  string
		said, want bool
	}{
		{"10.244.0.7", "shop-web/v2", true, true},
		{"10.244.0.7", "kubectl/v1.36.3", true, false},
		{"10.244.0.8", "shop-web/v2", false, false},
	} {
		call := asks(60, c.ip, "web-1", "u-web")
		call.agent = c.agent
		e := lastEvent(t, nil, web, tool, call)
		if said, got := event.AuditOwnProgram.Has(e), event.AuditOwnProgram.Get(e); said != c.said || got != c.want {
			t.Errorf("%q from %s: said %v, %v; want %v, %v", c.agent, c.ip, said, got, c.said, c.want)
		}
	}
}

// TestOwnProgramWithoutAddresses looks at a log that tells no pod's address: the only place that uses a token is taken
// for its pod's.
func TestOwnProgramWithoutAddresses(t *testing.T) {
	web := func(at float64, ip, cred, agent string) call {
		c := asks(at, ip, "web-1", "u-web")
		c.cred, c.agent = cred, agent
		return c
	}
	other := runs(90, "shop", "web-1", "u-web", "10.244.0.9")
	for _, c := range []struct {
		name       string
		calls      []call
		said, want bool
	}{
		{"one place", []call{web(60, "10.244.0.7", "JTI=a", "shop-web/v2")}, true, true},
		{"one place, by hand", []call{web(60, "10.244.0.7", "JTI=a", "curl/8.5.0")}, true, false},
		{"a second place", []call{web(60, "10.244.0.7", "JTI=a", "shop-web/v2"), web(61, "10.244.0.8", "JTI=a", "shop-web/v2")}, false, false},
		{"outside", []call{web(60, out, "JTI=a", "shop-web/v2")}, false, false},
		{"a token without an id", []call{web(60, "10.244.0.7", "", "shop-web/v2")}, false, false},
		{"another address is known", []call{other, web(95, "10.244.0.7", "JTI=a", "shop-web/v2")}, false, false},
	} {
		e := lastEvent(t, nil, c.calls...)
		if said, got := event.AuditOwnProgram.Has(e), event.AuditOwnProgram.Get(e); said != c.said || got != c.want {
			t.Errorf("%s: said %v, %v; want %v, %v", c.name, said, got, c.said, c.want)
		}
	}
}
