package node

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// Operations of a Request.
const (
	OpStatus  = "status"
	OpHold    = "hold"    // the cluster stays at least as long as the connection
	OpHost    = "host"    // make or find an outside host; the answer carries its network namespace
	OpNode    = "node"    // the answer carries the node's network namespace
	OpForward = "forward" // a loopback port of the machine becomes a port of the node
)

// Request is one line of JSON that a client writes to the control socket. Each connection carries one.
type Request struct {
	Op    string       `json:"op"`
	Name  string       `json:"name,omitempty"`  // of an outside host
	Addrs []netip.Addr `json:"addrs,omitempty"` // that it carries
	Names []string     `json:"names,omitempty"` // that the cluster's DNS answers with Addrs
	Port  int          `json:"port,omitempty"`
}

// Response is the answer, one line of JSON. A network namespace comes beside it as a file descriptor (SCM_RIGHTS).
type Response struct {
	Phase string `json:"phase"`
	Error string `json:"error,omitempty"` // why the request failed
	Cause string `json:"cause,omitempty"` // why the cluster is in PhaseFailed
}

// maxRequest bounds one request, in bytes.
const maxRequest = 64 << 10

func (s *supervisor) listen() (*net.UnixListener, error) {
	return net.ListenUnix("unix", &net.UnixAddr{Name: s.dir.Control(), Net: "unix"})
}

func (s *supervisor) serve(ctx context.Context, l *net.UnixListener) {
	for {
		conn, err := l.AcceptUnix()
		if err != nil {
			return
		}
		go s.answer(ctx, conn)
	}
}

func (s *supervisor) answer(ctx context.Context, conn *net.UnixConn) {
	defer conn.Close()
	buf := make([]byte, maxRequest)
	n, err := conn.Read(buf)
	if err != nil {
		return
	}
	var req Request
	err = json.Unmarshal(buf[:n], &req)
	if req.Op == OpHold {
		s.hold(1)
		defer s.hold(-1)
	}
	var ns *os.File
	if err == nil {
		ns, err = s.do(ctx, req)
	}
	resp := s.status()
	if err != nil {
		resp.Error = err.Error()
	}
	line, err := json.Marshal(resp)
	if err != nil {
		return
	}
	var rights []byte
	if ns != nil {
		rights = unix.UnixRights(int(ns.Fd()))
	}
	if _, _, err := conn.WriteMsgUnix(append(line, '\n'), rights, nil); err != nil {
		return
	}
	if req.Op == OpHold {
		_, _ = conn.Read(buf) // returns when the client is gone
	}
}

// do carries out what a request asks for and returns the namespace that goes with the answer, if any.
func (s *supervisor) do(ctx context.Context, req Request) (*os.File, error) {
	switch req.Op {
	case OpStatus, OpHold:
		return nil, nil
	case OpForward:
		return nil, s.forwardPort(ctx, req.Port)
	}
	if phase := s.status().Phase; phase != PhaseReady {
		return nil, fmt.Errorf("%s: the cluster is %s", req.Op, phase)
	}
	switch req.Op {
	case OpNode:
		return s.net.node, nil
	case OpHost:
		f, err := s.net.host(req.Name, req.Addrs)
		if err == nil {
			s.table.SetOutside(req.Names, req.Addrs)
		}
		return f, err
	default:
		return nil, fmt.Errorf("no operation is called %q", req.Op)
	}
}

func (s *supervisor) status() Response {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := Response{Phase: s.phase}
	if s.failure != nil {
		r.Cause = s.failure.Error()
	}
	return r
}

// hold counts clients in and out.
func (s *supervisor) hold(n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.holders += n
	s.held = true
	s.idle = time.Now()
}
