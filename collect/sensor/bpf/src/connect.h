/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connections that policies deny: the call fails with EPERM, and no packet is sent. */
#ifndef LYNCEUS_CONNECT_H
#define LYNCEUS_CONNECT_H

#include "enforce.h"

/* The beginning of the context of programs that are called with an address (uapi/linux/bpf.h, struct bpf_sock_addr).
 * Addresses and ports are in the order of the network. */
struct address_context {
	__u32 user_family;
	__u32 user_ip4;
	__u32 user_ip6[4];
	__u32 user_port;
	__u32 family;
	__u32 type;
	__u32 protocol;
};

struct peer_key {
	__u32 bits; /* of the prefix */
	__u32 address[4];
};

/* The policies that name a range of addresses, or one around it. */
struct peer {
	__u64 policies; /* with any port */
	__u32 class;    /* the range's number, by which ports are looked up */
	__u32 zero;
};

struct {
	NUMBER(type, BPF_MAP_TYPE_LPM_TRIE);
	NUMBER(max_entries, 4096);
	NUMBER(map_flags, BPF_F_NO_PREALLOC);
	TYPE(key, struct peer_key);
	TYPE(value, struct peer);
} peers_stopped SEC(".maps");

struct port_key {
	__u32 class;
	__u32 port; /* in the order of this machine */
};

/* The policies that name a port of a range. */
struct {
	NUMBER(type, BPF_MAP_TYPE_HASH);
	NUMBER(max_entries, 16384);
	TYPE(key, struct port_key);
	TYPE(value, __u64);
} ports_stopped SEC(".maps");

INLINE __u64 policies_about(__u32 *address, __u16 port)
{
	struct peer_key key = {.bits = 128};
	struct port_key at = {.port = port};
	struct peer *peer;
	__u64 *found, out;

	__builtin_memcpy(key.address, address, sizeof(key.address));
	peer = bpf_map_lookup_elem(&peers_stopped, &key);
	if (!peer)
		return 0;
	out = peer->policies;
	at.class = peer->class;
	found = bpf_map_lookup_elem(&ports_stopped, &at);
	return found ? out | *found : out;
}

/* may_reach says whether the current task may reach an address: 0 has the call fail with EPERM. */
NOINLINE int may_reach(struct stop_record *r)
{
	struct task_struct *task = (void *)bpf_get_current_task();
	struct policy_masks *masks;
	__u32 zero = 0;
	__u64 mine;

	mine = policies_for(PEEK(task->cgroups), &r->container);
	masks = bpf_map_lookup_elem(&policy_masks, &zero);
	if (!masks || !mine || is_spared(task))
		return 1;
	r->matched = policies_about(r->address, r->port) & mine & (masks->observe | masks->enforce);
	if (!r->matched)
		return 1;
	r->enforced = r->matched & masks->enforce;
	r->head.kind = KIND_STOP;
	r->head.time = bpf_ktime_get_boot_ns();
	r->what = STOP_CONNECT;
	acting(&r->actor, HOOK_STOP_CONNECT);
	tell_stop(r, HOOK_STOP_CONNECT);
	return !r->enforced;
}

INLINE int may_reach4(struct address_context *ctx)
{
	struct stop_record r = {};

	r.address[2] = __builtin_bswap32(0xffff);
	r.address[3] = ctx->user_ip4;
	r.port = __builtin_bswap16(ctx->user_port);
	r.protocol = ctx->protocol;
	return may_reach(&r);
}

INLINE int may_reach6(struct address_context *ctx)
{
	struct stop_record r = {};

	for (int i = 0; i < 4; i++)
		r.address[i] = ctx->user_ip6[i];
	r.port = __builtin_bswap16(ctx->user_port);
	r.protocol = ctx->protocol;
	return may_reach(&r);
}

SEC("cgroup/connect4")
int lynceus_stop_connect4(struct address_context *ctx)
{
	return may_reach4(ctx);
}

SEC("cgroup/connect6")
int lynceus_stop_connect6(struct address_context *ctx)
{
	return may_reach6(ctx);
}

SEC("cgroup/sendmsg4")
int lynceus_stop_sendmsg4(struct address_context *ctx)
{
	return may_reach4(ctx);
}

SEC("cgroup/sendmsg6")
int lynceus_stop_sendmsg6(struct address_context *ctx)
{
	return may_reach6(ctx);
}

#endif
