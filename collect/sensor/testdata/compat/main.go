// Compat is a program of 32 bits (GOARCH=386) that does what a sensor must see of such, too. On that machine Go's package
// syscall makes all calls on sockets by way of socketcall. Its arguments are a directory with a socket real.sock and a file
// secret in it, the port of a listener on 127.0.0.1, and a program to execute in the end.
package main

import (
	"os"
	"strconv"
	"syscall"
)

func main() {
	dir, program := os.Args[1], os.Args[3]
	port, err := strconv.Atoi(os.Args[2])
	must(err)
	fd, err := syscall.Open(dir+"/secret", syscall.O_RDONLY, 0)
	must(err)
	syscall.Close(fd)
	_ = syscall.PtraceAttach(1 << 22) // there is none
	if fd, err := syscall.Socket(syscall.AF_PACKET, syscall.SOCK_RAW, 0); err == nil {
		syscall.Close(fd)
	}
	fd, err = syscall.Socket(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	must(err)
	must(syscall.Connect(fd, &syscall.SockaddrUnix{Name: dir + "/real.sock"}))
	fd, err = syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, 0)
	must(err)
	must(syscall.Connect(fd, &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}))
	must(syscall.Exec(program, []string{program, "after"}, nil))
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}
