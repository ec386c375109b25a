// Package relaytest is a server of events by gRPC for tests: Hubble's relay as
// far as package collect/relay uses it.
package relaytest

import (
	"net"
	"sync"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protowire"
)

// A Server remembers what it was told to send and sends it to everybody who
// asks, from the time they ask for, and then what comes. Its methods may be used
// by several goroutines.
type Server struct {
	// Address is where it listens, on the loopback address.
	Address string

	mu       sync.Mutex
	messages []message
	grown    chan struct{} // closed when there is more, or streams are to end
	cuts     int           // how often streams were ended
	requests [][]byte
	down     bool
}

type message struct {
	at   time.Time
	text []byte
}

// Serve starts a server that ends with the test. security is nil for none.
func Serve(t *testing.T, security credentials.TransportCredentials) *Server {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{Address: l.Addr().String(), grown: make(chan struct{})}
	opts := []grpc.ServerOption{grpc.UnknownServiceHandler(s.handle), grpc.ForceServerCodecV2(raw{})}
	if security != nil {
		opts = append(opts, grpc.Creds(security))
	}
	server := grpc.NewServer(opts...)
	done := make(chan error, 1)
	go func() { done <- server.Serve(l) }()
	t.Cleanup(func() {
		server.Stop()
		<-done
	})
	return s
}

// Send remembers a message, and sends it to those who listen.
func (s *Server) Send(at time.Time, text []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.messages = append(s.messages, message{at, text})
	s.wake()
}

// Cut ends all streams. While down is true new ones are refused.
func (s *Server) Cut(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cuts++
	s.down = down
	s.wake()
}

func (s *Server) wake() {
	close(s.grown)
	s.grown = make(chan struct{})
}

// Requests returns what was asked.
func (s *Server) Requests() [][]byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([][]byte(nil), s.requests...)
}

// Since returns the time that a GetFlowsRequest asks for, zero for none.
func Since(request []byte) time.Time {
	at := field(request, 7)
	if at == nil {
		return time.Time{}
	}
	var parts [3]int64
	for len(at) > 0 {
		number, _, n := protowire.ConsumeTag(at)
		v, size := protowire.ConsumeVarint(at[n:])
		if n < 0 || size < 0 || number > 2 {
			return time.Time{}
		}
		parts[number] = int64(v)
		at = at[n+size:]
	}
	return time.Unix(parts[1], parts[2])
}

// field returns the bytes of a field of a message, nil for none.
func field(b []byte, want protowire.Number) []byte {
	for len(b) > 0 {
		number, wire, n := protowire.ConsumeTag(b)
		if n < 0 {
			return nil
		}
		size := protowire.ConsumeFieldValue(number, wire, b[n:])
		if size < 0 {
			return nil
		}
		if number == want && wire == protowire.BytesType {
			v, _ := protowire.ConsumeBytes(b[n:])
			return v
		}
		b = b[n+size:]
	}
	return nil
}

// handle serves one stream.
func (s *Server) handle(_ any, stream grpc.ServerStream) error {
	var request []byte
	if err := stream.RecvMsg(&request); err != nil {
		return err
	}
	s.mu.Lock()
	s.requests = append(s.requests, request)
	cuts, down := s.cuts, s.down
	s.mu.Unlock()
	if down {
		return status.Error(codes.Unavailable, "down")
	}
	since := Since(request)
	for at := 0; ; {
		s.mu.Lock()
		fresh, grown, ended := s.messages[at:], s.grown, s.cuts != cuts
		at = len(s.messages)
		s.mu.Unlock()
		for i := range fresh {
			if fresh[i].at.Before(since) {
				continue
			}
			if err := stream.SendMsg(&fresh[i].text); err != nil {
				return err
			}
		}
		if ended {
			return status.Error(codes.Unavailable, "cut")
		}
		select {
		case <-grown:
		case <-stream.Context().Done():
			return nil
		}
	}
}

// raw leaves messages as they are. It implements encoding.CodecV2.
type raw struct{}

// Marshal returns the message.
func (raw) Marshal(v any) (mem.BufferSlice, error) {
	return mem.BufferSlice{mem.SliceBuffer(*v.(*[]byte))}, nil
}

// Unmarshal copies the message.
func (raw) Unmarshal(data mem.BufferSlice, v any) error {
	*v.(*[]byte) = data.Materialize()
	return nil
}

// Name is that of the encoding on the wire.
func (raw) Name() string { return "proto" }
