package own

import (
	"strings"
	"testing"
	"time"
)

func TestMade(t *testing.T) {
	secret := []byte("of the installation")
	key := NewKey(secret, "uid-1", "prod")
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	const uri = "/api/v1/secrets?limit=500"
	id := key.AuditID(now, uri)
	if len(id) > 64 {
		t.Errorf("%q is cut off in answers", id)
	}
	for name, test := range map[string]struct {
		key     Key
		id, uri string
		at      time.Time
		want    bool
	}{
		"its own":                {key, id, uri, now, true},
		"clocks apart":           {key, id, uri, now.Add(-Skew + time.Second), true},
		"repeated later":         {key, id, uri, now.Add(Skew + time.Second), false},
		"before it was made":     {key, id, uri, now.Add(-Skew - time.Second), false},
		"another request":        {key, id, "/api/v1/secrets?limit=501", now, false},
		"another cluster":        {NewKey(secret, "uid-2", "prod"), id, uri, now, false},
		"another name":           {NewKey(secret, "uid-1", "dev"), id, uri, now, false},
		"another installation":   {NewKey([]byte("other"), "uid-1", "prod"), id, uri, now, false},
		"another time":           {key, strings.Replace(id, "lynceus-6", "lynceus-7", 1), uri, now, false},
		"no code":                {key, prefix, uri, now, false},
		"no time":                {key, prefix + "-" + strings.Repeat("0", 32), uri, now, false},
		"cut off":                {key, id[:len(id)-2], uri, now, false},
		"more":                   {key, id + "00", uri, now, false},
		"no hex":                 {key, id[:len(id)-1] + "x", uri, now, false},
		"an API server's own ID": {key, "8a2b1f3e-52a4-4b52-8a83-1a1a1a1a1a1a", uri, now, false},
		"none":                   {key, "", uri, now, false},
		"without the prefix":     {key, strings.TrimPrefix(id, prefix), uri, now, false},
		"a time of long ago":     {key, prefix + "-7fffffffffffffff-" + strings.Repeat("0", 32), uri, now, false},
		"the zero key":           {Key{}, id, uri, now, false},
	} {
		if got := test.key.Made(test.id, test.uri, test.at); got != test.want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

func FuzzMade(f *testing.F) {
	key := NewKey([]byte("secret"), "uid", "prod")
	now := time.Unix(1_800_000_000, 0)
	f.Add(key.AuditID(now, "/api"), "/api")
	f.Add("lynceus-0-00", "")
	f.Fuzz(func(t *testing.T, id, uri string) {
		if key.Made(id, uri, now) && !strings.HasPrefix(id, prefix) {
			t.Errorf("%q is taken for an agent's", id)
		}
		if made := key.AuditID(now, uri); !key.Made(made, uri, now) || !Claims(made) {
			t.Errorf("%q is not known", made)
		}
	})
}
