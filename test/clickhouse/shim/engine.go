package main

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"runtime"
	"slices"
	"strconv"
)

// engine is the one engine of the process, on one data directory.
type engine struct {
	lib  *library
	args []string
	// first keeps the engine up between requests: it stops with its last connection.
	first *conn
}

// openEngine starts the engine on the data directory dir.
func openEngine(lib *library, dir string) (*engine, error) {
	lib.setSignalHandlers(0) // Go's own must stay
	e := &engine{lib: lib, args: []string{"clickhouse", "--path=" + dir}}
	first, err := e.connect()
	if err != nil {
		return nil, fmt.Errorf("start the engine on %s: %w", dir, err)
	}
	e.first = first
	return e, nil
}

// conn is one connection. It has settings, a current database and temporary tables of its own and runs one statement
// at a time.
type conn struct {
	lib    *library
	handle uintptr // chdb_connection *
	raw    uintptr // chdb_connection
}

func (e *engine) connect() (*conn, error) {
	argv := make([]*byte, 0, len(e.args)+1)
	for _, a := range e.args {
		argv = append(argv, cString(a))
	}
	handle := e.lib.connect(int32(len(argv)), &append(argv, nil)[0])
	runtime.KeepAlive(argv)
	if handle == 0 {
		return nil, errors.New("chdb_connect gave no connection")
	}
	raw := make([]byte, 8)
	e.lib.memcpy(&raw[0], handle, 8)
	c := &conn{lib: e.lib, handle: handle}
	for i, b := range raw {
		c.raw |= uintptr(b) << (8 * i)
	}
	return c, nil
}

func (c *conn) close() { c.lib.closeConn(c.handle) }

// result is what a statement gave.
type result struct {
	data                          []byte
	rowsRead, bytesRead, rowsMade uint64
}

// exception is what the engine says when a statement fails.
type exception struct {
	code int
	text string
}

func (e *exception) Error() string { return e.text }

var exceptionCode = regexp.MustCompile(`Code: (\d+)\.`)

// newException reads the engine's message, "Code: 60. DB::Exception: ...".
func newException(text string) *exception {
	e := &exception{code: 1002, text: text} // UNKNOWN_EXCEPTION
	if m := exceptionCode.FindStringSubmatch(text); m != nil {
		if code, err := strconv.Atoi(m[1]); err == nil {
			e.code = code
		}
	}
	return e
}

// query runs one statement. Params are the values of its {name:Type} places.
func (c *conn) query(text, format string, params map[string]string) (*result, error) {
	q, f := bytesOf(text), bytesOf(format)
	if len(params) == 0 {
		return c.take(c.lib.query(c.raw, &q[0], uintptr(len(text)), &f[0], uintptr(len(format))))
	}
	var names, values []*byte
	var nameLens, valueLens []uintptr
	for name, value := range params {
		names, nameLens = append(names, cString(name)), append(nameLens, uintptr(len(name)))
		values, valueLens = append(values, cString(value)), append(valueLens, uintptr(len(value)))
	}
	return c.take(c.lib.queryWithParams(c.raw, &q[0], uintptr(len(text)), &f[0], uintptr(len(format)),
		&names[0], &nameLens[0], &values[0], &valueLens[0], uintptr(len(names))))
}

// insert runs an INSERT, whose text has no FORMAT, with the data that body gives in that format.
func (c *conn) insert(text, format string, body io.Reader) (*result, error) {
	q, f := bytesOf(text), bytesOf(format)
	stream := c.lib.insert(c.raw, &q[0], uintptr(len(text)), &f[0], uintptr(len(format)))
	defer c.lib.insertDestroy(stream)
	if text := c.lib.insertError(stream); text != "" {
		return nil, newException(text)
	}
	buf := make([]byte, 1<<20)
	for {
		n, err := body.Read(buf)
		if n > 0 && c.lib.insertAppend(stream, &buf[0], uintptr(n)) != 0 {
			break // insertDone says why
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read the data: %w", err) // destroying the stream cancels it
		}
	}
	return c.take(c.lib.insertDone(stream))
}

// take copies a result and frees it.
func (c *conn) take(handle uintptr) (*result, error) {
	if handle == 0 {
		return nil, newException("the engine gave no result")
	}
	defer c.lib.resultDestroy(handle)
	if text := c.lib.resultError(handle); text != "" {
		return nil, newException(text)
	}
	r := &result{rowsRead: c.lib.resultRowsRead(handle), bytesRead: c.lib.resultBytesRead(handle), rowsMade: c.lib.resultRowsWritten(handle)}
	if n := c.lib.resultLength(handle); n > 0 {
		r.data = make([]byte, n)
		c.lib.memcpy(&r.data[0], c.lib.resultBuffer(handle), n)
	}
	return r, nil
}

// cString returns the text with a zero byte at its end.
func cString(s string) *byte { return &bytesOf(s)[0] }

// bytesOf returns the bytes of s and one zero byte more, so that there is a first one to point to.
func bytesOf(s string) []byte { return slices.Concat([]byte(s), []byte{0}) }
