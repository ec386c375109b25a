package webhook

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"

	"github.com/lynceus-io/lynceus/collect/otlp"
)

// What is posted as gRPC is a request of HTTP/2 with a message behind five
// bytes; the answer is one, too, and says in trailers how it went
// (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). So OTLP by
// gRPC is one more way of the same Handler, with its clients, limits and
// accounts.

// Methods of OTLP (opentelemetry-proto, collector/logs/v1 and trace/v1).
const (
	methodLogs   = "/opentelemetry.proto.collector.logs.v1.LogsService/Export"
	methodTraces = "/opentelemetry.proto.collector.trace.v1.TraceService/Export"
)

// grpcWays are the ways of gRPC by method; noMethod is that of every other.
var (
	grpcWays = map[string]*way{
		methodLogs:   {text: message(otlp.Logs), mixed: true, respond: respondGRPC},
		methodTraces: {text: message(otlp.Traces), mixed: true, respond: respondGRPC},
	}
	noMethod = &way{respond: respondGRPC, text: func(*http.Request, io.Reader) (io.Reader, error) { return nil, errMethod }}
)

// errMethod is what every other method is answered with.
var errMethod = errors.New("there is no such method: OTLP's Export of logs and traces is taken by gRPC")

const grpcType = "application/grpc"

// isGRPC reports whether a request is gRPC's.
func isGRPC(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), grpcType)
}

// frame is how long what stands before a message is: whether it is compressed,
// and its length.
const frame = 5

// message turns the message of a signal into JSON.
func message(signal otlp.Signal) func(*http.Request, io.Reader) (io.Reader, error) {
	return func(r *http.Request, body io.Reader) (io.Reader, error) {
		b, err := readMessage(r.Header.Get("Grpc-Encoding"), body)
		if err != nil {
			return nil, err
		}
		text, err := otlp.JSON(signal, b)
		if err != nil {
			return nil, err
		}
		return bytes.NewReader(text), nil
	}
}

// readMessage reads the only message of a body. Neither it nor what it
// decompresses to may be longer than maxProtobuf.
func readMessage(encoding string, body io.Reader) ([]byte, error) {
	var head [frame]byte
	if _, err := io.ReadFull(body, head[:]); err != nil {
		return nil, fmt.Errorf("no message of gRPC: %w", err)
	}
	size := int64(binary.BigEndian.Uint32(head[1:]))
	if size > maxProtobuf {
		return nil, errProtobufSize
	}
	b, err := io.ReadAll(io.LimitReader(body, size))
	switch {
	case err != nil:
		return nil, err
	case int64(len(b)) < size:
		return nil, fmt.Errorf("a message of gRPC: %w", io.ErrUnexpectedEOF)
	case head[0] == 0:
		return b, nil
	case head[0] != 1 || encoding != "gzip":
		return nil, errEncoding
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	if b, err = io.ReadAll(io.LimitReader(z, maxProtobuf+1)); err != nil {
		return nil, err
	}
	if len(b) > maxProtobuf {
		return nil, errProtobufSize
	}
	return b, nil
}

// grpcCodes are what gRPC calls how a request ended. A collector comes again after
// deadlineExceeded and unavailable, and gives up what had another answer
// (https://opentelemetry.io/docs/specs/otlp/#failures).
var grpcCodes = map[int]int{
	http.StatusOK: 0, http.StatusBadRequest: 3, http.StatusRequestTimeout: 4, http.StatusRequestEntityTooLarge: 8,
	http.StatusMethodNotAllowed: 12, http.StatusNotImplemented: 12, http.StatusUnsupportedMediaType: 12, http.StatusServiceUnavailable: 14,
	http.StatusUnauthorized: 16,
}

// respondGRPC answers as gRPC does: how it went stands after the message.
func respondGRPC(w http.ResponseWriter, _ *http.Request, a *answer) {
	head := w.Header()
	head.Set("Content-Type", grpcType+"+proto")
	w.WriteHeader(http.StatusOK)
	if a.status == http.StatusOK {
		out := otlp.Answer(true, a.Rejected, "")
		_, _ = w.Write(binary.BigEndian.AppendUint32([]byte{0}, uint32(len(out)))) // an error means that the client is gone: it comes again
		_, _ = w.Write(out)
	}
	code, known := grpcCodes[a.status]
	if !known {
		code = 2 // unknown
	}
	head.Set(http.TrailerPrefix+"Grpc-Status", strconv.Itoa(code))
	if a.Error != "" {
		head.Set(http.TrailerPrefix+"Grpc-Message", percent(a.Error))
	}
}

// percent writes a text as grpc-message has it: printable ASCII, all else by
// its bytes.
func percent(text string) string {
	var b strings.Builder
	for i := range len(text) {
		if c := text[i]; c >= ' ' && c <= '~' && c != '%' {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
