/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Sockets that read and write packets below TCP and UDP. */
#ifndef LYNCEUS_RAW_H
#define LYNCEUS_RAW_H

#include "socketcall.h"
#include "udp.h"

/* A function of its own, so that the compiler writes the layout of the record into the object. */
NOINLINE long send_socket(struct socket_record *r)
{
	r->head.kind = KIND_SOCKET;
	r->head.time = bpf_ktime_get_boot_ns();
	acting(&r->actor, HOOK_SOCKET);
	return send(HOOK_SOCKET, &r->head, sizeof(*r));
}

SEC("cgroup/sock_create")
int lynceus_socket(struct bpf_sock *ctx)
{
	struct socket_record r = {};

	if (ctx->protocol != IPPROTO_TCP && ctx->protocol != IPPROTO_UDP)
		own(ctx, 0); /* nothing else may tell who uses it */
	if (ctx->type != SOCK_RAW)
		return 1;
	r.family = ctx->family;
	r.type = ctx->type;
	r.protocol = ctx->protocol;
	r.netns = namespace_of((struct sock *)ctx);
	send_socket(&r);
	return 1;
}

#define CAP_NET_RAW 13

/* Numbers of the system call socket on x86-64 and arm64, and of another call that can make a socket without an argument
 * that says of which family. */
#define CALL_SOCKET_X86 41
#define CALL_SOCKET_ARM64 198
#define CALL_IO_URING_ENTER 426

#define PF_IO_WORKER 0x00000010
#define SOCK_TYPE_MASK 0xf

/* read_call fills in what the current task calls socket() with, from its registers, which it cannot change while it
 * calls. It returns 0 when it calls something else. Where the arguments are not there to be read, the family stays 0. */
INLINE int read_call(struct socket_record *r, struct task_struct *task)
{
	void *regs = bpf_task_pt_regs(task);
	struct pt_regs___x86 *x86 = regs;
	struct pt_regs___arm64 *arm = regs;
	__u32 words[SOCKETCALL_ARGUMENTS];
	__u64 call;

	if (PEEK(task->flags) & PF_IO_WORKER)
		return 1;
	if (!EXISTS(x86->orig_ax)) {
		call = PEEK(arm->syscallno);
		if (call != CALL_SOCKET_ARM64)
			return call == CALL_IO_URING_ENTER;
		r->family = PEEK(arm->orig_x0);
		r->type = PEEK(arm->regs[1]);
		r->protocol = PEEK(arm->regs[2]);
		return 1;
	}
	call = PEEK(x86->orig_ax);
	if (PEEK(task->thread_info.status) & STATUS_COMPAT) {
		if (call == CALL_SOCKETCALL_386) {
			if ((__u32)PEEK(x86->bx) != SOCKETCALL_SOCKET)
				return 0;
			if (read_within(words, (__u32)PEEK(x86->cx)))
				return 1;
			r->family = words[0];
			r->type = words[1];
			r->protocol = words[2];
			return 1;
		}
		if (call != CALL_SOCKET_386)
			return call == CALL_IO_URING_ENTER;
		r->family = PEEK(x86->bx);
		r->type = PEEK(x86->cx);
		r->protocol = PEEK(x86->dx);
		return 1;
	}
	if (call != CALL_SOCKET_X86)
		return call == CALL_IO_URING_ENTER;
	r->family = PEEK(x86->di);
	r->type = PEEK(x86->si);
	r->protocol = PEEK(x86->dx);
	return 1;
}

/* Packet sockets are no matter of cgroups. Who makes one is asked for a capability, and that is seen; raw sockets of
 * other families are, too, but these are told above. */
SEC("tp_btf/cap_capable")
int lynceus_capable(__u64 *ctx)
{
	struct socket_record r = {};

	if ((int)ctx[3] != CAP_NET_RAW || (int)ctx[4])
		return 0;
	if (!read_call(&r, bpf_get_current_task_btf()) || r.family == AF_INET || r.family == AF_INET6)
		return 0;
	r.type &= SOCK_TYPE_MASK;
	send_socket(&r);
	return 0;
}

#endif
