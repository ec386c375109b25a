//go:build linux

package sensor

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/lynceus-io/lynceus/collect/sensor/container"
	"github.com/lynceus-io/lynceus/collect/sensor/enforce"
	"github.com/lynceus-io/lynceus/event"
	"github.com/lynceus-io/lynceus/internal/require"
)

// helpTry connects to an address, or sends to it, and says what came of it.
func helpTry(args []string) error {
	switch args[0] {
	case "sendto":
		to, err := netip.ParseAddrPort(args[1])
		if err != nil {
			return err
		}
		c, err := net.ListenUDP("udp", nil)
		if err != nil {
			return err
		}
		defer c.Close()
		_, err = c.WriteToUDPAddrPort([]byte("x"), to)
		return said(err)
	case "mapped": // version 4 by a socket of version 6, as Go does not do it
		to, err := netip.ParseAddrPort(args[1])
		if err != nil {
			return err
		}
		fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		if err != nil {
			return err
		}
		defer unix.Close(fd)
		return said(unix.Connect(fd, &unix.SockaddrInet6{Addr: to.Addr().As16(), Port: int(to.Port())}))
	case "stream": // on its standard output
		to, err := netip.ParseAddrPort(args[1])
		if err != nil {
			return err
		}
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
		if err != nil {
			return err
		}
		if err := unix.Dup3(fd, 1, 0); err != nil {
			return err
		}
		return unix.Connect(1, &unix.SockaddrInet4{Addr: to.Addr().As4(), Port: int(to.Port())})
	default:
		c, err := net.Dial(args[0], args[1])
		if err == nil {
			err = c.Close()
		}
		return said(err)
	}
}

func said(err error) error {
	var number syscall.Errno
	if errors.As(err, &number) {
		fmt.Print(number.Error())
		return nil
	}
	fmt.Print("done")
	return err
}

// TestDeniedConnections connects to servers on the loopback interface that a policy denies, and to others.
func TestDeniedConnections(t *testing.T) {
	ofKernel(t)
	c, other := newContainer(t), newContainer(t)
	s, rec := startSensor(t, Spec{
		Policies: &enforce.Set{},
		Runtime:  pods{map[string]container.Names{c.id: c.names("shop", "web-1"), other.id: other.names("bank", "web-2")}},
	})
	c.settle(t, rec)
	other.settle(t, rec)
	listen := func(network, address string) string {
		t.Helper()
		l, err := net.Listen(network, address)
		if err != nil {
			require.Need(t, "bpf", false, "nobody can listen at "+address+": "+err.Error())
		}
		t.Cleanup(func() { l.Close() })
		return l.Addr().String()
	}
	four, second, six := listen("tcp4", "127.0.0.1:0"), listen("tcp4", "127.0.0.2:0"), listen("tcp6", "[::1]:0")
	port := netip.MustParseAddrPort(four).Port()
	const refused, done = "operation not permitted", "done"
	tests := []struct {
		name, mode, match string
		args              []string
		want              string
		from              fakeContainer
	}{
		{"range", "enforce", "{cidr: 127.0.0.0/24}", []string{"tcp", four}, refused, c},
		{"range beside", "enforce", "{cidr: 127.0.1.0/24}", []string{"tcp", four}, done, c},
		{"another namespace", "enforce", "{cidr: 127.0.0.0/24}", []string{"tcp", four}, done, other},
		{"observed", "observe", "{cidr: 127.0.0.0/24}", []string{"tcp", four}, done, c},
		{"port", "enforce", fmt.Sprintf("{cidr: 0.0.0.0/0, ports: [%d]}", port), []string{"tcp", four}, refused, c},
		{"another port", "enforce", fmt.Sprintf("{cidr: 0.0.0.0/0, ports: [%d]}", port), []string{"tcp", second}, done, c},
		{"port of a range around", "enforce", fmt.Sprintf("{cidr: 127.0.0.1/32, ports: [1]}, {cidr: 127.0.0.0/8, ports: [%d]}", port), []string{"tcp", four}, refused, c},
		{"range around", "enforce", "{cidr: 127.0.0.1/32, ports: [1]}, {cidr: 127.0.0.0/8}", []string{"tcp", four}, refused, c},
		{"version 6", "enforce", `{cidr: "::1/128"}`, []string{"tcp", six}, refused, c},
		{"version 6, another", "enforce", `{cidr: "2001:db8::/32"}`, []string{"tcp", six}, done, c},
		{"version 4 in version 6", "enforce", "{cidr: 127.0.0.0/24}", []string{"mapped", four}, refused, c},
		{"connected conversation", "enforce", "{cidr: 127.0.0.0/24}", []string{"udp", four}, refused, c},
		{"conversation", "enforce", "{cidr: 127.0.0.0/24}", []string{"sendto", four}, refused, c},
		{"conversation with another", "enforce", "{cidr: 127.0.1.0/24}", []string{"sendto", four}, done, c},
		{"off", "off", "{cidr: 127.0.0.0/24}", []string{"tcp", four}, done, c},
	}
	rows := 0
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text := fmt.Sprintf("{policies: [{name: %q, mode: %s, action: deny-connect, pods: [{namespace: shop}], match: {connect: [%s]}}]}", tt.name, tt.mode, tt.match)
			if err := s.SetPolicies(policies(t, text)); err != nil {
				t.Fatal(err)
			}
			if out, _ := ran(t, tt.from.command(self("try", tt.args...)...)); out != tt.want {
				t.Errorf("%q, want %q", out, tt.want)
			}
			if tt.want != refused && tt.mode != "observe" {
				return
			}
			rows++
			e := rec.await(t, rows, "the decision", func(e *event.Event) bool { return tt.from.decided(e) && e.Class == event.ClassNetwork })[rows-1]
			disposition := dispositionBlocked
			if tt.mode == "observe" {
				disposition = dispositionDetected
			}
			checkText(t, e, map[event.StringField]string{
				event.PolicyName: tt.name, event.PolicyMode: tt.mode, event.PolicyAction: "deny-connect", event.Disposition: disposition,
				event.ActorProcessName: "exe", event.K8sPod: "web-1",
			})
			if to, _ := event.DstEndpointPort.Get(e); fmt.Sprint(to) != tt.args[1][strings.LastIndexByte(tt.args[1], ':')+1:] {
				t.Errorf("to port %d", to)
			}
		})
	}
	if n := len(rec.all(func(e *event.Event) bool { return e.Class == event.ClassNetwork })); n != rows {
		t.Errorf("%d decisions, want %d", n, rows)
	}
}
