//go:build linux

package sensorcmd

import (
	"errors"
	"maps"
	"net/netip"
	"testing"
)

func TestAddressNames(t *testing.T) {
	t.Setenv("KUBERNETES_SERVICE_HOST", "10.96.0.1")
	got, err := addressNames(map[string]string{"2001:db8::1": "db.example", "::ffff:192.0.2.1": "old.example"})
	want := map[netip.Addr]string{
		netip.MustParseAddr("10.96.0.1"): apiServerName, netip.MustParseAddr("2001:db8::1"): "db.example", netip.MustParseAddr("192.0.2.1"): "old.example",
	}
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	var usage *usageError
	if _, err := addressNames(map[string]string{"db.example": "2001:db8::1"}); !errors.As(err, &usage) {
		t.Errorf("an address that is none: %v", err)
	}
}
