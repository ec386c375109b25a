package state

import (
	"context"
	"fmt"
	"regexp"

	"github.com/nats-io/nats.go/jetstream"
)

// Options of New.
type Options struct {
	Name     string // begins the names of buckets; "" means "lynceus"
	Replicas int    // how many servers of a cluster keep each value; 0 means 1
}

// Store makes buckets. It may be used by several goroutines.
type Store struct {
	js   jetstream.JetStream
	opts Options
}

// New returns a store over a JetStream, such as that of a bus. It lives as
// long as js's connection.
func New(js jetstream.JetStream, opts Options) *Store {
	if opts.Name == "" {
		opts.Name = "lynceus"
	}
	opts.Replicas = max(opts.Replicas, 1)
	return &Store{js: js, opts: opts}
}

// MaxHistory is how many revisions of a key can be kept: a limit of NATS.
const MaxHistory = jetstream.KeyValueMaxHistory

// defaultBytes bounds a bucket that does not say how large it may become.
const defaultBytes = 64 << 20

// BucketOptions describe a bucket.
type BucketOptions struct {
	Name     string // letters, digits, _ and -
	About    string // what it holds, for an operator who lists streams
	History  int    // revisions kept of each key, 1 to MaxHistory; 0 means 1
	MaxBytes int64  // of all revisions; 0 means 64 MiB
	// KeepDeleted keeps the history of a key after Delete.
	KeepDeleted bool
}

var bucketName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Bucket makes a bucket or opens it. Limits may change from one opening to
// the next.
func (s *Store) Bucket(ctx context.Context, o BucketOptions) (*Bucket, error) {
	if !bucketName.MatchString(o.Name) {
		return nil, fmt.Errorf("state: %q cannot be the name of a bucket: use at most 64 letters, digits, _ and -", o.Name)
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = defaultBytes
	}
	kv, err := s.js.CreateOrUpdateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: s.opts.Name + "_state_" + o.Name, Description: o.About, Replicas: s.opts.Replicas,
		History: uint8(min(max(o.History, 1), MaxHistory)), MaxBytes: o.MaxBytes,
	})
	if err != nil {
		return nil, fmt.Errorf("state: open bucket %s: %w", o.Name, err)
	}
	return &Bucket{name: o.Name, kv: kv, keepDeleted: o.KeepDeleted}, nil
}
