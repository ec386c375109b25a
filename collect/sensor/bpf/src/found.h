/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets that are there before anybody looks, in all network namespaces, by the descriptors that stand for them. */
#ifndef LYNCEUS_FOUND_H
#define LYNCEUS_FOUND_H

#include "raw.h"

/* Set by user space: what listens is told at the first reading of the iterator, all else at the second, when it is known
 * which connections were accepted. */
volatile __u32 found_listening = 0;

INLINE void found_listener(struct seq_file *seq, struct task_struct *task, struct sock *sk)
{
	struct connection_record r = {.act = ACT_FOUND, .flags = CONNECTION_LISTENS};
	struct listener_key at = {};

	actor_of(&r.actor, task);
	ends_of(&r.ends, sk);
	r.head.time = r.began = bpf_ktime_get_boot_ns();
	r.sock = (__u64)sk;
	listener_at(&at, &r.ends);
	/* Of several processes that share it, the first is named; of several sockets, each is told. */
	bpf_map_update_elem(&listeners, &at, &r.actor, BPF_NOEXIST);
	write_connection(seq, &r, HOOK_FOUND);
}

INLINE void found_connection(struct seq_file *seq, struct task_struct *task, struct sock *sk)
{
	struct connection c = {.flags = CONNECTION_UP | CONNECTION_TOLD};
	struct connection_record r = {.act = ACT_FOUND};
	struct listener_key at = {};
	__u64 sock = (__u64)sk;

	if (bpf_map_lookup_elem(&connections, &sock)) /* another process shares it, or it has just begun */
		return;
	actor_of(&c.actor, task);
	ends_of(&c.ends, sk);
	listener_at(&at, &c.ends);
	if (!bpf_map_lookup_elem(&listeners, &at)) {
		at.address[0] = at.address[1] = at.address[2] = at.address[3] = 0;
		if (!bpf_map_lookup_elem(&listeners, &at))
			c.flags |= CONNECTION_OPENED;
	}
	c.began = r.head.time = bpf_ktime_get_boot_ns();
	r.actor = c.actor;
	r.ends = c.ends;
	r.sock = sock;
	r.began = c.began;
	r.flags = c.flags;
	if (write_connection(seq, &r, HOOK_FOUND))
		return;
	keep(sock, &c);
	if (PEEK(sk->__sk_common.skc_state) == TCP_CLOSE) /* in the meantime, and nobody will tell again */
		forget(sock, &c);
}

INLINE void found_datagrams(struct task_struct *task, struct sock *sk)
{
	struct owner o = {};
	__u64 sock = (__u64)sk;
	__u16 peer;

	actor_of(&o.actor, task);
	peer = PEEK(sk->__sk_common.skc_dport);
	o.connected = peer != 0;
	bpf_map_update_elem(&owners, &sock, &o, BPF_NOEXIST);
}

/* A function of its own for the layout of the record. */
NOINLINE long write_socket(struct seq_file *seq, struct socket_record *r)
{
	struct counters *c = count(HOOK_FOUND);

	r->head.kind = KIND_SOCKET;
	r->head.size = sizeof(*r);
	r->head.time = bpf_ktime_get_boot_ns();
	r->found = 1;
	if (bpf_seq_write(seq, r, sizeof(*r)))
		return -1;
	if (c)
		c->sent++;
	return 0;
}

INLINE void found_raw(struct seq_file *seq, struct task_struct *task, struct sock *sk, __u32 family)
{
	struct socket_record r = {};

	actor_of(&r.actor, task);
	r.family = family;
	r.type = PEEK(sk->sk_type);
	r.protocol = PEEK(sk->sk_protocol);
	r.netns = namespace_of(sk);
	write_socket(seq, &r);
}

SEC("iter/task_file")
int lynceus_sockets(struct bpf_iter__task_file *ctx)
{
	struct seq_file *seq = ctx->meta->seq;
	struct task_struct *task = ctx->task;
	struct file *file = ctx->file;
	struct socket *socket;
	__u32 family, type, state;
	struct sock *sk;

	if (!task || !file || task->pid != task->tgid || (PEEK(file->f_inode->i_mode) & S_IFMT) != S_IFSOCK)
		return 0;
	socket = PEEK(file->private_data);
	if (!socket)
		return 0;
	sk = PEEK(socket->sk);
	if (sk)
		sk = tcp_of(sk);
	if (!sk)
		return 0;
	family = PEEK(sk->__sk_common.skc_family);
	type = PEEK(sk->sk_type);
	state = PEEK(sk->__sk_common.skc_state);
	if (family == AF_PACKET || ((family == AF_INET || family == AF_INET6) && type == SOCK_RAW)) {
		if (!found_listening) {
			found_raw(seq, task, sk, family);
			found_datagrams(task, sk);
		}
		return 0;
	}
	if (family != AF_INET && family != AF_INET6)
		return 0;
	if (PEEK(sk->sk_protocol) == IPPROTO_UDP) {
		if (!found_listening)
			found_datagrams(task, sk);
	} else if (PEEK(sk->sk_protocol) == IPPROTO_TCP) {
		if (state == TCP_LISTEN && found_listening)
			found_listener(seq, task, sk);
		else if (state != TCP_LISTEN && state != TCP_CLOSE && state != TCP_SYN_SENT && state != TCP_SYN_RECV && !found_listening)
			found_connection(seq, task, sk);
	}
	return 0;
}

#endif
