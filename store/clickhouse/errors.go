package clickhouse

import (
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/lynceus-io/lynceus/kql/sql"
)

// Kinds of errors, for errors.Is.
var (
	// ErrUnavailable means that no server answered, or that it cannot work
	// now; trying again later may help.
	ErrUnavailable = errors.New("ClickHouse is unavailable")
	// ErrTimeout means that a statement took longer than it may. It is a
	// *sql.LimitError.
	ErrTimeout error = &sql.LimitError{Limit: sql.LimitTime, Text: "the query took longer than it may: narrow its time, or raise the limit of time"}
	// ErrMemory means that a statement needs more memory than it may have. It
	// is a *sql.LimitError.
	ErrMemory error = &sql.LimitError{Limit: sql.LimitMemory, Text: "the query needs more memory than it may have: narrow it, or raise the limit of memory"}
	// ErrReadOnly means that a query tried to change something.
	ErrReadOnly = errors.New("a query may only read")
	// ErrDenied means that the user is not known or not allowed.
	ErrDenied = errors.New("ClickHouse does not let this user in, or not do this")
	// ErrMissing means that the database or a table is not there.
	ErrMissing = errors.New("the database or a table is not there: let the store make its tables first")
	// ErrNewerSchema means that a later release has changed the tables.
	ErrNewerSchema = errors.New("the tables were made by a newer release: update this program, or give it another database")
)

// Exception is what the server says when it refuses or fails a statement.
type Exception struct {
	// Code is ClickHouse's number, 0 when the answer had none (a proxy's).
	Code int
	// Name is ClickHouse's name of the number, such as UNKNOWN_TABLE; it may
	// be empty.
	Name string
	// Message is the server's text, without the number.
	Message string
	// Status is the HTTP status.
	Status int
}

var (
	exceptionStart = regexp.MustCompile(`^Code: (\d+)\. (?:DB::Exception: )?`)
	exceptionEnd   = regexp.MustCompile(`\(([A-Z][A-Z0-9_]+)\)(?: \(version [^)]*\)*)?\s*$`)
)

// newException reads an answer that is none.
func newException(code, status int, text string) *Exception {
	e := &Exception{Code: code, Status: status, Message: strings.TrimSpace(text)}
	if m := exceptionStart.FindStringSubmatch(e.Message); m != nil {
		if e.Code == 0 {
			e.Code, _ = strconv.Atoi(m[1])
		}
		e.Message = e.Message[len(m[0]):]
	}
	if m := exceptionEnd.FindStringSubmatchIndex(e.Message); m != nil {
		e.Name = e.Message[m[2]:m[3]]
		e.Message = strings.TrimSpace(e.Message[:m[0]])
	}
	return e
}

// Error names the code and gives the server's text.
func (e *Exception) Error() string {
	kind := e.kind()
	text := "ClickHouse: " + e.Message
	if e.Code == 0 {
		text = "ClickHouse: " + strconv.Itoa(e.Status) + " " + http.StatusText(e.Status) + ": " + e.Message
	} else {
		text += " (" + strings.TrimSpace(strconv.Itoa(e.Code)+" "+e.Name) + ")"
	}
	if kind != nil {
		return kind.Error() + ": " + text
	}
	return text
}

// Unwrap returns the kind of e, nil where it has none.
func (e *Exception) Unwrap() error { return e.kind() }

// kinds are the numbers of ClickHouse's src/Common/ErrorCodes.cpp that have a
// kind here.
var kinds = map[int]error{
	60:  ErrMissing, // UNKNOWN_TABLE
	81:  ErrMissing, // UNKNOWN_DATABASE
	159: ErrTimeout, // TIMEOUT_EXCEEDED
	160: ErrTimeout, // TOO_SLOW
	164: ErrReadOnly,
	192: ErrDenied, // UNKNOWN_USER
	193: ErrDenied, // WRONG_PASSWORD
	194: ErrDenied, // REQUIRED_PASSWORD
	241: ErrMemory, // MEMORY_LIMIT_EXCEEDED
	291: ErrDenied, // DATABASE_ACCESS_DENIED
	497: ErrDenied, // ACCESS_DENIED
	516: ErrDenied, // AUTHENTICATION_FAILED

	// What a server says while it is busy, starting, stopping or cut off.
	202: ErrUnavailable, // TOO_MANY_SIMULTANEOUS_QUERIES
	203: ErrUnavailable, // NO_FREE_CONNECTION
	209: ErrUnavailable, // SOCKET_TIMEOUT
	210: ErrUnavailable, // NETWORK_ERROR
	225: ErrUnavailable, // NO_ZOOKEEPER
	236: ErrUnavailable, // ABORTED
	242: ErrUnavailable, // TABLE_IS_READ_ONLY
	243: ErrUnavailable, // NOT_ENOUGH_SPACE
	252: ErrUnavailable, // TOO_MANY_PARTS
	254: ErrUnavailable, // NO_ACTIVE_REPLICAS
	279: ErrUnavailable, // ALL_CONNECTION_TRIES_FAILED
	285: ErrUnavailable, // TOO_FEW_LIVE_REPLICAS
	319: ErrUnavailable, // UNKNOWN_STATUS_OF_INSERT
	394: ErrUnavailable, // QUERY_WAS_CANCELLED
	439: ErrUnavailable, // CANNOT_SCHEDULE_TASK
	999: ErrUnavailable, // KEEPER_EXCEPTION
}

func (e *Exception) kind() error {
	if kind := kinds[e.Code]; kind != nil {
		return kind
	}
	if e.Code != 0 {
		return nil
	}
	switch { // of something before the server
	case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden:
		return ErrDenied
	case e.Status >= 500 || e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout:
		return ErrUnavailable
	}
	return nil
}
