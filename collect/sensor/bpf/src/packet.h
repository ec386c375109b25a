/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Reading what packets of a socket say of themselves. */
#ifndef LYNCEUS_PACKET_H
#define LYNCEUS_PACKET_H

#include "socket.h"

/* Protocols of Ethernet as they lie in memory, and the headers between that of IPv6 and what it carries
 * (https://www.iana.org/assignments/ipv6-parameters). */
#define ETH_P_IP 0x0008
#define ETH_P_IPV6 0xdd86
#define IPV6_HOP_BY_HOP 0
#define IPV6_ROUTING 43
#define IPV6_FRAGMENT 44
#define IPV6_OPTIONS 60

/* More headers than these are not followed. */
#define IPV6_HEADERS 4

struct packet {
	struct ends ends;
	__u32 transport; /* where the header of TCP or UDP begins */
};

struct ipv4_header {
	__u8 version_length;
	__u8 unread1[8];
	__u8 protocol;
	__u16 unread2;
	__u32 from;
	__u32 to;
};

struct ipv6_header {
	__u8 unread1[6];
	__u8 next;
	__u8 unread2;
	__u32 from[4];
	__u32 to[4];
};

/* read_ipv4 returns 0 when it has read the header. */
INLINE int read_ipv4(struct __sk_buff *skb, struct packet *p, int out)
{
	struct ipv4_header h;

	if (bpf_skb_load_bytes(skb, 0, &h, sizeof(h)))
		return -1;
	mapped(p->ends.local, out ? h.from : h.to);
	mapped(p->ends.remote, out ? h.to : h.from);
	p->ends.protocol = h.protocol;
	p->transport = (h.version_length & 15) * 4;
	return 0;
}

INLINE int read_ipv6(struct __sk_buff *skb, struct packet *p, int out)
{
	struct ipv6_header h;
	__u8 extension[2];

	if (bpf_skb_load_bytes(skb, 0, &h, sizeof(h)))
		return -1;
	__builtin_memcpy(p->ends.local, out ? h.from : h.to, sizeof(h.from));
	__builtin_memcpy(p->ends.remote, out ? h.to : h.from, sizeof(h.from));
	p->ends.protocol = h.next;
	p->transport = sizeof(h);
	for (int i = 0; i < IPV6_HEADERS; i++) {
		__u8 next = p->ends.protocol;

		if (next != IPV6_HOP_BY_HOP && next != IPV6_ROUTING && next != IPV6_FRAGMENT && next != IPV6_OPTIONS)
			break;
		if (bpf_skb_load_bytes(skb, p->transport, extension, sizeof(extension)))
			return -1;
		p->ends.protocol = extension[0];
		p->transport += next == IPV6_FRAGMENT ? 8 : (extension[1] + 1) * 8;
	}
	return 0;
}

/* read_packet reads the addresses, the ports and the protocol of a packet that a socket sends, or receives. It returns 0
 * when it has. Protocols other than TCP and UDP have no ports here. The namespace is left alone. */
INLINE int read_packet(struct __sk_buff *skb, struct packet *p, int out)
{
	__u16 ports[2];
	int failed;

	if (skb->protocol == ETH_P_IP)
		failed = read_ipv4(skb, p, out);
	else if (skb->protocol == ETH_P_IPV6)
		failed = read_ipv6(skb, p, out);
	else
		return -1;
	if (failed || (p->ends.protocol != IPPROTO_UDP && p->ends.protocol != IPPROTO_TCP))
		return failed;
	if (bpf_skb_load_bytes(skb, p->transport, ports, sizeof(ports)))
		return -1;
	p->ends.local_port = NETWORK_ORDER(ports[!out]);
	p->ends.remote_port = NETWORK_ORDER(ports[out]);
	return 0;
}

/* skb_socket returns the address of the socket that a packet is of. */
INLINE struct sock *skb_socket(struct __sk_buff *skb)
{
	return PEEK(((struct sk_buff *)skb)->sk);
}

#endif
