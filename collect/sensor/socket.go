//go:build linux

package sensor

import (
	"strconv"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/collect/sensor/syscalls"
	"github.com/lynceus-io/lynceus/event"
)

// activitySocket is the activity of rows about sockets that were made, as where the system call is told.
const activitySocket = "Socket"

// families and socketTypes are what rows call those of sockets, by number.
var (
	families    = map[uint32]string{unix.AF_UNIX: "unix", unix.AF_INET: "ipv4", unix.AF_INET6: "ipv6", unix.AF_PACKET: "packet"}
	socketTypes = map[uint32]string{
		unix.SOCK_STREAM: "stream", unix.SOCK_DGRAM: "dgram", unix.SOCK_RAW: "raw", unix.SOCK_SEQPACKET: "seqpacket", unix.SOCK_PACKET: "packet",
	}
)

// socket emits that a socket for packets below TCP and UDP was made, or found.
func (r *rows) socket(s *record.Socket) error {
	activity := activitySocket
	if s.Found {
		activity = activityRunning
	}
	e := r.act(event.ClassNetwork, activity, &s.Actor, r.record.Time)
	set(e, event.ConnectionInfoFamily, families[s.Family])
	set(e, event.ConnectionInfoSocketType, socketTypes[s.Type])
	if s.Namespace != 0 {
		event.ConnectionInfoNetworkNamespace.Set(e, int64(s.Namespace))
	}
	if s.Family == unix.AF_INET || s.Family == unix.AF_INET6 {
		set(e, event.ConnectionInfoProtocolName, protocols[uint8(s.Protocol)])
	}
	outcome(e, "", 0)
	if !s.Found {
		called(e, "socket", 0)
	}
	if s.Family != 0 {
		event.SyscallArguments.Append(e, "domain="+syscalls.Kind("domain").Write(uint64(s.Family)))
		event.SyscallArguments.Append(e, "type="+syscalls.Kind("socket").Write(uint64(s.Type)))
		event.SyscallArguments.Append(e, "proto="+strconv.FormatUint(uint64(s.Protocol), 10))
	}
	return r.finish(e)
}

// unix emits that a task has connected to a unix socket.
func (r *rows) unix(u *record.Unix) error {
	e := r.act(event.ClassNetwork, activityOpen, &u.Actor, r.record.Time)
	event.ConnectionInfoFamily.Set(e, families[unix.AF_UNIX])
	set(e, event.ConnectionInfoSocketType, socketTypes[u.Type])
	r.network.text = u.AppendName(r.network.text[:0])
	event.ConnectionInfoSocketPath.Set(e, string(r.network.text))
	event.ConnectionInfoInitiated.Set(e, true)
	outcome(e, callConnect, 0)
	return r.finish(e)
}
