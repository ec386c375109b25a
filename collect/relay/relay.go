package relay

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	"github.com/lynceus-io/lynceus/collect/audit"
	"github.com/lynceus-io/lynceus/collect/intake"
)

const (
	// maxMessage bounds a message, in bytes: gRPC's own limit.
	maxMessage = 4 << 20
	// batchBytes is how much is made durable at a time unless the stream pauses
	// for linger.
	batchBytes = 512 << 10
	linger     = 100 * time.Millisecond
	// saveEvery is how often it is kept how far the stream has come.
	saveEvery = 5 * time.Second
)

// Marks keep how far a stream has come, over restarts. They are used by one
// goroutine each.
type Marks interface {
	// Load returns what was saved for a source; the zero time where nothing was.
	Load(ctx context.Context, source string) (time.Time, error)
	// Save keeps it.
	Save(ctx context.Context, source string, since time.Time) error
}

// Options of New. Service, Address, Marks and the Feed are needed.
type Options struct {
	Service Service
	// Address is HOST:PORT.
	Address string
	// TLS is nil for none.
	TLS   *tls.Config
	Marks Marks
	intake.Feed
}

// A Reader reads one stream. It runs once.
type Reader struct {
	o     Options
	from  audit.Origin
	conn  *grpc.ClientConn
	live  *audit.Live
	marks marks
	saved time.Time // when the marks were saved last
}

// New returns a Reader that waits for Run. The error says which option is
// wrong; the server is not asked yet.
func New(o Options) (*Reader, error) {
	if o.Service.Method == "" || o.Marks == nil {
		return nil, errors.New("relay: there is no service, or no marks")
	}
	if _, _, err := net.SplitHostPort(o.Address); err != nil {
		return nil, fmt.Errorf("relay: %w; write HOST:PORT", err)
	}
	live, err := o.Open()
	if err != nil {
		return nil, fmt.Errorf("relay: %w", err)
	}
	security := insecure.NewCredentials()
	if o.TLS != nil {
		security = credentials.NewTLS(o.TLS)
	}
	// The dialer keeps the connection alive by TCP, since servers close those of
	// clients that ask for an answer more often than they like; and it uses no
	// proxy.
	dial := func(ctx context.Context, address string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	}
	conn, err := grpc.NewClient("dns:///"+o.Address, grpc.WithTransportCredentials(security), grpc.WithContextDialer(dial), grpc.WithDisableServiceConfig(),
		grpc.WithDefaultCallOptions(grpc.ForceCodec(raw{}), grpc.MaxCallRecvMsgSize(maxMessage)))
	if err != nil {
		return nil, fmt.Errorf("relay: %s: %w", o.Address, err)
	}
	r := &Reader{o: o, from: audit.Origin{Source: o.Service.Name + "/" + o.Address, Cluster: o.Cluster}, conn: conn, live: live}
	o.Ledger.Expect(r.from.Source)
	return r, nil
}

// Run reads until ctx ends. What fails is logged and tried again.
func (r *Reader) Run(ctx context.Context) error {
	defer r.conn.Close()
	start, err := r.o.Marks.Load(ctx, r.from.Source)
	if err != nil {
		return fmt.Errorf("relay: how far %s was read: %w", r.from.Source, err)
	}
	r.marks.start = start
	for wait := intake.FirstWait; ctx.Err() == nil; {
		began := time.Now()
		err := r.follow(ctx)
		r.save(context.WithoutCancel(ctx))
		if ctx.Err() != nil {
			return nil
		}
		if time.Since(began) > intake.LastWait {
			wait = intake.FirstWait // it had been well
		}
		why := "the stream ended"
		if err != nil {
			why = reason(err)
		}
		r.o.Ledger.Troubled(r.from.Source, why)
		r.o.Log.Warn("a stream of events ended; it is asked for again", "source", r.from.Source, "error", why)
		intake.Sleep(ctx, time.Duration(float64(wait)*(0.75+rand.Float64()/2)))
		wait = min(2*wait, intake.LastWait)
	}
	return nil
}

// reason says why a call failed without what gRPC puts around it.
func reason(err error) string {
	if s, ok := status.FromError(err); ok {
		return s.Code().String() + ": " + s.Message()
	}
	return err.Error()
}

// follow reads one stream to its end.
func (r *Reader) follow(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := r.conn.NewStream(ctx, &grpc.StreamDesc{ServerStreams: true}, r.o.Service.Method)
	if err != nil {
		return err
	}
	since := r.marks.since()
	if since.IsZero() {
		since = time.Unix(1, 0) // all that the server remembers; zero would be no time to it
	}
	request := r.o.Service.Request(since)
	if err := stream.SendMsg(&request); err != nil {
		return err
	}
	if err := stream.CloseSend(); err != nil {
		return err
	}
	messages, ended := make(chan []byte), make(chan error, 1)
	go func() {
		for {
			var m []byte
			if err := stream.RecvMsg(&m); err != nil {
				ended <- err
				return
			}
			select {
			case messages <- m:
			case <-ctx.Done():
				ended <- ctx.Err()
				return
			}
		}
	}()
	return r.pump(ctx, messages, ended)
}

// pump makes what comes durable, until it ends.
func (r *Reader) pump(ctx context.Context, messages <-chan []byte, ended <-chan error) error {
	var text []byte
	pause := time.NewTimer(time.Hour)
	defer pause.Stop()
	for {
		select {
		case m := <-messages:
			if len(text) == 0 {
				pause.Reset(linger)
			}
			text = r.add(text, m)
			if len(text) < batchBytes {
				continue
			}
		case <-pause.C:
		case err := <-ended:
			if taken := r.take(ctx, text); taken != nil {
				return taken
			}
			return err
		}
		if err := r.take(ctx, text); err != nil {
			return err
		}
		text = text[:0]
	}
}

// add adds what the server sent as a line. One that cannot be read is a line,
// too, which is put into quarantine and counted.
func (r *Reader) add(text, message []byte) []byte {
	out, err := r.o.Service.AppendJSON(text, message)
	if err != nil {
		r.o.Log.Debug("a message cannot be read", "source", r.from.Source, "error", err)
		out = append(text, `{"unreadable":`...)
		out = fmt.Appendf(out, "%q}", err.Error())
	}
	return append(out, '\n')
}

// take makes lines durable, however long that takes. An error means that ctx
// ended.
func (r *Reader) take(ctx context.Context, text []byte) error {
	if len(text) == 0 {
		return nil
	}
	r.o.Ledger.Read(r.from.Source, int64(len(text)))
	err := r.live.Lines(r.from, text, 1, 0, func(b *audit.Batch) error {
		if err := r.o.Deliver(ctx, b); err != nil {
			return err
		}
		r.note(b, r.o.Live.Now())
		return nil
	})
	if err == nil && time.Since(r.saved) >= saveEvery {
		r.save(ctx)
	}
	return err
}

// save keeps how far the stream has come. An error costs repeats after a
// restart.
func (r *Reader) save(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, saveEvery)
	defer cancel()
	r.saved = time.Now()
	since := r.marks.since()
	if since.IsZero() {
		return
	}
	if err := r.o.Marks.Save(ctx, r.from.Source, since); err != nil {
		r.o.Log.Warn("how far a stream was read cannot be kept; it is read again from before after a restart", "source", r.from.Source, "error", err)
	}
}
