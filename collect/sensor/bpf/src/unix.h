/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Connections to sockets that have a name in the file system, those of container runtimes among them. */
#ifndef LYNCEUS_UNIX_H
#define LYNCEUS_UNIX_H

#include "actor.h"
#include "path.h"
#include "socket.h"

struct {
	NUMBER(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	NUMBER(max_entries, 1);
	TYPE(key, __u32);
	TYPE(value, struct unix_record);
} unix_scratch SEC(".maps");

/* name_socket writes the name of a socket: where its file lies, from the kernel's own objects, or what it was called. */
INLINE void name_socket(struct unix_record *r, struct unix_sock *u)
{
	struct unix_address *address;
	struct path path;
	__u32 n;

	path.mnt = PEEK(u->path.mnt);
	path.dentry = PEEK(u->path.dentry);
	if (path.dentry) {
		append_path(r->tail, &r->used, &path, &r->flags);
		return;
	}
	r->flags = UNIX_ABSTRACT;
	address = PEEK(u->addr);
	if (!address)
		return;
	n = PEEK(address->len) - 3; /* the family, and the NUL that says that it is no file */
	OPAQUE(n);
	if (n > sizeof(address->name[0].sun_path) - 1)
		return;
	if (!bpf_probe_read_kernel(r->tail, n, address->name[0].sun_path + 1))
		r->used = n;
}

/* A listening socket is told that there is something for it by the task that connects to it. All else that sockets are
 * told is left at once. */
SEC("tp_btf/sk_data_ready")
int lynceus_unix(__u64 *ctx)
{
	struct sock *sk = (void *)ctx[0];
	struct unix_record *r;
	__u32 zero = 0;
	__u64 size;

	if (sk->__sk_common.skc_family != AF_UNIX || sk->__sk_common.skc_state != TCP_LISTEN)
		return 0;
	r = bpf_map_lookup_elem(&unix_scratch, &zero);
	if (!r)
		return 0;
	r->head.kind = KIND_UNIX;
	r->head.time = bpf_ktime_get_boot_ns();
	acting(&r->actor, HOOK_UNIX);
	r->type = sk->sk_type;
	r->flags = r->used = 0;
	name_socket(r, (struct unix_sock *)sk);
	size = *(volatile __u32 *)&r->used;
	if (size > sizeof(r->tail))
		size = sizeof(r->tail);
	send(HOOK_UNIX, &r->head, sizeof(*r) - sizeof(r->tail) + size);
	return 0;
}

#endif
