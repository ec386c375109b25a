package expr

import (
	"testing"
	"time"
)

func TestParseTime(t *testing.T) {
	for _, s := range []string{
		"2026-11-21T19:25:53.318421Z", "2026-11-21T19:25:53Z", "2024-02-29T00:00:00+05:30", "1678-01-01T00:00:00Z", "2261-12-31T23:59:59.999999999-23:59", "1969-12-31T23:59:59.5Z",
	} {
		want, err := time.Parse(time.RFC3339Nano, s)
		if err != nil {
			t.Fatal(err)
		}
		if got, ok := parseTime(s); !ok || got != want.UnixNano() {
			t.Errorf("%s: %d %v, want %d", s, got, ok, want.UnixNano())
		}
	}
	for _, s := range []string{
		"", "now", "2026-11-21", "2026-11-21T19:25:53", "2026-11-21 19:25:53Z", "2026-13-21T19:25:53Z", "2026-00-21T19:25:53Z", "2025-02-29T00:00:00Z", "2026-11-21T24:00:00Z",
		"2026-11-21T19:25:53.Z", "2026-11-21T19:25:53z", "2026-11-21T19:25:53+1:00", "2026-11-21T19:25:53+24:00", "1677-12-31T00:00:00Z", "9999-01-01T00:00:00Z", "2026-11-21T19:25:53Zx",
	} {
		if ns, ok := parseTime(s); ok {
			t.Errorf("%q is %d", s, ns)
		}
	}
}
