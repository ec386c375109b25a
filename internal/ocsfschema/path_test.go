package ocsfschema

import (
	"strings"
	"testing"
)

func TestAttribute(t *testing.T) {
	tests := []struct {
		class    int64
		path     string
		wantType string
		wantErr  string
	}{
		{3004, "time", "timestamp_t", ""},
		{3004, "ship", "ship", ""},
		{3004, "ship.name", "string_t", ""},
		{3004, "ship.rower_uid", "integer_t", ""},
		{3004, "fleet[0].name", "string_t", ""},
		{3004, "fleet[].name", "string_t", ""},
		{3004, "fleet", "ship", ""},
		{3004, "ship.cargo.wine.amphorae[3]", "json_t", ""},
		{3004, "unmapped.anything.at all", "json_t", ""},
		{3004, "unmapped", "object", ""},
		{3000, "time", "", "no event class"},
		{3004, "fleet.name", "", "fleet is an array"},
		{3004, "ship[0].name", "", "ship is no array"},
		{3004, "ship.mast", "", "ship has no attribute mast"},
		{3004, "mast", "", "the class has no attribute mast"},
		{3004, "time.year", "", "time is a timestamp_t"},
		{3004, "ship.", "", `"" is no attribute name`},
		{3004, "", "", `"" is no attribute name`},
	}
	s := small(t)
	for _, tt := range tests {
		got, err := s.Attribute(tt.class, tt.path)
		ok := err == nil
		if got != tt.wantType || ok != (tt.wantErr == "") || (!ok && !strings.Contains(err.Error(), tt.wantErr)) {
			t.Errorf("Attribute(%d, %q) = %q, %v; want %q, %q", tt.class, tt.path, got, err, tt.wantType, tt.wantErr)
		}
	}
}
