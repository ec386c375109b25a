package cluster

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
	"github.com/lynceus-io/lynceus/test/cluster/internal/node"
)

// callTimeout bounds one request to the supervisor.
const callTimeout = time.Minute

// call sends a request that is answered without a namespace.
func call(d layout.Dir, req node.Request) (node.Response, error) {
	conn, resp, ns, err := ask(d, req)
	if err != nil {
		return resp, err
	}
	if ns != nil {
		_ = ns.Close()
	}
	return resp, conn.Close()
}

// ask sends a request and reads the answer. The caller closes the connection and the namespace, which is nil where
// the operation has none.
func ask(d layout.Dir, req node.Request) (*net.UnixConn, node.Response, *os.File, error) {
	var resp node.Response
	conn, err := net.DialUnix("unix", nil, &net.UnixAddr{Name: d.Control(), Net: "unix"})
	if err != nil {
		return nil, resp, nil, err
	}
	ns, err := exchange(conn, req, &resp)
	if err == nil && resp.Error != "" {
		err = errors.New(resp.Error)
	}
	if err != nil {
		return nil, resp, nil, errors.Join(err, conn.Close())
	}
	return conn, resp, ns, nil
}

func exchange(conn *net.UnixConn, req node.Request, resp *node.Response) (*os.File, error) {
	if err := conn.SetDeadline(time.Now().Add(callTimeout)); err != nil {
		return nil, err
	}
	line, err := json.Marshal(req)
	if err != nil {
		return nil, err
	}
	if _, err := conn.Write(line); err != nil {
		return nil, err
	}
	data, rights := make([]byte, 64<<10), make([]byte, unix.CmsgSpace(4))
	n, oob, _, _, err := conn.ReadMsgUnix(data, rights)
	if err != nil {
		return nil, fmt.Errorf("the cluster's supervisor: %w", err)
	}
	if err := json.Unmarshal(bytes.TrimSpace(data[:n]), resp); err != nil {
		return nil, fmt.Errorf("the cluster's supervisor: %w", err)
	}
	if err := conn.SetDeadline(time.Time{}); err != nil || oob == 0 {
		return nil, err
	}
	messages, err := unix.ParseSocketControlMessage(rights[:oob])
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	fds, err := unix.ParseUnixRights(&messages[0])
	if err != nil || len(fds) == 0 {
		return nil, err
	}
	unix.CloseOnExec(fds[0])
	return os.NewFile(uintptr(fds[0]), "namespace"), nil
}

// logTail is how much of each log is shown when something failed, in bytes.
const logTail = 2 << 10

// LogTails is the end of the log of every component, for whoever looks for the reason of a failure.
func (c *Cluster) LogTails() string { return logTails(c.dir) }

// logTails is the end of every component's log.
func logTails(d layout.Dir) string {
	entries, err := os.ReadDir(d.Path("log"))
	if err != nil {
		return ""
	}
	var b strings.Builder
	for _, e := range entries {
		data, err := os.ReadFile(d.Path("log", e.Name()))
		if err != nil {
			continue
		}
		fmt.Fprintf(&b, "--- %s\n%s\n", e.Name(), data[max(0, len(data)-logTail):])
	}
	return b.String()
}
