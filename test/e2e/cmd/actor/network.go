//go:build linux

package main

import (
	"errors"
	"fmt"
	"net"
	"os/exec"
	"time"

	"golang.org/x/sys/unix"
)

// outside is an address of the internet, of the range for documentation (RFC 5737). A container that may gives it to its
// own loopback, so that nothing leaves it; metadata is the address at which clouds answer (RFC 3927).
const (
	outside  = "198.51.100.7"
	metadata = "169.254.169.254"
)

var networkActions = map[string]func() error{
	"ContactEC2InstanceMetadataServiceFromContainer": func() error { return call("actor-metadata", metadata, "dial-metadata", 80) },
	"dial-metadata":                           func() error { return dial("tcp", metadata, 80) },
	"DisallowedSSHConnectionNonStandardPort":  func() error { return call("ssh", outside, "dial-443", 443) },
	"dial-443":                                func() error { return dial("tcp", outside, 443) },
	"InterpretedProcsInboundNetworkActivity":  func() error { return call("python3", outside, "accept", 0) },
	"accept":                                  accept,
	"InterpretedProcsOutboundNetworkActivity": func() error { return call("python3", outside, "dial-8443", 8443) },
	"dial-8443":                               func() error { return dial("tcp", outside, 8443) },
	"SystemProcsNetworkActivity":              func() error { return call("ls", outside, "dial-8443", 8443) },
	"UnexpectedUDPTraffic":                    func() error { return call("nc", outside, "dial-udp", 0) },
	"dial-udp":                                func() error { return dial("udp", outside, 12345) },
	"PacketSocketCreatedInContainer": func() error {
		fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0)
		if err != nil {
			return attempt(err)
		}
		return unix.Close(fd)
	},
	"JavaProcessClassFileDownload": func() error { return call("java", outside, "dial-8443", 8443) },
}

// call has a process that is called otherwise do a part of an action, while somebody listens at an address and a port;
// nobody does at port 0.
func call(name, address, part string, port int) error {
	if out, err := exec.Command("/bin/ip", "address", "replace", address+"/32", "dev", "lo").CombinedOutput(); err != nil {
		return fmt.Errorf("give the loopback %s: %w: %s", address, err, out)
	}
	if port != 0 {
		l, err := net.Listen("tcp", net.JoinHostPort(address, itoa(port)))
		if err != nil {
			return err
		}
		defer l.Close()
		go greet(l)
	}
	return doing(name, part)
}

// greet says something to each that calls: the first bytes of a compiled class of Java.
func greet(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_, _ = c.Write([]byte{0xca, 0xfe, 0xba, 0xbe})
		_ = c.Close()
	}
}

// dial connects and takes what is said.
func dial(network, address string, port int) error {
	c, err := net.DialTimeout(network, net.JoinHostPort(address, itoa(port)), time.Second)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.Write([]byte("x")); err != nil {
		return err
	}
	if network == "tcp" {
		_, _ = c.Read(make([]byte, 8))
	}
	return nil
}

// accept listens and takes a call from this process.
func accept() error {
	l, err := net.Listen("tcp", net.JoinHostPort(outside, "0"))
	if err != nil {
		return err
	}
	called := make(chan error, 1)
	go func() {
		c, err := net.Dial("tcp", l.Addr().String())
		if err == nil {
			err = c.Close()
		}
		called <- err
	}()
	c, err := l.Accept()
	return errors.Join(err, <-called, c.Close(), l.Close())
}
