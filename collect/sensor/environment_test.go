//go:build linux

package sensor

import "testing"

func TestKeepVariables(t *testing.T) {
	for _, tt := range []struct {
		environment string
		texts       []string
		want        string
	}{
		{"A=1\x00HTTP_PROXY=x\x00B=2\x00", []string{"http_proxy"}, "HTTP_PROXY=x\x00"},
		{"A=1\x00http_proxy=x\x00cut=of", []string{"HTTP_PROXY", "cut="}, "http_proxy=x\x00cut=of\x00"},
		{"A=1\x00B=2\x00", []string{""}, "A=1\x00B=2\x00"},
		{"A=1\x00", nil, ""},
		{"", []string{"a"}, ""},
		{"\x00\x00", []string{"a"}, ""},
	} {
		b := append(make([]byte, 0, len(tt.environment)+1), tt.environment...)
		if got := string(keepVariables(b, tt.texts)); got != tt.want {
			t.Errorf("%q %q: %q, want %q", tt.environment, tt.texts, got, tt.want)
		}
	}
}
