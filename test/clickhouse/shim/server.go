package main

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// server answers as the HTTP interface of a ClickHouse server does: /ping, and statements on /. A request has a
// connection of its own, so that no setting outlives it. An answer is complete before its first byte is sent, as with
// wait_end_of_query=1, so that an exception always has its status and headers.
type server struct{ engine *engine }

// maxQuery is how much of a request's body may be query text, in bytes.
const maxQuery = 64 << 20

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == "/ping" {
		io.WriteString(w, "Ok.\n")
		return
	}
	if r.URL.Path != "/" {
		http.Error(w, "there is nothing here", http.StatusNotFound)
		return
	}
	w.Header().Set("X-ClickHouse-Server-Display-Name", "lynceus-test")
	w.Header().Set("X-ClickHouse-Timezone", "UTC")
	res, err := s.run(r)
	var ex *exception
	switch {
	case errors.As(err, &ex):
		w.Header().Set("X-ClickHouse-Exception-Code", strconv.Itoa(ex.code))
		http.Error(w, ex.text, status(ex.code))
	case err != nil:
		http.Error(w, err.Error(), http.StatusBadRequest)
	default:
		w.Header().Set("X-ClickHouse-Summary", fmt.Sprintf(`{"read_rows":"%d","read_bytes":"%d","written_rows":"%d"}`, res.rowsRead, res.bytesRead, res.rowsMade))
		w.Header().Set("Content-Length", strconv.Itoa(len(res.data)))
		w.Write(res.data)
	}
}

// status is the HTTP status that goes with an exception.
func status(code int) int {
	switch code {
	case 62: // SYNTAX_ERROR
		return http.StatusBadRequest
	case 60, 81: // UNKNOWN_TABLE, UNKNOWN_DATABASE
		return http.StatusNotFound
	case 159: // TIMEOUT_EXCEEDED
		return http.StatusRequestTimeout
	}
	return http.StatusInternalServerError
}

// insertFormat finds the format at the end of an INSERT whose data come in the body.
var insertFormat = regexp.MustCompile(`(?is)^(\s*INSERT\s+INTO\s.*?)\sFORMAT\s+([A-Za-z]\w*)\s*;?\s*$`)

// notSettings are parameters of the HTTP interface that are no settings of the engine.
var notSettings = []string{
	"query", "database", "default_format", "query_id", "session_id", "user", "password", "quota_key", "compress", "decompress",
	"wait_end_of_query", "buffer_size", "cancel_http_readonly_queries_on_client_close", "http_response_buffer_size", "client_protocol_version",
}

func (s *server) run(r *http.Request) (*result, error) {
	body, err := plain(r)
	if err != nil {
		return nil, err
	}
	runtime.LockOSThread() // the engine keeps state of a statement on its thread
	defer runtime.UnlockOSThread()
	c, err := s.engine.connect()
	if err != nil {
		return nil, err
	}
	defer c.close()
	params := r.URL.Query()
	if err := prepare(c, params); err != nil {
		return nil, err
	}
	text := params.Get("query")
	if m := insertFormat.FindStringSubmatch(text); m != nil && !strings.EqualFold(m[2], "Values") {
		return c.insert(m[1], m[2], body)
	}
	rest, err := io.ReadAll(io.LimitReader(body, maxQuery))
	if err != nil {
		return nil, fmt.Errorf("read the query: %w", err)
	}
	format := params.Get("default_format")
	if format == "" {
		format = "TabSeparated"
	}
	values := map[string]string{}
	for name := range params {
		if place, ok := strings.CutPrefix(name, "param_"); ok {
			values[place] = params.Get(name)
		}
	}
	return c.query(text+string(rest), format, values)
}

// prepare chooses the database and makes settings of the request's parameters: readonly last, since it forbids others.
func prepare(c *conn, params url.Values) error {
	if db := params.Get("database"); db != "" {
		if _, err := c.query("USE "+quoteName(db), "Null", nil); err != nil {
			return err
		}
	}
	var set []string
	for name := range params {
		if !slices.Contains(notSettings, name) && !strings.HasPrefix(name, "param_") && name != "readonly" {
			set = append(set, quoteName(name)+" = "+quoteText(params.Get(name)))
		}
	}
	if v := params.Get("readonly"); v != "" {
		set = append(set, "readonly = "+quoteText(v))
	}
	if len(set) == 0 {
		return nil
	}
	_, err := c.query("SET "+strings.Join(set, ", "), "Null", nil)
	return err
}

// plain returns the body without compression.
func plain(r *http.Request) (io.Reader, error) {
	switch encoding := r.Header.Get("Content-Encoding"); encoding {
	case "", "identity":
		return r.Body, nil
	case "gzip":
		return gzip.NewReader(r.Body)
	default:
		return nil, fmt.Errorf("the shim does not read Content-Encoding %s", encoding)
	}
}

func quoteText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s) + "'"
}

func quoteName(s string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(s) + "`"
}
