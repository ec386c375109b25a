/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connections of TCP. Their states change in whatever context the packet is met that changes them, so who opens,
 * listens or accepts is remembered by socket when that is the current task. */
#ifndef LYNCEUS_TCP_H
#define LYNCEUS_TCP_H

#include "connection.h"
#include "descriptor.h"

/* What is known of a socket between two hooks. */
struct connection {
	struct actor actor; /* who opened it; of one that is accepted, who listens until it is known who accepts */
	struct ends ends;
	__u32 flags;
	__u64 began;
	__u64 counted; /* for which cgroup it is counted */
};

/* By address of the socket. User space looks through it for connections that take long to be made. */
struct {
	NUMBER(type, BPF_MAP_TYPE_HASH);
	NUMBER(max_entries, CONNECTIONS);
	NUMBER(map_flags, BPF_F_NO_PREALLOC);
	TYPE(key, __u64);
	TYPE(value, struct connection);
} connections SEC(".maps");

/* Where somebody listens. The address is that of a socket, or all zeros for any. */
struct listener_key {
	__u32 address[4];
	__u32 netns;
	__u32 port;
};

struct {
	NUMBER(type, BPF_MAP_TYPE_LRU_HASH);
	NUMBER(max_entries, 4096);
	TYPE(key, struct listener_key);
	TYPE(value, struct actor);
} listeners SEC(".maps");

INLINE void tell_connection(struct connection *c, __u64 sock, __u32 act, struct sock *counted, __u32 error, __u32 hook)
{
	struct tcp_sock *tcp = (void *)counted;
	struct connection_record r = {};

	r.head.time = bpf_ktime_get_boot_ns();
	r.actor = c->actor;
	r.ends = c->ends;
	r.act = act;
	r.sock = sock;
	r.began = c->began;
	r.error = error;
	r.flags = c->flags;
	if (counted) {
		r.bytes_in = PEEK(tcp->bytes_received);
		if (r.bytes_in && PEEK(counted->__sk_common.skc_flags) & SOCK_DONE)
			r.bytes_in--;
		r.bytes_out = PEEK(tcp->bytes_sent) - PEEK(tcp->bytes_retrans);
		r.packets_in = PEEK(tcp->segs_in);
		r.packets_out = PEEK(tcp->segs_out);
	}
	send_connection(&r, hook);
}

/* keep remembers a connection, if there is room. */
INLINE void keep(__u64 sock, struct connection *c)
{
	struct share *share = share_of(c->actor.cgroup);

	c->counted = c->actor.cgroup;
	if (!share || taken(&share->connections, CONNECTION_SHARE)) {
		no_room(HOOK_TCP);
	} else if (bpf_map_update_elem(&connections, &sock, c, BPF_ANY)) {
		given(&share->connections);
		no_room(HOOK_TCP);
	}
}

/* forget forgets it. */
INLINE void forget(__u64 sock, struct connection *c)
{
	__u64 cgroup = c->counted;
	struct share *share = bpf_map_lookup_elem(&shares, &cgroup);

	if (!bpf_map_delete_elem(&connections, &sock) && share)
		given(&share->connections);
}

INLINE void listener_at(struct listener_key *k, struct ends *e)
{
	__builtin_memcpy(k->address, e->local, sizeof(k->address));
	k->netns = e->netns;
	k->port = e->local_port;
	if (!(k->address[0] | k->address[1] | k->address[3])) /* any address, of version 4 or 6 */
		k->address[2] = 0;
}

/* What begins in a task of its own: a task connects, or listens. A program of its own, since one that is interrupted
 * while it runs is not called for what interrupts it. */
/* stream_of says which standard stream of the current task a socket is, if it is one. */
INLINE __u32 stream_of(struct sock *sk)
{
	struct task_struct *task = TYPED(struct task_struct, bpf_get_current_task());
	__u32 flags = 0;

	for (__u32 fd = 0; fd < 3; fd++) {
		struct file *file = TYPED(struct file, file_of(task, fd));

		if (file && socket_of(file) == sk)
			flags |= CONNECTION_STDIN << fd;
	}
	return flags;
}

SEC("tp_btf/inet_sock_set_state")
int lynceus_tcp_begin(__u64 *ctx)
{
	struct sock *sk = (void *)ctx[0];
	int state = ctx[2];
	struct listener_key at = {};
	struct connection c = {};

	if ((state != TCP_SYN_SENT && state != TCP_LISTEN) || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	acting(&c.actor, HOOK_TCP);
	ends_of(&c.ends, sk);
	c.began = bpf_ktime_get_boot_ns();
	if (state == TCP_LISTEN) {
		c.flags = CONNECTION_LISTENS;
		listener_at(&at, &c.ends);
		bpf_map_update_elem(&listeners, &at, &c.actor, BPF_ANY);
		tell_connection(&c, (__u64)sk, ACT_LISTEN, NULL, 0, HOOK_TCP);
	} else {
		c.flags = CONNECTION_OPENED | stream_of(sk);
		keep((__u64)sk, &c);
	}
	return 0;
}

/* accepted remembers a connection that somebody else has opened, and who listens. */
INLINE void accepted(struct sock *sk)
{
	struct listener_key at = {};
	struct connection c = {};
	struct actor *who;

	ends_of(&c.ends, sk);
	listener_at(&at, &c.ends);
	who = bpf_map_lookup_elem(&listeners, &at);
	if (!who) {
		at.address[0] = at.address[1] = at.address[2] = at.address[3] = 0;
		who = bpf_map_lookup_elem(&listeners, &at);
	}
	if (who)
		c.actor = *who;
	c.began = bpf_ktime_get_boot_ns();
	c.flags = CONNECTION_UP;
	keep((__u64)sk, &c);
}

INLINE void established(struct sock *sk, struct connection *c)
{
	ends_of(&c->ends, sk);
	c->flags |= CONNECTION_UP | CONNECTION_TOLD;
	tell_connection(c, (__u64)sk, ACT_CONNECT, NULL, 0, HOOK_TCP);
}

INLINE void closed(struct sock *sk, struct connection *c)
{
	__u64 sock = (__u64)sk;
	__u32 error = PEEK(sk->sk_err);

	if (!(c->flags & CONNECTION_UP)) {
		ends_of(&c->ends, sk);
		tell_connection(c, sock, ACT_CONNECT, NULL, error ? error : ECANCELED, HOOK_TCP);
	} else {
		if (!(c->flags & CONNECTION_TOLD))
			tell_connection(c, sock, ACT_ACCEPT, NULL, 0, HOOK_TCP);
		tell_connection(c, sock, ACT_CLOSE, sk, error, HOOK_TCP);
	}
	forget(sock, c);
}

SEC("tp_btf/inet_sock_set_state")
int lynceus_tcp_state(__u64 *ctx)
{
	struct sock *sk = (void *)ctx[0];
	int before = ctx[1], state = ctx[2];
	__u64 sock = (__u64)sk;
	struct connection *c;

	if ((state != TCP_ESTABLISHED && state != TCP_CLOSE) || sk->sk_protocol != IPPROTO_TCP)
		return 0;
	c = bpf_map_lookup_elem(&connections, &sock);
	if (state == TCP_CLOSE) {
		if (c)
			closed(sk, c);
	} else if (before == TCP_SYN_RECV && (!c || c->flags & CONNECTION_UP)) {
		accepted(sk);
	} else if (c) {
		established(sk, c);
	}
	return 0;
}

/* The kernel asks for the address of the peer when a task accepts a connection and wants to know that address, as
 * nearly all do. Who accepts without is taken to be who listens, when the connection closes or user space finds it. */
INLINE int peer_named(struct bpf_sock_addr *ctx)
{
	__u64 sock = (__u64)tcp_of(PEEK(((struct bpf_sock_addr_kern *)ctx)->sk));
	struct connection *c = bpf_map_lookup_elem(&connections, &sock);

	if (!c || c->flags & (CONNECTION_TOLD | CONNECTION_OPENED))
		return 1;
	acting(&c->actor, HOOK_ACCEPT);
	c->flags |= CONNECTION_TOLD;
	tell_connection(c, sock, ACT_ACCEPT, NULL, 0, HOOK_ACCEPT);
	return 1;
}

SEC("cgroup/getpeername4")
int lynceus_peer4(struct bpf_sock_addr *ctx)
{
	return peer_named(ctx);
}

SEC("cgroup/getpeername6")
int lynceus_peer6(struct bpf_sock_addr *ctx)
{
	return peer_named(ctx);
}

#define PENDING_NS 1000000000ULL

/* Read by user space from time to time: tells of connections that have been on their way for a second, and of those
 * that nobody was seen to accept. */
SEC("iter/bpf_map_elem")
int lynceus_tcp_sweep(struct bpf_iter__bpf_map_elem *ctx)
{
	__u64 *key = ctx->key, sock;
	struct connection_record r = {};
	struct connection *c;

	if (!key || !ctx->value)
		return 0;
	sock = *key;
	c = bpf_map_lookup_elem(&connections, &sock);
	r.head.time = bpf_ktime_get_boot_ns();
	if (!c || c->flags & CONNECTION_TOLD || r.head.time - c->began < PENDING_NS)
		return 0;
	r.actor = c->actor;
	r.ends = c->ends;
	r.act = c->flags & CONNECTION_UP ? ACT_ACCEPT : ACT_PENDING;
	r.sock = sock;
	r.began = c->began;
	r.flags = c->flags;
	if (!write_connection(ctx->meta->seq, &r, HOOK_SWEEP))
		c->flags |= CONNECTION_TOLD;
	return 0;
}

#endif
