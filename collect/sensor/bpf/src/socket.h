/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* The parts of the kernel's sockets that are read, and the ends of a connection. */
#ifndef LYNCEUS_SOCKET_H
#define LYNCEUS_SOCKET_H

#include "kernel.h"
#include "network_records.h"

#define AF_INET 2
#define AF_INET6 10
#define AF_PACKET 17
#define SOCK_DGRAM 2
#define SOCK_RAW 3
#define IPPROTO_TCP 6
#define IPPROTO_UDP 17
#define IPPROTO_MPTCP 262
#define ECANCELED 125

/* The context of programs that are called with an address (uapi/linux/bpf.h). Addresses and ports are in the order of
 * the network. */
struct bpf_sock_addr {
	__u32 user_family;
	__u32 user_ip4;
	__u32 user_ip6[4];
	__u32 user_port;
	__u32 family;
	__u32 type;
	__u32 protocol;
	__u32 msg_src_ip4;
	__u32 msg_src_ip6[4];
	void *sk __attribute__((aligned(8)));
};

/* What is behind that context. */
struct bpf_sock_addr_kern {
	struct sock *sk;
} KERNEL;

/* The context of programs that are called with a socket (uapi/linux/bpf.h). */
struct bpf_sock {
	__u32 bound_dev_if;
	__u32 family;
	__u32 type;
	__u32 protocol;
};

/* A packet (uapi/linux/bpf.h). */
struct __sk_buff {
	__u32 len;
	__u32 unread1[3];
	__u32 protocol; /* in the order of the network */
};

struct sk_buff {
	struct sock *sk;
} KERNEL;

struct inet_sock {
	__u16 inet_sport;
} KERNEL;

struct tcp_sock {
	__u32 segs_in;
	__u32 segs_out;
	__u64 bytes_sent; /* those sent again included */
	__u64 bytes_retrans;
	__u64 bytes_received; /* the end of what the peer sends counts as one */
} KERNEL;

/* Multipath TCP: a socket over others that are of TCP, nearly always a single one. */
struct mptcp_sock {
	struct sock *first;
} KERNEL;

/* States of TCP (net/tcp_states.h), part of what tracing tools are told. */
enum tcp_state { TCP_ESTABLISHED = 1, TCP_SYN_SENT, TCP_SYN_RECV, TCP_CLOSE = 7, TCP_LISTEN = 10 };

/* The bit of skc_flags that says that the peer has sent its end (enum sock_flags). */
#define SOCK_DONE (1 << 1)

#define NETWORK_ORDER(port) __builtin_bswap16(port)

/* tcp_of returns the socket of TCP that does the work of one. */
INLINE struct sock *tcp_of(struct sock *sk)
{
	struct mptcp_sock *over = (void *)sk;

	if (PEEK(sk->sk_protocol) == IPPROTO_MPTCP && EXISTS(over->first))
		return PEEK(over->first);
	return sk;
}

/* mapped writes an address of version 4 in the form of version 6. */
INLINE void mapped(__u32 *to, __u32 address)
{
	to[0] = to[1] = 0;
	to[2] = __builtin_bswap32(0xffff);
	to[3] = address;
}

INLINE __u32 namespace_of(struct sock *sk)
{
	return PEEK(PEEK(sk->__sk_common.skc_net.net)->ns.inum);
}

/* ends_of reads both ends of a socket of AF_INET or AF_INET6. The spare bytes are left alone. */
INLINE void ends_of(struct ends *e, struct sock *sk)
{
	struct sock_common *common = &sk->__sk_common;
	__u16 port;

	if (PEEK(common->skc_family) == AF_INET6) {
		bpf_probe_read_kernel(e->local, sizeof(e->local), &common->skc_v6_rcv_saddr);
		bpf_probe_read_kernel(e->remote, sizeof(e->remote), &common->skc_v6_daddr);
	} else {
		mapped(e->local, PEEK(common->skc_rcv_saddr));
		mapped(e->remote, PEEK(common->skc_daddr));
	}
	port = PEEK(common->skc_dport);
	e->remote_port = NETWORK_ORDER(port);
	e->local_port = PEEK(common->skc_num);
	if (!e->local_port) { /* given back already, because it closes */
		port = PEEK(((struct inet_sock *)sk)->inet_sport);
		e->local_port = NETWORK_ORDER(port);
	}
	e->protocol = PEEK(sk->sk_protocol);
	e->netns = namespace_of(sk);
}

#endif
