package bus

import (
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"regexp"
)

// Limits.
const (
	// MaxPayload is the greatest payload that Publish takes, in bytes: more
	// than a batch of package event/wire can have.
	MaxPayload = 80 << 20
	// maxPart is the greatest message that is sent to the server. A larger
	// payload goes in several, which are stored together or not at all. The
	// server's own default limit is 1 MiB; throughput is best from 256 KiB.
	maxPart = 512 << 10
	// maxBundleBytes is the greatest message of several payloads that is sent to
	// the server: messages that are stored together cost it a directory of their
	// own, one that is larger does not.
	maxBundleBytes = 2 << 20
	// partHead is room for the headers of a message.
	partHead = 4 << 10
	// DefaultMaxBytes is Options.MaxBytes when it is 0: an hour of 5,000 audit events a second.
	DefaultMaxBytes = 4 << 30
	// NoPartitions is Options.Partitions for a bus that takes no batches.
	NoPartitions = -1
	// quarantineBytes and quarantineAge bound the quarantine: what is beyond
	// is deleted, oldest first.
	quarantineBytes = 256 << 20
	// defaultMinFree is what must stay free on the disk of an embedded bus, in
	// bytes: state and the store's manifest must still be written.
	defaultMinFree = 256 << 20
	// stateBytes is room for what else is kept beside the batches.
	stateBytes = 8 << 30
)

// Options of Open.
type Options struct {
	// Dir is where an embedded server keeps its files. Exactly one of Dir and
	// URL is given.
	Dir string
	// URL names servers of an existing cluster, separated by commas:
	// nats://host:4222 or tls://host:4222.
	URL string
	// Credentials is the path of a .creds file for URL; "" for none.
	Credentials string
	// TLS is how to connect to URL; nil leaves it to the URL's scheme.
	TLS *tls.Config
	// Replicas is how many servers of a cluster keep each batch, 1 to 5; 0
	// means 1. Three survive the loss of one.
	Replicas int

	// Name begins the names of streams and subjects; "" means "lynceus".
	// Installations that share a cluster differ in it.
	Name string
	// Partitions is how many independent sequences there are; 0 means 1, and
	// NoPartitions that only the connection is wanted.
	Partitions int
	// Consumers are the names of all who must have acknowledged a batch before
	// it is deleted. There must be one.
	Consumers []string
	// KeepLast keeps the last message of each partition even when all have
	// acknowledged it.
	KeepLast bool
	// MaxBytes bounds what each partition keeps, in bytes; 0 means 4 GiB.
	MaxBytes int64
	// MinFree is what must stay free on the disk of Dir, in bytes; 0 means
	// 256 MiB.
	MinFree int64
	// Log takes what the embedded server and the connection have to say; nil
	// discards it.
	Log *slog.Logger
}

// word is what a name may be: it becomes a part of subjects and of file names.
var word = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// complete returns the options with defaults filled in.
func (o Options) complete() (Options, error) {
	if (o.Dir == "") == (o.URL == "") {
		return o, errors.New("bus: give either a directory for an embedded bus or the URL of a cluster")
	}
	if o.Name == "" {
		o.Name = "lynceus"
	}
	if len(o.Consumers) == 0 {
		return o, errors.New("bus: no consumer is named; without one nothing would ever be deleted")
	}
	for _, n := range append([]string{o.Name}, o.Consumers...) {
		if !word.MatchString(n) {
			return o, fmt.Errorf("bus: %q cannot be a name: use at most 32 letters, digits, _ and -", n)
		}
	}
	if o.Partitions == 0 {
		o.Partitions = 1
	}
	o.Partitions = max(o.Partitions, 0)
	o.Replicas = max(o.Replicas, 1)
	if o.Partitions > 1024 || o.Replicas > 5 {
		return o, fmt.Errorf("bus: %d partitions and %d replicas; at most 1024 and 5 are possible", o.Partitions, o.Replicas)
	}
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MinFree <= 0 {
		o.MinFree = defaultMinFree
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return o, nil
}
