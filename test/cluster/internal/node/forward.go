package node

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"

	"github.com/lynceus-io/lynceus/test/cluster/internal/layout"
	"github.com/lynceus-io/lynceus/test/cluster/internal/netns"
)

// forwardAPI passes connections to the machine's loopback listener on to the API server. It is the machine's only way
// in; TLS passes through.
func (s *supervisor) forwardAPI(f *os.File) {
	l, err := net.FileListener(f)
	if err != nil {
		s.fail(fmt.Errorf("forward the API server: %w", err))
		return
	}
	_ = f.Close()
	target := net.JoinHostPort("127.0.0.1", strconv.Itoa(layout.APIPort))
	s.forwardAll(l, func() (net.Conn, error) { return net.Dial("tcp", target) })
}

// forwardPort makes a loopback port of the machine reachable under the same number on every address of the node: the
// way to a receiver that a test runs.
func (s *supervisor) forwardPort(ctx context.Context, port int) error {
	if port < 1 || port > 65535 {
		return fmt.Errorf("forward: %d is no port", port)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.forwards[port] {
		return nil
	}
	l, err := net.Listen("tcp", ":"+strconv.Itoa(port))
	if err != nil {
		return fmt.Errorf("forward: %w; choose another port on the machine", err)
	}
	s.forwards[port] = true
	context.AfterFunc(ctx, func() { _ = l.Close() })
	go s.forwardAll(l, func() (net.Conn, error) {
		var conn net.Conn
		err := netns.Do(s.host, func() error {
			var err error
			conn, err = net.Dial("tcp4", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
			return err
		})
		return conn, err
	})
	return nil
}

// forwardAll joins each accepted connection with one that dial makes, until the listener is closed. One whose dial fails
// is closed, as if refused, and the supervisor's log says why.
func (s *supervisor) forwardAll(l net.Listener, dial func() (net.Conn, error)) {
	for {
		in, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer in.Close()
			out, err := dial()
			if err != nil {
				s.log.Warn("forward", "from", l.Addr(), "err", err)
				return
			}
			defer out.Close()
			go func() {
				_, _ = io.Copy(out, in)
				closeWrite(out)
			}()
			_, _ = io.Copy(in, out)
			closeWrite(in)
		}()
	}
}

// closeWrite tells the other side that nothing more comes.
func closeWrite(c net.Conn) {
	if t, ok := c.(*net.TCPConn); ok {
		_ = t.CloseWrite()
	}
}

func (s *supervisor) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failure == nil {
		s.phase, s.failure = PhaseFailed, err
	}
}
