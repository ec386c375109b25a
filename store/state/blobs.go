package state

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// MaxBlob is the greatest size of a blob, in bytes.
const MaxBlob = 256 << 20

// Blobs hold large values under keys: what is known to novelty, rules that
// were uploaded. A blob is replaced as a whole: a reader gets all of the old
// or all of the new one, and a writer that died leaves the old one.
//
// The bytes stand in JetStream's object store under a name of their own, and
// a bucket says which name is the current one. So the bucket's revisions
// guard blobs, too, and a writer whose time is over cannot win.
type Blobs struct {
	current *Bucket
	objects jetstream.ObjectStore
	stream  jetstream.Stream // of the objects
	bucket  string           // name of the object store
}

// pointer is the value in the bucket.
type pointer struct {
	Object string `json:"object"`
	Size   int    `json:"size"`
}

// Blobs makes a collection of blobs or opens it, and deletes what writers
// that died left behind. maxBytes bounds all of them together; 0 means 1 GiB.
func (s *Store) Blobs(ctx context.Context, name, about string, maxBytes int64) (*Blobs, error) {
	if maxBytes <= 0 {
		maxBytes = 1 << 30
	}
	current, err := s.Bucket(ctx, BucketOptions{Name: name, About: about})
	if err != nil {
		return nil, err
	}
	b := &Blobs{current: current, bucket: s.opts.Name + "_blobs_" + name}
	b.objects, err = s.js.CreateOrUpdateObjectStore(ctx, jetstream.ObjectStoreConfig{
		Bucket: b.bucket, Description: about, Replicas: s.opts.Replicas, MaxBytes: maxBytes,
	})
	if err == nil {
		b.stream, err = s.js.Stream(ctx, "OBJ_"+b.bucket)
	}
	if err != nil {
		return nil, fmt.Errorf("state: open blobs %s: %w", name, err)
	}
	return b, b.sweep(ctx, sweepAge)
}

// sweepAge is how old an object must be that nobody refers to before it is
// deleted: a younger one may belong to a Put that goes on in another process.
const sweepAge = time.Hour

// sweep deletes objects that are no longer, or never became, the current one.
func (b *Blobs) sweep(ctx context.Context, age time.Duration) error {
	objects, err := b.objects.List(ctx)
	if errors.Is(err, jetstream.ErrNoObjectsFound) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("state: list the objects of %s: %w", b.current.name, err)
	}
	entries, err := b.current.List(ctx, "")
	if err != nil {
		return err
	}
	used := map[string]bool{}
	for _, e := range entries {
		p, err := parsePointer(e)
		if err != nil {
			return err
		}
		used[p.Object] = true
	}
	for _, o := range objects {
		if !used[o.Name] && time.Since(o.ModTime) >= age {
			if err := b.drop(ctx, o.Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// Put replaces a blob, or makes it, under the conditions of Bucket.Put.
func (b *Blobs) Put(ctx context.Context, key string, value []byte, expect uint64, by string) (revision uint64, err error) {
	if len(value) > MaxBlob {
		return 0, b.current.wrap("write", key, fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(value), MaxBlob))
	}
	if err := checkKey(key); err != nil {
		return 0, err
	}
	before, err := b.current.Get(ctx, key)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return 0, err
	}
	name := rand.Text()
	if _, err := b.objects.PutBytes(ctx, name, value); err != nil {
		return 0, b.current.wrap("write the blob of", key, errors.Join(err, b.drop(ctx, name)))
	}
	p, err := json.Marshal(pointer{Object: name, Size: len(value)})
	if err != nil {
		return 0, b.current.wrap("write", key, err)
	}
	if revision, err = b.current.Put(ctx, key, p, expect, by); err != nil {
		return 0, errors.Join(err, b.drop(ctx, name))
	}
	if old, err := parsePointer(before); err == nil {
		// The new blob is durable. What stays of the old one if this fails is
		// deleted by the next opening.
		_ = b.drop(ctx, old.Object)
	}
	return revision, nil
}

// Get returns a blob; the error wraps ErrNotFound when there is none. Its
// bytes are checked against their SHA-256.
func (b *Blobs) Get(ctx context.Context, key string) (Entry, error) {
	for {
		e, err := b.current.Get(ctx, key)
		if err != nil {
			return Entry{}, err
		}
		p, err := parsePointer(e)
		if err != nil {
			return Entry{}, err
		}
		data, err := b.objects.GetBytes(ctx, p.Object)
		if errors.Is(err, jetstream.ErrObjectNotFound) {
			// Replaced between the two questions, or lost.
			now, again := b.current.Get(ctx, key)
			if again == nil && now.Revision != e.Revision {
				continue
			}
		}
		if err != nil {
			return Entry{}, b.current.wrap("read the blob of", key, err)
		}
		if len(data) != p.Size {
			return Entry{}, b.current.wrap("read the blob of", key, fmt.Errorf("it has %d bytes instead of %d", len(data), p.Size))
		}
		e.Value = data
		return e, nil
	}
}

// Delete takes a blob away, under the conditions of Bucket.Delete.
func (b *Blobs) Delete(ctx context.Context, key string, expect uint64, by string) error {
	e, err := b.current.Get(ctx, key)
	if err != nil {
		return err
	}
	if err := b.current.Delete(ctx, key, expect, by); err != nil {
		return err
	}
	p, err := parsePointer(e)
	if err != nil {
		return err
	}
	return b.drop(ctx, p.Object)
}

// drop deletes an object that may be gone already, and the mark that the
// object store leaves in its place: names are never used again. Where the mark
// stands is fixed by
// https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-20.md.
func (b *Blobs) drop(ctx context.Context, object string) error {
	err := b.objects.Delete(ctx, object)
	if errors.Is(err, jetstream.ErrObjectNotFound) {
		return nil
	}
	if err == nil {
		subject := "$O." + b.bucket + ".M." + base64.URLEncoding.EncodeToString([]byte(object))
		err = b.stream.Purge(ctx, jetstream.WithPurgeSubject(subject))
	}
	if err != nil {
		return fmt.Errorf("state: delete an old object of %s: %w", b.current.name, err)
	}
	return nil
}

func parsePointer(e Entry) (pointer, error) {
	var p pointer
	if err := json.Unmarshal(e.Value, &p); err != nil || p.Object == "" {
		return p, fmt.Errorf("state: key %s does not name a blob", e.Key)
	}
	return p, nil
}
