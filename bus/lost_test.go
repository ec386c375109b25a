package bus

import (
	"errors"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// A message that the server sent and nobody received, as when the question
// for it ends at that moment, is delivered all the same.
func TestMessageLostOnItsWay(t *testing.T) {
	for name, after := range map[string][]string{"others follow": {"c", "d"}, "none follows": nil} {
		t.Run(name, func(t *testing.T) {
			b, err := Open(t.Context(), Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			c, err := b.Consumer(t.Context(), "store", 0)
			if err != nil {
				t.Fatal(err)
			}
			send := func(payloads ...string) {
				t.Helper()
				for _, p := range payloads {
					if _, err := b.Publish(t.Context(), 0, []byte(p)); err != nil {
						t.Fatal(err)
					}
				}
			}
			send("a")
			if got, err := c.Pull(t.Context(), PullOptions{}); err != nil || len(got) != 1 {
				t.Fatalf("%d messages, %v", len(got), err)
			}
			send("b")
			lost, err := c.pull.Fetch(1)
			if err != nil {
				t.Fatal(err)
			}
			if m := <-lost.Messages(); m == nil || string(m.Data()) != "b" {
				t.Fatalf("the server sent %v", m)
			}
			send(after...)
			var got []string
			for end := time.Now().Add(3 * time.Minute); len(got) < 1+len(after) && time.Now().Before(end); {
				ms, err := c.Pull(t.Context(), PullOptions{Wait: 20 * time.Millisecond})
				if err != nil {
					t.Fatal(err)
				}
				for _, m := range ms {
					got = append(got, string(m.Data))
				}
			}
			want := append([]string{"b"}, after...)
			if len(got) != len(want) {
				t.Fatalf("got %q, want %q", got, want)
			}
			for i := range want {
				if got[i] != want[i] {
					t.Errorf("got %q, want %q", got, want)
				}
			}
		})
	}
}

// failing is a server's side that answers once.
type failing struct {
	jetstream.Consumer
	asked int
}

var errFailing = errors.New("the second question fails")

func (f *failing) FetchNoWait(n int) (jetstream.MessageBatch, error) {
	if f.asked++; f.asked > 1 {
		return nil, errFailing
	}
	return f.Consumer.FetchNoWait(n)
}

// Where a later question of one pull fails, what the first one brought is returned, and the failure by the next pull.
func TestPullKeepsWhatCame(t *testing.T) {
	b, err := Open(t.Context(), Options{Dir: t.TempDir(), Consumers: []string{"store"}, MaxBytes: 1 << 20, MinFree: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	c, err := b.Consumer(t.Context(), "store", 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Pull(t.Context(), PullOptions{Wait: time.Millisecond}); err != nil { // attaches it
		t.Fatal(err)
	}
	if _, err := b.Publish(t.Context(), 0, []byte("a")); err != nil {
		t.Fatal(err)
	}
	c.pull = &failing{Consumer: c.pull}
	got, err := c.Pull(t.Context(), PullOptions{})
	if err != nil || len(got) != 1 || string(got[0].Data) != "a" {
		t.Fatalf("%d messages, %v", len(got), err)
	}
	if _, err := c.Pull(t.Context(), PullOptions{}); !errors.Is(err, errFailing) {
		t.Errorf("the next pull says %v", err)
	}
}
