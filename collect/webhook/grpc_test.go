package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/encoding/gzip"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"github.com/lynceus-io/lynceus/collect/foreign"
	"github.com/lynceus-io/lynceus/collect/otlp"
)

// bytesCodec leaves messages as they are.
type bytesCodec struct{}

func (bytesCodec) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

func (bytesCodec) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

func (bytesCodec) Name() string { return "proto" }

// serveGRPC serves a handler and returns a client of it, as a collector of OpenTelemetry is one.
func serveGRPC(t *testing.T, h http.Handler, config *tls.Config, security credentials.TransportCredentials) *grpc.ClientConn {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	if config != nil {
		l = tls.NewListener(l, config)
	}
	server, served := Server(h, nil, slog.New(slog.DiscardHandler)), make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	conn, err := grpc.NewClient("passthrough:///"+address, grpc.WithTransportCredentials(security), grpc.WithDefaultCallOptions(grpc.ForceCodecV2(bytesCodec{})))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		conn.Close()
		server.Close()
		if err := <-served; !errors.Is(err, http.ErrServerClosed) {
			t.Error(err)
		}
	})
	return conn
}

// export calls a method as a client with a token.
func export(t *testing.T, conn *grpc.ClientConn, method, token, body string, opts ...grpc.CallOption) ([]byte, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	if token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+token)
	}
	in, out := []byte(body), []byte(nil)
	err := conn.Invoke(ctx, method, &in, &out, opts...)
	return out, err
}

func TestGRPC(t *testing.T) {
	s := startForeign(t)
	conn := serveGRPC(t, s.Handler, nil, insecure.NewCredentials())
	for _, test := range []struct {
		name, method, token, body string
		opts                      []grpc.CallOption
		code                      codes.Code
		says                      string // the error
		events                    int64  // more than before
	}{
		{"logs", methodLogs, "one", logsProtobuf(), nil, codes.OK, "", 1},
		{"compressed", methodLogs, "one", logsProtobuf(), []grpc.CallOption{grpc.UseCompressor(gzip.Name)}, codes.OK, "", 1},
		{"nothing", methodLogs, "one", "", nil, codes.OK, "", 0},
		{"spans", methodTraces, "one", "", nil, codes.OK, "", 0},
		{"nobody", methodLogs, "", logsProtobuf(), nil, codes.Unauthenticated, "token", 0},
		{"a wrong token", methodLogs, "none", logsProtobuf(), nil, codes.Unauthenticated, "token", 0},
		{"no message", methodLogs, "one", logsText, nil, codes.InvalidArgument, "not a message of OTLP", 0},
		{"metrics", "/opentelemetry.proto.collector.metrics.v1.MetricsService/Export", "one", "", nil, codes.Unimplemented, "no such method", 0},
	} {
		before := s.ledger.Accounts()[0].Events
		out, err := export(t, conn, test.method, test.token, test.body, test.opts...)
		if status.Code(err) != test.code || len(out) != 0 || test.says != "" && !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %q, %v", test.name, out, err)
		}
		if n := s.ledger.Accounts()[0].Events - before; n != test.events {
			t.Errorf("%s: %d events", test.name, n)
		}
	}
	s.sink.setFail(func() error { return errors.New("the disk is full") })
	if _, err := export(t, conn, methodLogs, "one", logsProtobuf()); status.Code(err) != codes.Unavailable {
		t.Errorf("while nothing can be made durable: %v", err)
	}
}

// By TLS, as somebody whose certificate says who it is.
func TestGRPCByTLS(t *testing.T) {
	dir := t.TempDir()
	root := issue(t, dir, "root", nil)
	issue(t, dir, "server", root)
	issue(t, dir, "collector", root)
	path := func(name string) string { return filepath.Join(dir, name) }
	config, err := TLSConfig(TLSFiles{path("server.crt"), path("server.key"), path("root.crt")})
	if err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(path("collector.crt"), path("collector.key"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(root.cert)
	set, err := foreign.NewSet(otlp.Format)
	if err != nil {
		t.Fatal(err)
	}
	s := start(t, func(o *Options) {
		o.Live.Formats, o.Clients = set, []Client{{Name: "collector", Certificate: "collector"}}
	})
	client := &tls.Config{RootCAs: roots, ServerName: "127.0.0.1", Certificates: []tls.Certificate{pair}}
	conn := serveGRPC(t, s.Handler, config, credentials.NewTLS(client))
	if _, err := export(t, conn, methodLogs, "", logsProtobuf()); err != nil {
		t.Error(err)
	}
	if a := s.ledger.Accounts()[0]; a.Events != 1 {
		t.Errorf("%+v", a)
	}
}

func TestReadMessage(t *testing.T) {
	framed := func(compressed byte, text string) string {
		return string(binary.BigEndian.AppendUint32([]byte{compressed}, uint32(len(text)))) + text
	}
	for name, test := range map[string]struct {
		encoding, body, want string
		fails                error
	}{
		"plain":               {"", framed(0, "abc"), "abc", nil},
		"plain, but may be":   {"gzip", framed(0, "abc"), "abc", nil},
		"compressed":          {"gzip", framed(1, zip("abc")), "abc", nil},
		"empty":               {"", framed(0, ""), "", nil},
		"nothing":             {"", "", "", io.EOF},
		"cut off":             {"", framed(0, "abc")[:7], "", io.ErrUnexpectedEOF},
		"another compression": {"zstd", framed(1, "abc"), "", errEncoding},
		"no flag":             {"gzip", framed(2, zip("abc")), "", errEncoding},
		"too long":            {"", "\x00\xff\xff\xff\xff", "", errProtobufSize},
		"a bomb":              {"gzip", framed(1, zip(strings.Repeat("a", maxProtobuf+1))), "", errProtobufSize},
	} {
		got, err := readMessage(test.encoding, strings.NewReader(test.body))
		if string(got) != test.want || !errors.Is(err, test.fails) {
			t.Errorf("%s: %.20q, %v", name, got, err)
		}
	}
}

func TestPercent(t *testing.T) {
	if got := percent("50 % of\nn\u00f6t"); got != "50 %25 of%0An%C3%B6t" {
		t.Errorf("%q", got)
	}
}

func FuzzReadMessage(f *testing.F) {
	f.Add("gzip", []byte("\x01\x00\x00\x00\x03abc"))
	f.Add("", []byte("\x00\x00\x00\x00\x03abc"))
	f.Fuzz(func(t *testing.T, encoding string, body []byte) {
		if b, err := readMessage(encoding, strings.NewReader(string(body))); err == nil && len(b) > maxProtobuf {
			t.Errorf("%d bytes", len(b))
		}
	})
}
