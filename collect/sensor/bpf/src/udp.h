/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Conversations over UDP, and over protocols of which no connections are seen: ICMP, SCTP and whatever goes through raw
 * sockets. There is no moment at which one begins or ends but for its packets, which are counted here and not told. */
#ifndef LYNCEUS_UDP_H
#define LYNCEUS_UDP_H

#include "dns.h"

/* Who uses a socket, by its address: the last task that connected it, bound it or sent from it with an address. Packets
 * are met in whatever context. */
struct owner {
	struct actor actor;
	__u32 connected;
};

struct {
	NUMBER(type, BPF_MAP_TYPE_LRU_HASH);
	NUMBER(max_entries, 16384);
	TYPE(key, __u64);
	TYPE(value, struct owner);
} owners SEC(".maps");

/* own remembers that the current task uses a socket. */
INLINE void own(void *socket, __u32 connected)
{
	__u64 sock = (__u64)socket;
	struct task_struct *task = (void *)bpf_get_current_task();
	struct owner *known = bpf_map_lookup_elem(&owners, &sock), new = {};

	if (known && known->actor.tgid == (__u32)PEEK(task->tgid) && known->connected == connected)
		return;
	acting(&new.actor, HOOK_OWNER);
	new.connected = connected;
	bpf_map_update_elem(&owners, &sock, &new, BPF_ANY);
}

SEC("cgroup/connect4")
int lynceus_connect4(struct bpf_sock_addr *ctx)
{
	if (ctx->type == SOCK_DGRAM)
		own(ctx->sk, 1);
	return 1;
}

SEC("cgroup/connect6")
int lynceus_connect6(struct bpf_sock_addr *ctx)
{
	if (ctx->type == SOCK_DGRAM)
		own(ctx->sk, 1);
	return 1;
}

SEC("cgroup/sendmsg4")
int lynceus_sendmsg4(struct bpf_sock_addr *ctx)
{
	own(ctx->sk, 0);
	return 1;
}

SEC("cgroup/sendmsg6")
int lynceus_sendmsg6(struct bpf_sock_addr *ctx)
{
	own(ctx->sk, 0);
	return 1;
}

SEC("cgroup/post_bind4")
int lynceus_bind4(struct bpf_sock *ctx)
{
	if (ctx->type == SOCK_DGRAM)
		own(ctx, 0);
	return 1;
}

SEC("cgroup/post_bind6")
int lynceus_bind6(struct bpf_sock *ctx)
{
	if (ctx->type == SOCK_DGRAM)
		own(ctx, 0);
	return 1;
}

/* A conversation is what a socket has to do with one port of one address that it sent to first, or with all ports of an
 * address that sent to it first: then the port is 0. */
struct flow_key {
	__u64 cookie;
	__u32 remote[4];
	__u32 port;
	__u32 spare;
};

struct flow {
	struct actor actor;
	struct ends ends;
	__u32 flags;
	__u64 began;
	__u64 last;
	__u64 bytes_in;
	__u64 bytes_out;
	__u64 packets_in;
	__u64 packets_out;
};

struct {
	NUMBER(type, BPF_MAP_TYPE_HASH);
	NUMBER(max_entries, CONNECTIONS);
	NUMBER(map_flags, BPF_F_NO_PREALLOC);
	TYPE(key, struct flow_key);
	TYPE(value, struct flow);
} flows SEC(".maps");

INLINE void report_flow(struct connection_record *r, __u64 cookie, struct flow *f, __u32 act)
{
	r->head.time = bpf_ktime_get_boot_ns();
	r->actor = f->actor;
	r->ends = f->ends;
	r->act = act;
	r->sock = cookie;
	r->began = f->began;
	r->bytes_in = f->bytes_in;
	r->bytes_out = f->bytes_out;
	r->packets_in = f->packets_in;
	r->packets_out = f->packets_out;
	r->flags = f->flags;
}

INLINE void end_flow(struct flow_key *k, struct flow *f)
{
	__u64 cgroup = f->actor.cgroup;
	struct share *share = bpf_map_lookup_elem(&shares, &cgroup);

	if (!bpf_map_delete_elem(&flows, k) && share)
		given(&share->flows);
}

/* find_flow returns the conversation that a packet is of, and makes the key by which it would be begun. */
INLINE struct flow *find_flow(struct flow_key *k, struct packet *p, int out)
{
	struct flow *f;

	__builtin_memcpy(k->remote, p->ends.remote, sizeof(k->remote));
	k->port = p->ends.remote_port;
	f = bpf_map_lookup_elem(&flows, k);
	if (f)
		return f;
	k->port = 0;
	f = bpf_map_lookup_elem(&flows, k);
	if (out)
		k->port = p->ends.remote_port;
	return f;
}

/* begin_flow remembers and tells a conversation. Those of the kernel itself, which answers ICMP, are left alone. One that finds no room is not told either, or each of its packets would
 * be. */
INLINE struct flow *begin_flow(struct __sk_buff *skb, struct flow_key *k, struct packet *p, int out)
{
	__u64 sock = (__u64)skb_socket(skb);
	struct owner *who = bpf_map_lookup_elem(&owners, &sock);
	struct connection_record r = {};
	struct share *share;
	struct flow f = {};

	if (!who && p->ends.protocol != IPPROTO_UDP)
		return NULL;
	if (who) {
		f.actor = who->actor;
		if (who->connected)
			f.flags |= CONNECTION_CONNECTED;
	}
	if (out)
		f.flags |= CONNECTION_OPENED;
	f.ends = p->ends;
	f.ends.netns = namespace_of((struct sock *)sock);
	f.began = f.last = bpf_ktime_get_boot_ns();
	share = share_of(f.actor.cgroup);
	if (!share || taken(&share->flows, FLOW_SHARE)) {
		no_room(HOOK_PACKET);
		return NULL;
	}
	if (bpf_map_update_elem(&flows, k, &f, BPF_ANY)) {
		given(&share->flows);
		no_room(HOOK_PACKET);
		return NULL;
	}
	report_flow(&r, k->cookie, &f, out ? ACT_SEND : ACT_RECEIVE);
	send_connection(&r, HOOK_PACKET);
	return bpf_map_lookup_elem(&flows, k);
}

INLINE void datagram(struct __sk_buff *skb, struct packet *p, int out)
{
	struct flow_key k = {.cookie = bpf_get_socket_cookie(skb)};
	struct flow *f = find_flow(&k, p, out);
	__u64 n = skb->len - p->transport;
	struct actor nobody = {};

	if (p->ends.protocol == IPPROTO_UDP)
		n -= UDP_HEADER;
	if (!f)
		f = begin_flow(skb, &k, p, out);
	if (f) {
		f->last = bpf_ktime_get_boot_ns();
		__sync_fetch_and_add(out ? &f->bytes_out : &f->bytes_in, n);
		__sync_fetch_and_add(out ? &f->packets_out : &f->packets_in, 1);
		p->ends.netns = f->ends.netns;
	}
	if (dns_wanted && p->ends.remote_port == DNS_PORT)
		tell_dns(skb, p, f ? &f->actor : &nobody, k.cookie, p->transport + UDP_HEADER, 0, out ? DNS_OUT : 0);
}

INLINE int packet(struct __sk_buff *skb, int out)
{
	struct packet p = {};

	if (read_packet(skb, &p, out))
		return 1;
	if (p.ends.protocol != IPPROTO_TCP)
		datagram(skb, &p, out);
	else if (dns_wanted && p.ends.remote_port == DNS_PORT)
		tell_dns_stream(skb, &p, out);
	return 1;
}

SEC("cgroup_skb/egress")
int lynceus_egress(struct __sk_buff *skb)
{
	return packet(skb, 1);
}

SEC("cgroup_skb/ingress")
int lynceus_ingress(struct __sk_buff *skb)
{
	return packet(skb, 0);
}

/* The socket is closed: the conversation with its only peer ends. Those of a socket with many rest, and end with it. */
SEC("cgroup/sock_release")
int lynceus_release(struct bpf_sock *ctx)
{
	__u64 sock = (__u64)ctx;
	struct connection_record r = {};
	struct flow_key k = {};
	struct ends ends;
	struct flow *f;

	if (ctx->protocol == IPPROTO_TCP)
		return 1;
	k.cookie = bpf_get_socket_cookie(ctx);
	ends_of(&ends, (struct sock *)sock);
	__builtin_memcpy(k.remote, ends.remote, sizeof(k.remote));
	k.port = ends.remote_port;
	f = bpf_map_lookup_elem(&flows, &k);
	if (f) {
		report_flow(&r, k.cookie, f, ACT_CLOSE);
		send_connection(&r, HOOK_OWNER);
		end_flow(&k, f);
	}
	bpf_map_delete_elem(&owners, &sock);
	return 1;
}

/* A conversation without a packet for this long rests; tests make it shorter. */
volatile __u64 flow_idle_ns = 30000000000ULL;

/* Read by user space from time to time: tells of conversations that rest, and forgets them. */
SEC("iter/bpf_map_elem")
int lynceus_udp_sweep(struct bpf_iter__bpf_map_elem *ctx)
{
	struct connection_record r = {};
	struct flow_key *key = ctx->key, k;
	struct flow *f;

	if (!key || !ctx->value)
		return 0;
	k = *key;
	f = bpf_map_lookup_elem(&flows, &k);
	if (!f || bpf_ktime_get_boot_ns() - f->last < flow_idle_ns)
		return 0;
	report_flow(&r, k.cookie, f, ACT_IDLE);
	if (!write_connection(ctx->meta->seq, &r, HOOK_SWEEP))
		end_flow(&k, f);
	return 0;
}

#endif
