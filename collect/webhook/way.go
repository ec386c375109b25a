package webhook

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/lynceus-io/lynceus/collect/otlp"
)

// A way is how one kind of sender posts: where its credential stands, what its
// body is made of, and what it wants for an answer. Everything else is the same
// for all.
type way struct {
	// credential returns what it shows besides what everybody may; nil for
	// nothing.
	credential func(*http.Request) string
	// text makes JSON of the body; nil where it is JSON.
	text func(*http.Request, io.Reader) (io.Reader, error)
	// mixed says that there may be anything in the body. What is no event is
	// rejected and counted, and the answer is 200 all the same: the sender
	// would bring it for ever.
	mixed bool
	// answer writes the body of an answer; nil for a Handler's own.
	answer func(w io.Writer, r *http.Request, a *answer) error
	// kind is the type of that, "" for JSON.
	kind func(*http.Request) string
	// respond writes all of an answer, its status too; nil for HTTP's.
	respond func(w http.ResponseWriter, r *http.Request, a *answer)
}

// Paths that mean a way. Whatever is posted elsewhere is taken as it is.
const (
	pathLogs     = "/v1/logs"
	pathTraces   = "/v1/traces"
	pathFirehose = "/firehose"
	pathPubSub   = "/pubsub"
)

// otherWay is that of API servers, of Falco and of whoever posts JSON.
var otherWay = &way{}

// ways are the others, by path.
//
// OTLP/HTTP: https://opentelemetry.io/docs/specs/otlp/#otlphttp. Firehose:
// https://docs.aws.amazon.com/firehose/latest/dev/httpdeliveryrequestresponse.html.
// Pub/Sub: https://cloud.google.com/pubsub/docs/push.
var ways = map[string]*way{
	pathLogs:     {text: protobuf(otlp.Logs), mixed: true, answer: answerOTLP("rejectedLogRecords"), kind: kindOf},
	pathTraces:   {text: protobuf(otlp.Traces), mixed: true, answer: answerOTLP("rejectedSpans"), kind: kindOf},
	pathFirehose: {credential: firehoseKey, mixed: true, answer: answerFirehose},
	pathPubSub:   {credential: pubsubToken, mixed: true},
}

// wayOf returns the way of a request.
func wayOf(r *http.Request) *way {
	if isGRPC(r) {
		return cmp.Or(grpcWays[r.URL.Path], noMethod)
	}
	if w := ways[strings.TrimSuffix(r.URL.Path, "/")]; w != nil {
		return w
	}
	return otherWay
}

// firehoseKey is the access key that Firehose is configured with.
func firehoseKey(r *http.Request) string { return r.Header.Get("X-Amz-Firehose-Access-Key") }

// pubsubToken is the token that the address of a push subscription has.
func pubsubToken(r *http.Request) string { return r.URL.Query().Get("token") }

const protobufType = "application/x-protobuf"

// isProtobuf reports whether a body is protobuf.
func isProtobuf(r *http.Request) bool {
	kind, _, _ := strings.Cut(r.Header.Get("Content-Type"), ";")
	return strings.EqualFold(strings.TrimSpace(kind), protobufType)
}

func kindOf(r *http.Request) string {
	if isProtobuf(r) {
		return protobufType
	}
	return ""
}

// maxProtobuf is how long a body in protobuf may be, in bytes, which has to be
// held as a whole. Collectors send 8,192 records at once unless told otherwise.
const maxProtobuf = 32 << 20

// errProtobufSize ends a body in protobuf that is larger than that.
var errProtobufSize = errors.New("the body in protobuf is larger than 32 MiB; send smaller batches")

// protobuf turns bodies of a signal into JSON.
func protobuf(signal otlp.Signal) func(*http.Request, io.Reader) (io.Reader, error) {
	return func(r *http.Request, body io.Reader) (io.Reader, error) {
		if !isProtobuf(r) {
			return body, nil
		}
		b, err := io.ReadAll(io.LimitReader(body, maxProtobuf+1))
		if err != nil {
			return nil, err
		}
		if len(b) > maxProtobuf {
			return nil, errProtobufSize
		}
		text, err := otlp.JSON(signal, b)
		if err != nil {
			return nil, err
		}
		return bytes.NewReader(text), nil
	}
}

// answerOTLP says in the request's own format how many records were rejected,
// which JSON has under a name. A success without rejects is an empty message.
func answerOTLP(name string) func(io.Writer, *http.Request, *answer) error {
	return func(w io.Writer, r *http.Request, a *answer) error {
		switch {
		case isProtobuf(r):
			_, err := w.Write(otlp.Answer(a.status == http.StatusOK, a.Rejected, a.Error))
			return err
		case a.status != http.StatusOK:
			return json.NewEncoder(w).Encode(map[string]string{"message": a.Error})
		case a.Rejected == 0:
			return json.NewEncoder(w).Encode(struct{}{})
		}
		return json.NewEncoder(w).Encode(map[string]any{"partialSuccess": map[string]string{
			name: strconv.FormatInt(a.Rejected, 10), "errorMessage": "what could not be read is in quarantine",
		}})
	}
}

// answerFirehose repeats the request's id, without which Firehose takes no
// answer for one.
func answerFirehose(w io.Writer, r *http.Request, a *answer) error {
	out := map[string]any{"requestId": r.Header.Get("X-Amz-Firehose-Request-Id"), "timestamp": time.Now().UnixMilli()}
	if a.status != http.StatusOK {
		out["errorMessage"] = a.Error
	}
	return json.NewEncoder(w).Encode(out)
}
