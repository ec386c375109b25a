package bus

import (
	"errors"
	"fmt"
	"math"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/nats-io/nats-server/v2/server"

	"github.com/lynceus-io/lynceus/bus/internal/natslog"
)

// startTimeout bounds the start of the embedded server, which reads what it
// kept: about a second for each GiB on a slow disk.
const startTimeout = 2 * time.Minute

// embedded is a server in this process and the lock of its directory.
type embedded struct {
	opts Options
	lock *os.File

	mu     sync.Mutex
	server *server.Server // nil when stopped
	found  []string       // streams that the server had to read when it started
	closed bool
}

// startEmbedded starts a server over a directory, which it makes if needed.
func startEmbedded(o Options) (*embedded, error) {
	if err := os.MkdirAll(o.Dir, 0o700); err != nil {
		return nil, fmt.Errorf("bus: make the directory: %w", err)
	}
	lock, err := lockDir(o.Dir)
	if err != nil {
		return nil, err
	}
	e := &embedded{opts: o, lock: lock}
	if err := e.start(); err != nil {
		return nil, errors.Join(err, e.stop())
	}
	return e, nil
}

// InProcessConn connects to the server as it is now: NATS's client asks again
// after a restart.
func (e *embedded) InProcessConn() (net.Conn, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server == nil {
		return nil, errors.New("bus: the embedded server is stopped")
	}
	return e.server.InProcessConn()
}

// health is nil while the server can store.
func (e *embedded) health() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.server == nil {
		return errors.New("bus: the embedded server is stopped")
	}
	for _, ill := range e.server.Healthz(&server.HealthzOptions{Details: true}).Errors {
		if ill.Type == server.HealthzErrorConn || e.beingMade(ill) {
			continue // it gives itself a millisecond to answer, which says nothing on a busy machine
		}
		return fmt.Errorf("bus: the embedded server cannot store: %s", ill.Error)
	}
	return nil
}

// beingMade reports whether the server complains of a stream that it is
// making at the moment: it has a directory then, but no stream. One that was
// there at the start and is missing now could not be read.
func (e *embedded) beingMade(ill server.HealthzError) bool {
	return ill.Type == server.HealthzErrorStream && strings.HasSuffix(ill.Error, "could not be recovered") && !slices.Contains(e.found, ill.Stream)
}

// restart ends the server and starts it over what it has on disk.
func (e *embedded) restart() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil
	}
	e.shutdown()
	return e.start()
}

// start starts a server over the directory.
func (e *embedded) start() (err error) {
	e.found, err = streamsIn(storeDir(e.opts))
	if err != nil {
		return err
	}
	e.server, err = startServer(e.opts)
	return err
}

// storeDir is where the server keeps its accounts.
func storeDir(o Options) string { return filepath.Join(o.Dir, "js") }

// streamsIn names the streams that a server keeps: the directory holds
// jetstream/ACCOUNT/streams/NAME.
func streamsIn(dir string) (names []string, err error) {
	paths, err := filepath.Glob(filepath.Join(dir, server.JetStreamStoreDir, "*", "streams", "*"))
	for _, p := range paths {
		names = append(names, filepath.Base(p))
	}
	return names, err
}

func (e *embedded) shutdown() {
	if e.server != nil {
		e.server.Shutdown()
		e.server.WaitForShutdown()
		e.server = nil
	}
}

// stop ends the server, waits for it and frees the directory.
func (e *embedded) stop() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.closed = true
	e.shutdown()
	return e.lock.Close() // which unlocks
}

func startServer(o Options) (*server.Server, error) {
	store := int64(max(o.Partitions, 1))
	if o.MaxBytes > (math.MaxInt64-stateBytes)/store {
		return nil, fmt.Errorf("bus: %d partitions of %d bytes are more than any disk has", o.Partitions, o.MaxBytes)
	}
	s, err := server.NewServer(&server.Options{
		ServerName:             o.Name,
		DontListen:             true,
		NoSigs:                 true,
		JetStream:              true,
		StoreDir:               storeDir(o),
		SyncAlways:             true,
		MaxPayload:             maxBundleBytes + 2*partHead,
		JetStreamMaxMemory:     64 << 20,
		JetStreamMaxStore:      store*o.MaxBytes + stateBytes,
		DisableJetStreamBanner: true,
	})
	if err != nil {
		return nil, fmt.Errorf("bus: make the embedded server: %w", err)
	}
	s.SetLoggerV2(natslog.Log{To: o.Log.With("component", "bus")}, false, false, false)
	s.Start()
	if !s.ReadyForConnections(startTimeout) || !s.JetStreamEnabled() {
		s.Shutdown()
		s.WaitForShutdown()
		return nil, fmt.Errorf("bus: the embedded server did not start over %s; its log says why (a damaged file can be moved away with its stream's directory)", o.Dir)
	}
	return s, nil
}
