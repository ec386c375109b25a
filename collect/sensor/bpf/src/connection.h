/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* How what happens to connections is told. */
#ifndef LYNCEUS_CONNECTION_H
#define LYNCEUS_CONNECTION_H

#include "actor.h"
#include "socket.h"

/* Functions of their own, so that the compiler writes the layout of the record into the object. */
NOINLINE long send_connection(struct connection_record *r, __u32 hook)
{
	r->head.kind = KIND_CONNECTION;
	return send(hook, &r->head, sizeof(*r));
}

/* write_connection tells who reads an iterator. It returns 0, or less when there is no room: the iterator comes again
 * with the same then. */
NOINLINE long write_connection(struct seq_file *seq, struct connection_record *r, __u32 hook)
{
	struct counters *c = count(hook);

	r->head.kind = KIND_CONNECTION;
	r->head.size = sizeof(*r);
	if (bpf_seq_write(seq, r, sizeof(*r)))
		return -1;
	if (c)
		c->sent++;
	return 0;
}

/* How many connections and conversations are remembered, and how many of them may be of one cgroup: what one container
 * does must not take the others' place. What finds none is counted as records that are lost. */
#define CONNECTIONS 65536
#define CONNECTION_SHARE (CONNECTIONS / 2)
#define FLOW_SHARE (CONNECTIONS / 8)

struct share {
	__u32 connections;
	__u32 flows;
};

struct {
	NUMBER(type, BPF_MAP_TYPE_LRU_HASH);
	NUMBER(max_entries, 4096);
	TYPE(key, __u64);
	TYPE(value, struct share);
} shares SEC(".maps");

/* share_of returns what is remembered for a cgroup. */
INLINE struct share *share_of(__u64 cgroup)
{
	struct share *s = bpf_map_lookup_elem(&shares, &cgroup), none = {};

	if (s)
		return s;
	bpf_map_update_elem(&shares, &cgroup, &none, BPF_NOEXIST);
	return bpf_map_lookup_elem(&shares, &cgroup);
}

/* taken counts one more, if there is room for it, and returns 0 then. */
INLINE int taken(__u32 *of, __u32 share)
{
	if (*of >= share)
		return -1;
	__sync_fetch_and_add(of, 1);
	return 0;
}

/* given counts one less. The cgroup may have been forgotten in the meantime, and begun anew. */
INLINE void given(__u32 *of)
{
	if (*of)
		__sync_fetch_and_add(of, -1);
}

INLINE void no_room(__u32 hook)
{
	struct counters *c = count(hook);

	if (c)
		c->full++;
}

#endif
