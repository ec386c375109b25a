package seek

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/store/lake"
)

// at is when the planted events happened.
var at = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

const hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"

// planted is a store with noise and a few events that indicators are about.
func planted(t *testing.T) *lake.Lake {
	t.Helper()
	l, _, err := lake.Open(t.Context(), lake.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	var e event.Event
	n := 0
	add := func(a *lake.Append, c event.Class, set func()) {
		e.Reset(c)
		n++
		event.Time.Set(&e, at.Add(time.Duration(n)*time.Second).UnixNano())
		event.ReceivedTime.Set(&e, at.UnixNano())
		event.MetadataUID.Set(&e, fmt.Sprintf("%032x", n))
		event.K8sNamespace.Set(&e, "shop")
		set()
		if err := a.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for part := range uint64(3) {
		a := l.Begin("test", part+1, part+1)
		for range 300 {
			add(a, event.ClassNetwork, func() {
				event.DstEndpointIP.Set(&e, fmt.Sprintf("10.%d.%d.%d", r.IntN(4), r.IntN(256), r.IntN(256)))
				event.DstEndpointHostname.Set(&e, fmt.Sprintf("host-%d.shop.example", r.IntN(100)))
			})
			add(a, event.ClassAudit, func() { event.ActorUserName.Set(&e, fmt.Sprintf("user-%d", r.IntN(20))) })
		}
		if part == 1 {
			add(a, event.ClassNetwork, func() {
				event.DstEndpointIP.Set(&e, "203.0.113.66")
				event.K8sPod.Set(&e, "web-1")
				event.ActorProcessFilePath.Set(&e, "/usr/bin/curl")
			})
			add(a, event.ClassNetwork, func() { event.DstEndpointIP.Set(&e, "2001:db8::5") })
			add(a, event.ClassDNS, func() {
				event.QueryHostname.Set(&e, "C2.Evil.Example.")
				event.Answers.Set(&e, []string{"203.0.113.66", "203.0.113.66"})
			})
			add(a, event.ClassProcess, func() {
				event.ProcessFileHashSHA256.Set(&e, strings.ToUpper(hash))
				event.ProcessFilePath.Set(&e, "/tmp/x")
			})
			add(a, event.ClassAudit, func() {
				event.ActorUserName.Set(&e, "Mallory")
				event.AuditUserName.Set(&e, "Mallory")
				event.SrcEndpointIP.Set(&e, "198.51.100.7")
				event.AuditSourceIPs.Set(&e, []string{"203.0.113.66", "198.51.100.7"})
			})
		}
		if err := a.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return l
}

func sightings(t *testing.T, l *lake.Lake, list string) []string {
	t.Helper()
	var in Indicators
	if _, err := in.Read(strings.NewReader(list)); err != nil {
		t.Fatal(err)
	}
	r, err := Seek(t.Context(), Options{Lake: l, Indicators: &in, From: math.MinInt64, To: math.MaxInt64})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range r.Sightings {
		out = append(out, fmt.Sprintf("%s %s %s %d %v", s.Indicator, s.Table, s.Field, s.Events, s.Values))
	}
	slices.Sort(out)
	return out
}

func TestSeek(t *testing.T) {
	l := planted(t)
	var many strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&many, "192.0.2.%d\nhost%d.test\n", i%256, i)
	}
	f := func(list string, want ...string) {
		t.Helper()
		slices.Sort(want)
		// What filters leave out must be what nobody looks for.
		for _, more := range []string{"", many.String()} {
			if got := sightings(t, l, list+"\n"+more); !slices.Equal(got, want) {
				t.Errorf("%s, with %d bytes more:\ngot  %q\nwant %q", list, len(more), got, want)
			}
		}
	}
	f("192.168.0.1\nnobody\nuser-99")
	f("203.0.113.66", "203.0.113.66 network dst_endpoint.ip 1 []", "203.0.113.66 dns answers 1 []", "203.0.113.66 audit audit.source_ips 1 []")
	f("::ffff:203.0.113.66 # as version 6", "::ffff:203.0.113.66 network dst_endpoint.ip 1 [203.0.113.66]",
		"::ffff:203.0.113.66 dns answers 1 [203.0.113.66]", "::ffff:203.0.113.66 audit audit.source_ips 1 [203.0.113.66]")
	f("198.51.100.0/24", "198.51.100.0/24 audit src_endpoint.ip 1 [198.51.100.7]")
	f("2001:db8::/32;a comment", "2001:db8::/32 network dst_endpoint.ip 1 [2001:db8::5]")
	f("evil.example", "evil.example dns query.hostname 1 [C2.Evil.Example.]")
	f("vil.example")
	f(hash, hash+" process process.file.hash.sha256 1 []")
	f("mallory, some more", "mallory audit actor.user.name 1 []")
	f("/tmp/x", "/tmp/x process process.file.path 1 []")
}

func TestSeekDetails(t *testing.T) {
	l := planted(t)
	var in Indicators
	if err := in.Add("203.0.113.66"); err != nil {
		t.Fatal(err)
	}
	looked := int64(0)
	r, err := Seek(t.Context(), Options{Lake: l, Indicators: &in, From: at.UnixNano(), To: at.Add(time.Hour).UnixNano(), Progress: func(n int64) { looked = n }})
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(r.Sightings, func(s Sighting) bool { return s.Table == "network" })
	if i < 0 || looked != 0 {
		t.Fatalf("%+v", r)
	}
	s := r.Sightings[i]
	if s.First != s.Last || s.First.Before(at) || !slices.Equal(s.Who, []string{"/usr/bin/curl"}) || !slices.Equal(s.Where, []string{"shop/web-1"}) || len(s.EventUIDs) != 1 {
		t.Errorf("%+v", s)
	}
	if r.Seen != 1 || r.Indicators != 1 || len(r.Tables) != 4 {
		t.Errorf("%d of %d seen in %v", r.Seen, r.Indicators, r.Tables)
	}
	if r, err = Seek(t.Context(), Options{Lake: l, Indicators: &in, From: at.Add(time.Hour).UnixNano(), To: math.MaxInt64}); err != nil || r.Seen != 0 {
		t.Errorf("after it happened: %+v, %v", r, err)
	}
}

func TestAdd(t *testing.T) {
	f := func(text string, want bool) {
		t.Helper()
		var in Indicators
		if err := in.Add(text); (err == nil) != want {
			t.Errorf("%q: %v", text, err)
		}
	}
	f("evil.example", true)
	f("10.0.0.0/8", true)
	f("::ffff:10.0.0.0/104", true)
	f("fe80::1%eth0", true)
	f("[2001:db8::1]", true)
	f("", false)
	f("  ", false)
	f("a\x00b", false)
	f("\xff", false)
	f(strings.Repeat("x", maxLine+1), false)
}

func FuzzRead(f *testing.F) {
	f.Add("203.0.113.66 # seen\n10.0.0.0/8\nevil.example;\n\"x\"\n")
	f.Add("\ufeff::ffff:1.2.3.4/96\n[::1]\n")
	f.Fuzz(func(t *testing.T, list string) {
		var in Indicators
		if _, err := in.Read(strings.NewReader(list)); err != nil {
			return
		}
		hit := func(string) {}
		for line := range strings.Lines(list) {
			in.address(line, hit)
			in.name(line, hit)
			in.host(line, hit)
		}
	})
}
