package agent

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"github.com/klauspost/compress/gzip"
	"k8s.io/client-go/rest"

	"github.com/lynceus-io/lynceus/collect/kube"
	"github.com/lynceus-io/lynceus/collect/redact"
	"github.com/lynceus-io/lynceus/inventory"
	"github.com/lynceus-io/lynceus/store/clusters"
)

// flushEvery is how old what a recording lacks may be while it grows.
const flushEvery = time.Second

// RecordOptions of Record. Cluster and To are needed.
type RecordOptions struct {
	Cluster *rest.Config
	Name    string // of the cluster; "" makes one of its UID
	Key     []byte // see Options
	// To is where the recording goes, one object a line (inventory.Encoder),
	// compressed with gzip where Gzip says so.
	To   io.Writer
	Gzip bool
	// Version is the program's, for the audit log.
	Version string
	// Listed is called when everything that is there was written; nil for
	// nobody.
	Listed func()
	Log    *slog.Logger
	Now    func() time.Time
}

// Recorded says what a recording holds.
type Recorded struct {
	Objects int64
	// Unseen are kinds of objects that could not be read at the end, and why.
	Unseen []string
}

// Record writes what a cluster contains and each change of it until ctx ends.
// What was written is complete then; while it grows, all but the last second
// is. An error means that the cluster could not be reached at all, or that
// nothing could be written any more.
func Record(ctx context.Context, o RecordOptions) (Recorded, error) {
	if o.Cluster == nil || o.To == nil {
		return Recorded{}, errors.New("agent: Cluster and To must be given")
	}
	client, err := newClient(o.Cluster, o.Version)
	if err != nil {
		return Recorded{}, err
	}
	id, err := client.Identify(ctx)
	if err != nil {
		return Recorded{}, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	r := newRecording(o.To, o.Gzip, stop)
	name := cmp.Or(o.Name, clusters.NameOf(id.UID))
	watcher, err := kube.NewWatcher(kube.Options{
		Client: client, Redactor: redact.New(o.Key), Log: o.Log, Now: o.Now,
		Emit: func(_ context.Context, x *inventory.Object) {
			x.Cluster, x.ClusterUID = name, id.UID
			r.write(x)
		},
	})
	if err != nil {
		return Recorded{}, err
	}
	var running sync.WaitGroup
	running.Go(func() { r.flushUntil(ctx) })
	running.Go(func() {
		watcher.WaitListed()
		r.flush()
		if o.Listed != nil && ctx.Err() == nil {
			o.Listed()
		}
	})
	watcher.Run(ctx)
	running.Wait()
	return Recorded{Objects: r.objects, Unseen: watcher.Trouble()}, r.close()
}

// recording writes objects.
type recording struct {
	stop context.CancelFunc

	mu      sync.Mutex
	buffer  *bufio.Writer
	gzip    *gzip.Writer // nil for none
	encoder *inventory.Encoder
	objects int64
	dirty   bool
	err     error // the first
}

func newRecording(to io.Writer, compressed bool, stop context.CancelFunc) *recording {
	r := &recording{stop: stop, buffer: bufio.NewWriter(to)}
	var w io.Writer = r.buffer
	if compressed {
		r.gzip = gzip.NewWriter(r.buffer)
		w = r.gzip
	}
	r.encoder = inventory.NewEncoder(w)
	return r
}

// fail keeps the first error and ends the recording.
func (r *recording) fail(err error) {
	if err != nil && r.err == nil {
		r.err = fmt.Errorf("write the recording: %w", err)
		r.stop()
	}
}

func (r *recording) write(o *inventory.Object) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil {
		return
	}
	r.fail(r.encoder.Encode(o))
	r.objects++
	r.dirty = true
}

func (r *recording) flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.err != nil || !r.dirty {
		return
	}
	r.dirty = false
	if r.gzip != nil {
		r.fail(r.gzip.Flush())
	}
	r.fail(r.buffer.Flush())
}

func (r *recording) flushUntil(ctx context.Context) {
	tick := time.NewTicker(flushEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.flush()
		}
	}
}

// close ends the recording and returns what went wrong first.
func (r *recording) close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.gzip != nil {
		r.fail(r.gzip.Close())
	}
	r.fail(r.buffer.Flush())
	return r.err
}
