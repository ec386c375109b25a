/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Files that are opened by io_uring, which makes no system call for them. */
#ifndef LYNCEUS_RING_H
#define LYNCEUS_RING_H

#include "call.h"

/* Operations, from the kernel's user interface (uapi/linux/io_uring.h). */
#define IORING_OP_OPENAT 18
#define IORING_OP_OPENAT2 28

struct filename {
	const char *name;
} KERNEL;

struct open_how {
	__u64 flags;
	__u64 mode;
} KERNEL;

/* What a request to open begins with. */
struct io_open {
	int dfd;
	__u32 file_slot; /* not 0: the file gets no descriptor, but a place in the ring's own table */
	struct filename *filename;
	struct open_how how;
} KERNEL;

struct io_kiocb {
	__u8 opcode;
} KERNEL;

struct io_uring_cqe {
	__s32 res;
} KERNEL;

/* Whether the tracepoint has a pointer to the completion, as it had at last, or the result. Set by the loader. */
volatile const __u32 ring_completion = 0;

INLINE int ring_opens(struct io_kiocb *request)
{
	__u8 opcode = PEEK(request->opcode);

	return opcode == IORING_OP_OPENAT || opcode == IORING_OP_OPENAT2;
}

INLINE struct call_record *begin_ring(struct io_kiocb *request, __s64 result, struct task_struct *task, __u32 hook)
{
	__u32 scratch = SCRATCH_RING;
	struct call_record *r = bpf_map_lookup_elem(&call_scratch, &scratch);

	if (!r)
		return NULL;
	r->result = result;
	r->number = PEEK(request->opcode);
	r->flags = CALL_RING;
	r->args[0] = r->args[1] = r->args[2] = r->args[3] = r->args[4] = r->args[5] = 0;
	begin_call(r, hook, task);
	return r;
}

SEC("tp_btf/io_uring_complete")
int lynceus_ring(__u64 *ctx)
{
	struct io_kiocb *request = (void *)ctx[1];
	struct io_open *open = (void *)request;
	struct io_uring_cqe *completion;
	struct task_struct *task;
	struct call_record *r;
	struct file *file;
	__s32 result;

	if (!ring_opens(request) || PEEK(open->file_slot))
		return 0;
	if (ring_completion) {
		completion = (void *)ctx[2];
		result = PEEK(completion->res);
	} else {
		result = ctx[3];
	}
	if (result < 0)
		return 0;
	task = TYPED(struct task_struct, bpf_get_current_task());
	file = TYPED(struct file, file_of(task, result));
	if (!file || !sieved(task, file))
		return 0;
	r = begin_ring(request, result, task, HOOK_RING);
	if (!r)
		return 0;
	say_file(r, file);
	say_opened(SCRATCH_RING, task, file);
	send_call(r, HOOK_RING);
	return 0;
}

/* A file that is to get no descriptor is told when it is asked for, by the kernel's own copy of the path. */
SEC("tp_btf/io_uring_submit_req")
int lynceus_ring_slot(__u64 *ctx)
{
	struct io_kiocb *request = (void *)ctx[0];
	struct io_open *open = (void *)request;
	struct task_struct *task;
	struct call_record *r;
	struct file *dir;
	__u32 off;
	__s32 dfd;
	long len;

	if (!ring_opens(request) || !PEEK(open->file_slot))
		return 0;
	task = TYPED(struct task_struct, bpf_get_current_task());
	r = begin_ring(request, 0, task, HOOK_RING_SLOT);
	if (!r)
		return 0;
	r->args[2] = PEEK(open->how.flags);
	r->args[3] = PEEK(open->how.mode);
	dfd = PEEK(open->dfd);
	if (dfd == AT_FDCWD) {
		say_place(SCRATCH_RING, &PEEK(task->fs)->pwd, 0);
	} else {
		dir = file_of(task, dfd);
		if (dir)
			say_place(SCRATCH_RING, &dir->f_path, 0);
	}
	off = *(volatile __u32 *)&r->used;
	if (off > sizeof(r->tail) - TEXT_BYTES)
		return 0;
	len = bpf_probe_read_kernel_str(r->tail + off, TEXT_BYTES, PEEK(PEEK(open->filename)->name));
	if (len > 0) {
		r->texts[0] = len;
		r->used = off + len;
	}
	send_call(r, HOOK_RING_SLOT);
	return 0;
}

#endif
