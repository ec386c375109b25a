package stream

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
)

const (
	// MaxMessage bounds a message. The kernel's own bound is the send buffer of a socket, of which 212,992 bytes are the
	// default (net.core.wmem_default, socket(7)).
	MaxMessage = 192 << 10
	// MaxBody bounds the events of a batch before compression, so that the message fits also where nothing can be
	// compressed.
	MaxBody = 160 << 10
	// numberBytes is the length of a number.
	numberBytes = 8
)

// ErrTooLarge says that a batch does not fit into a message.
var ErrTooLarge = errors.New("stream: the batch is too large")

// ErrGone says that the other side is gone.
var ErrGone = errors.New("stream: the other side is gone")

// ErrProtocol says that the other side sent what it may not.
var ErrProtocol = errors.New("stream: unexpected message")

// Dial returns the connection that a file is, which may be closed then. It has to be a socket that keeps the bounds of
// messages.
func Dial(f *os.File) (*net.UnixConn, error) {
	c, err := net.FileConn(f)
	if err != nil {
		return nil, fmt.Errorf("stream: %s is no socket: %w", f.Name(), err)
	}
	u, ok := c.(*net.UnixConn)
	if !ok || u.LocalAddr().Network() != "unixpacket" {
		return nil, errors.Join(fmt.Errorf("stream: %s is no unix socket of messages", f.Name()), c.Close())
	}
	return u, nil
}

// Sender sends batches. It is for one goroutine.
type Sender struct {
	conn   *net.UnixConn
	number uint64
	buf    []byte
	answer [numberBytes + 1]byte
}

// NewSender returns a sender that counts its messages from a number on: one that an earlier sender on the same socket
// has not reached, such as the time in nanoseconds.
func NewSender(c *net.UnixConn, number uint64) *Sender { return &Sender{conn: c, number: number} }

// Send sends a batch that fill appends, and returns when it is durable. The error wraps ErrGone when there is
// no other side any more.
func (s *Sender) Send(fill func(dst []byte) []byte) error {
	s.number++
	s.buf = fill(binary.LittleEndian.AppendUint64(s.buf[:0], s.number))
	if len(s.buf) > MaxMessage {
		return fmt.Errorf("%w: %d bytes, at most %d", ErrTooLarge, len(s.buf), MaxMessage)
	}
	if _, err := s.conn.Write(s.buf); err != nil {
		return fmt.Errorf("stream: send a batch: %w", gone(err))
	}
	for {
		n, err := s.conn.Read(s.answer[:])
		switch {
		case n == 0 && (err == nil || errors.Is(err, io.EOF)):
			return ErrGone
		case err != nil:
			return fmt.Errorf("stream: wait for an answer: %w", gone(err))
		case n != numberBytes:
			return fmt.Errorf("%w: an answer of %d bytes", ErrProtocol, n)
		case binary.LittleEndian.Uint64(s.answer[:]) == s.number:
			return nil
		}
		// An answer to a sender that was killed before it came.
	}
}

// gone returns err, as ErrGone where that is what it means.
func gone(err error) error {
	if errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) {
		return fmt.Errorf("%w: %w", ErrGone, err)
	}
	return err
}

// Receiver receives batches. It is for one goroutine.
type Receiver struct {
	conn *net.UnixConn
	buf  []byte
}

// NewReceiver returns a receiver.
func NewReceiver(c *net.UnixConn) *Receiver {
	return &Receiver{conn: c, buf: make([]byte, MaxMessage+1)}
}

// Receive returns the next batch, which is valid until the next call, and its number. The error wraps ErrGone when there
// is no other side any more, ErrProtocol for what is no batch, after which the next can be received.
func (r *Receiver) Receive() (number uint64, batch []byte, err error) {
	n, err := r.conn.Read(r.buf)
	switch {
	case n == 0 && (err == nil || errors.Is(err, io.EOF)):
		return 0, nil, ErrGone
	case err != nil:
		return 0, nil, fmt.Errorf("stream: receive: %w", gone(err))
	case n > MaxMessage:
		return 0, nil, fmt.Errorf("%w: more than %d bytes", ErrProtocol, MaxMessage)
	case n <= numberBytes:
		return 0, nil, fmt.Errorf("%w: %d bytes", ErrProtocol, n)
	}
	return binary.LittleEndian.Uint64(r.buf), r.buf[numberBytes:n], nil
}

// Answer says that the batch of a number is durable, or that it will never be: the sender goes on.
func (r *Receiver) Answer(number uint64) error {
	var b [numberBytes]byte
	binary.LittleEndian.PutUint64(b[:], number)
	if _, err := r.conn.Write(b[:]); err != nil {
		return fmt.Errorf("stream: answer: %w", err)
	}
	return nil
}
