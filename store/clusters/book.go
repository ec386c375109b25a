package clusters

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"github.com/lynceus-io/lynceus/store/state"
)

// Errors that callers tell apart with errors.Is.
var (
	// ErrTaken says that another cluster has the name.
	ErrTaken = errors.New("the name belongs to another cluster")
	// ErrInvalid says what is wrong with a name or a UID.
	ErrInvalid = errors.New("not a cluster")
	// ErrUnknown says that no cluster has that UID.
	ErrUnknown = errors.New("no such cluster")
)

// Bounds of what an agent says. A name is that of a DNS domain at most.
const (
	maxName      = 253
	maxUID       = 128
	maxVersion   = 128
	maxAddresses = 64
	maxClusters  = 1000
)

// Cluster is what is kept of a cluster.
type Cluster struct {
	UID               string    `json:"uid"`
	Name              string    `json:"name"`
	KubernetesVersion string    `json:"kubernetes_version,omitempty"`
	Addresses         []string  `json:"addresses,omitempty"` // of its API servers
	AgentVersion      string    `json:"agent_version,omitempty"`
	FirstSeen         time.Time `json:"first_seen"`
}

// NameOf returns a name for a cluster that was given none: made of its UID, so
// that it is the same wherever it is asked. What a client configuration calls
// the cluster says nothing: kubeadm calls every one kubernetes.
func NameOf(uid string) string { return "cluster-" + uid[:min(8, len(uid))] }

// check says what is wrong with a cluster.
func (c *Cluster) check() error {
	switch {
	case !word(c.UID, maxUID):
		return fmt.Errorf("%w: its UID is missing, too long or no plain text", ErrInvalid)
	case !word(c.Name, maxName):
		return fmt.Errorf("%w: a name has 1 to %d bytes of plain text without spaces", ErrInvalid, maxName)
	case len(c.KubernetesVersion) > maxVersion, len(c.AgentVersion) > maxVersion, len(c.Addresses) > maxAddresses:
		return fmt.Errorf("%w: its version or addresses are too long", ErrInvalid)
	}
	for _, a := range c.Addresses {
		if !word(a, maxName+len(":65535")) {
			return fmt.Errorf("%w: its addresses are no plain text", ErrInvalid)
		}
	}
	return nil
}

func word(text string, most int) bool {
	return text != "" && len(text) <= most && !strings.ContainsFunc(text, func(r rune) bool {
		return r == unicode.ReplacementChar || !unicode.IsPrint(r) || unicode.IsSpace(r)
	})
}

// Book are the clusters of an installation. It may be used by several
// goroutines of one process.
type Book struct {
	bucket *state.Bucket
	now    func() time.Time

	mu    sync.Mutex
	byUID map[string]Cluster
}

// Open reads the clusters that are known.
func Open(ctx context.Context, s *state.Store, now func() time.Time) (*Book, error) {
	bucket, err := s.Bucket(ctx, state.BucketOptions{Name: "clusters", About: "clusters that report", History: state.MaxHistory})
	if err != nil {
		return nil, err
	}
	entries, err := bucket.List(ctx, "")
	if err != nil {
		return nil, err
	}
	b := &Book{bucket: bucket, now: now, byUID: map[string]Cluster{}}
	for _, e := range entries {
		var c Cluster
		if err := json.Unmarshal(e.Value, &c); err != nil {
			return nil, fmt.Errorf("cluster %s: %w", e.Key, err)
		}
		b.byUID[c.UID] = c
	}
	return b, nil
}

// Meet keeps what a cluster says of itself, and returns it with when it was
// first seen. A cluster may change its name; it cannot take one that another
// has. by is who says so, for the history.
func (b *Book) Meet(ctx context.Context, c Cluster, by string) (Cluster, error) {
	if err := c.check(); err != nil {
		return c, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, other := range b.byUID {
		if other.Name == c.Name && other.UID != c.UID {
			return c, fmt.Errorf("%w: %q is the cluster with UID %s, seen since %s, and this one has UID %s", ErrTaken, c.Name, other.UID, other.FirstSeen.Format(time.RFC3339), c.UID)
		}
	}
	old, known := b.byUID[c.UID]
	if !known && len(b.byUID) >= maxClusters {
		return c, fmt.Errorf("%w: %d are known already; forget some first", ErrInvalid, maxClusters)
	}
	c.FirstSeen = old.FirstSeen
	if !known {
		c.FirstSeen = b.now().UTC().Truncate(time.Second)
	}
	if known && old.equal(c) {
		return old, nil
	}
	text, err := json.Marshal(c)
	if err != nil {
		return c, err
	}
	if _, err := b.bucket.Put(ctx, state.Key(c.UID), text, state.Any, by); err != nil {
		return c, err
	}
	b.byUID[c.UID] = c
	return c, nil
}

func (c Cluster) equal(o Cluster) bool {
	return c.Name == o.Name && c.KubernetesVersion == o.KubernetesVersion && c.AgentVersion == o.AgentVersion && slices.Equal(c.Addresses, o.Addresses)
}

// Forget lets a cluster's name go. Its events stay.
func (b *Book) Forget(ctx context.Context, uid, by string) (Cluster, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.byUID[uid]
	if !ok {
		return c, ErrUnknown
	}
	if err := b.bucket.Delete(ctx, state.Key(uid), state.Any, by); err != nil && !errors.Is(err, state.ErrNotFound) {
		return c, err
	}
	delete(b.byUID, uid)
	return c, nil
}

// Get returns the cluster with a UID.
func (b *Book) Get(uid string) (Cluster, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	c, ok := b.byUID[uid]
	return c, ok
}

// UID returns the UID of the cluster with a name, "" for none.
func (b *Book) UID(name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, c := range b.byUID {
		if c.Name == name {
			return c.UID
		}
	}
	return ""
}

// List returns the clusters by name.
func (b *Book) List() []Cluster {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := make([]Cluster, 0, len(b.byUID))
	for _, c := range b.byUID {
		out = append(out, c)
	}
	slices.SortFunc(out, func(x, y Cluster) int { return cmp.Compare(x.Name, y.Name) })
	return out
}
