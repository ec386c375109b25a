/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Packets to and from servers of the domain name system. They are read in user space. */
#ifndef LYNCEUS_DNS_H
#define LYNCEUS_DNS_H

#include "packet.h"
#include "tcp.h"

#define DNS_PORT 53
#define UDP_HEADER 8

/* Whether anybody wants to know; set by user space. */
volatile __u32 dns_wanted = 0;

/* The part of the header of TCP that is read. */
struct tcp_header {
	__u32 unread1;
	__u32 number;
	__u32 unread2;
	__u8 length;
};

INLINE void begin_dns(struct dns_record *r, struct packet *p, struct actor *who, __u64 sock, __u32 number, __u32 flags)
{
	r->head.kind = KIND_DNS;
	r->head.time = bpf_ktime_get_boot_ns();
	r->actor = *who;
	r->ends = p->ends;
	r->flags = flags;
	r->sock = sock;
	r->number = number;
}

/* A function of its own, so that the compiler writes the layout of the record into the object. */
NOINLINE int submit_dns(struct dns_record *r)
{
	bpf_ringbuf_submit(r, BPF_RB_NO_WAKEUP);
	return 0;
}

/* A packet is written straight into the ring, in one of two sizes. */
#define SEND_DNS(room)                                                                     \
	({                                                                                 \
		struct dns_record *r = bpf_ringbuf_reserve(&events, sizeof(*r) + (room), 0); \
		if (r) {                                                                   \
			begin_dns(r, p, who, sock, number, flags);                         \
			r->used = n;                                                       \
			r->head.size = sizeof(*r) + (room);                                \
			if (bpf_skb_load_bytes(skb, at, r->tail, n))                       \
				r->used = 0;                                               \
			submit_dns(r);                                                     \
		}                                                                          \
		r != NULL;                                                                 \
	})

/* tell_dns tells what a packet carries after its headers, which end at a place. */
INLINE void tell_dns(struct __sk_buff *skb, struct packet *p, struct actor *who, __u64 sock, __u32 at, __u32 number, __u32 flags)
{
	struct counters *c = count(HOOK_DNS);
	__u32 n = skb->len - at;
	int told;

	if (skb->len <= at)
		return;
	if (n > DNS_BYTES) {
		n = DNS_BYTES;
		flags |= DNS_CUT;
	}
	OPAQUE(n);
	if (n < 1 || n > DNS_BYTES)
		return;
	if (n <= DNS_SMALL)
		told = SEND_DNS(DNS_SMALL);
	else
		told = SEND_DNS(DNS_BYTES);
	wake();
	if (c) {
		if (told)
			c->sent++;
		else
			c->full++;
	}
}

/* tell_dns_stream tells what a packet of TCP carries. */
INLINE void tell_dns_stream(struct __sk_buff *skb, struct packet *p, int out)
{
	struct sock *sk = skb_socket(skb);
	__u64 key = (__u64)sk;
	struct connection *c = bpf_map_lookup_elem(&connections, &key);
	struct actor nobody = {};
	struct tcp_header h;

	if (bpf_skb_load_bytes(skb, p->transport, &h, sizeof(h)))
		return;
	p->ends.netns = namespace_of(sk);
	tell_dns(skb, p, c ? &c->actor : &nobody, bpf_get_socket_cookie(skb), p->transport + (h.length >> 4) * 4, __builtin_bswap32(h.number), out ? DNS_OUT : 0);
}

#endif
