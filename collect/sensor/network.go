//go:build linux

package sensor

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/dns"
	"github.com/lynceus-io/lynceus/collect/sensor/record"
	"github.com/lynceus-io/lynceus/event"
)

// The activities of rows about connections, besides Open.
const (
	activityAccept  = "Accept"
	activityListen  = "Listen"
	activityClose   = "Close"
	activityTraffic = "Traffic"
)

// The values of status.
const (
	statusSuccess = "Success"
	statusFailure = "Failure"
	statusUnknown = "Unknown"
)

// connectionActs is what the acts on connections are called, and the system calls that do them.
var connectionActs = [...]struct{ activity, call string }{
	record.ActConnect: {activityOpen, callConnect},
	record.ActAccept:  {activityAccept, "accept"},
	record.ActListen:  {activityListen, "listen"},
	record.ActClose:   {activityClose, ""},
	record.ActSend:    {activityOpen, "sendto"},
	record.ActReceive: {activityOpen, "recvfrom"},
	record.ActIdle:    {activityTraffic, ""},
	record.ActPending: {activityOpen, callConnect},
	record.ActFound:   {activityRunning, ""},
}

// callConnect is the system call that connects.
const callConnect = "connect"

// network is what the sensor remembers about the network. Its zero value remembers nothing.
type network struct {
	streams *dns.Streams
	names   *dns.Names
	fixed   map[netip.Addr]string // names of addresses for everybody
	// unread counts messages to and from port 53 that could not be read, or not to their end.
	unread uint64
	text   []byte // scratch memory
}

func newNetwork(fixed map[netip.Addr]string) network {
	return network{streams: dns.NewStreams(), names: dns.NewNames(), fixed: fixed}
}

// nameOf returns the name of an address that the processes of a cgroup talk to, or nothing.
func (n *network) nameOf(cgroup uint64, addr netip.Addr, now time.Time) string {
	if name := n.fixed[addr]; name != "" {
		return name
	}
	return n.names.Of(cgroup, addr, now)
}

// connection emits what happened to a connection.
func (r *rows) connection(c *record.Connection) error {
	if c.Act == 0 || int(c.Act) >= len(connectionActs) {
		return fmt.Errorf("%w: unknown act %d on a connection", record.ErrMalformed, c.Act)
	}
	act := connectionActs[c.Act]
	e := r.act(event.ClassNetwork, act.activity, &c.Actor, r.record.Time)
	r.ends(e, &c.Ends, c.Flags)
	event.ConnectionInfoUID.Set(e, r.connectionUID(c))
	switch c.Act {
	case record.ActConnect:
		standardStream(e, c.Flags)
	case record.ActClose, record.ActIdle:
		event.TrafficBytesIn.Set(e, int64(c.BytesIn))
		event.TrafficBytesOut.Set(e, int64(c.BytesOut))
		event.TrafficPacketsIn.Set(e, int64(c.PacketsIn))
		event.TrafficPacketsOut.Set(e, int64(c.PacketsOut))
		event.ConnectionInfoDurationUs.Set(e, int64(r.record.Time-c.Began)/1000)
	case record.ActSend, record.ActReceive:
		connected := c.Flags&record.ConnectionConnected != 0
		if connected {
			act.call = callConnect
		}
		event.ConnectionInfoConnected.Set(e, connected)
		event.ConnectionInfoNewPeer.Set(e, true)
	case record.ActPending:
		standardStream(e, c.Flags)
		called(e, act.call, uint32(unix.EINPROGRESS))
		event.Status.Set(e, statusUnknown)
		return r.finish(e)
	}
	if c.Flags&record.ConnectionOpened != 0 {
		set(e, event.DstEndpointHostname, r.network.nameOf(c.Actor.Cgroup, c.Ends.Remote.Addr(), r.clock.now()))
	}
	outcome(e, act.call, c.Error)
	return r.finish(e)
}

// standardStream says of a connection that was opened on a standard stream which descriptor that is. Of other connections
// none is known.
func standardStream(e *event.Event, flags record.ConnectionFlags) {
	for _, stream := range []struct {
		flag     record.ConnectionFlags
		argument string
	}{{record.ConnectionStdin, "fd=0"}, {record.ConnectionStdout, "fd=1"}, {record.ConnectionStderr, "fd=2"}} {
		if flags&stream.flag != 0 {
			event.SyscallArguments.Append(e, stream.argument)
			return
		}
	}
}

// connectionUID returns the identity of a connection.
func (r *rows) connectionUID(c *record.Connection) string {
	return r.hasher.Sum("connection", r.node.ClusterUID, r.node.UID, r.bootID, strconv.FormatUint(c.Sock, 16), strconv.FormatUint(c.Began, 16)).String()
}

// ends says which the ends of a connection are: the source is the one that opened it. What listens is a destination.
func (r *rows) ends(e *event.Event, ends *record.Ends, flags record.ConnectionFlags) {
	src, dst := ends.Local, ends.Remote
	initiated := flags&record.ConnectionOpened != 0
	if !initiated {
		src, dst = dst, src
	}
	event.ConnectionInfoInitiated.Set(e, initiated)
	if flags&record.ConnectionListens == 0 {
		endpoint(e, event.SrcEndpointIP, event.SrcEndpointPort, src)
	}
	endpoint(e, event.DstEndpointIP, event.DstEndpointPort, dst)
	set(e, event.ConnectionInfoProtocolName, protocols[ends.Protocol])
	family := "ipv4"
	if ends.Local.Addr().Is6() {
		family = "ipv6"
	}
	event.ConnectionInfoFamily.Set(e, family)
	event.ConnectionInfoNetworkNamespace.Set(e, int64(ends.Namespace))
}

// protocols are those of the IP header that have a name in rows.
var protocols = [256]string{unix.IPPROTO_ICMP: "icmp", unix.IPPROTO_TCP: "tcp", unix.IPPROTO_UDP: "udp", unix.IPPROTO_ICMPV6: "icmp", unix.IPPROTO_SCTP: "sctp"}

// endpoint says where one end is. A port that is 0 has not been chosen.
func endpoint(e *event.Event, ip event.StringField, port event.IntField, at netip.AddrPort) {
	ip.Set(e, at.Addr().String())
	if at.Port() != 0 {
		port.Set(e, int64(at.Port()))
	}
}

// outcome says how it went.
func outcome(e *event.Event, call string, errno uint32) {
	if errno != 0 {
		event.ConnectionInfoError.Set(e, errorName(errno))
		event.Status.Set(e, statusFailure)
	} else {
		event.Status.Set(e, statusSuccess)
	}
	if call != "" {
		called(e, call, errno)
	}
}

// called says which system call it was, and how it ended. What a call returned that has succeeded is said to be 0: the
// number of a descriptor is not known.
func called(e *event.Event, call string, errno uint32) {
	event.SyscallName.Set(e, call)
	event.SyscallResult.Set(e, -int64(errno))
	event.SyscallStatus.Set(e, errorName(errno))
}

// errorName returns the name of an error as errno(3) has it, SUCCESS for none.
func errorName(errno uint32) string {
	if errno == 0 {
		return "SUCCESS"
	}
	if name := unix.ErrnoName(unix.Errno(errno)); name != "" {
		return name
	}
	return strconv.FormatUint(uint64(errno), 10)
}
