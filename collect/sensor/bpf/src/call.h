/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* System calls, seen when they return, by one hook for all of them. What is told of each is a recipe that user space
 * writes; a call that nobody wants costs a load and a comparison. */
#ifndef LYNCEUS_CALL_H
#define LYNCEUS_CALL_H

#include "descriptor.h"
#include "mark.h"
#include "path.h"
#include "sieve.h"
#include "socketcall.h"

/* Numbers of system calls are less than this on both machines, and those of programs of 32 bits. */
#define CALLS 512

enum { TOLD_DONE = 1, TOLD_FAILED = 2, TOLD_SIEVED = 4, TOLD_NOT_MISSING = 8 };

/* Arguments are counted from 1; ARGUMENT_RESULT is what the call returned. */
#define ARGUMENT_RESULT 7
#define PLACE_CWD 8

/* What is less than 0 is an error down to here. */
#define MAX_ERRNO 4095

struct recipe {
	__u8 told;
	__u8 file;                /* the argument that is a descriptor, if its file is wanted */
	__u8 places[CALL_PLACES]; /* arguments that are descriptors of directories; PLACE_CWD without one */
	__u8 texts[CALL_TEXTS];   /* arguments that point to text */
	__u8 data;                /* the argument that points to data */
	__u8 data_bytes;          /* how many of them */
	__u8 data_size;           /* the argument that says how many, if less */
	__u8 test;                /* the argument that must meet one of the two, if it is not 0 */
	__u8 spare[5];
	__u64 bits;  /* one of these is set in it */
	__u64 among; /* what the mask leaves of it is a number less than 64 whose bit is set */
	__u64 mask;
	__u64 families; /* if not 0: the file must be a socket of a family whose bit is set */
};

/* Those of programs of 32 bits come after the others. */
struct {
	NUMBER(type, BPF_MAP_TYPE_ARRAY);
	NUMBER(max_entries, 2 * CALLS);
	TYPE(key, __u32);
	TYPE(value, struct recipe);
} recipes SEC(".maps");

/* Bit 0: the call is wanted; bit 1: that of programs of 32 bits with this number. */
volatile __u8 wanted[CALLS] = {};

/* A place for each hook. */
struct {
	NUMBER(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	NUMBER(max_entries, 2);
	TYPE(key, __u32);
	TYPE(value, struct call_record);
} call_scratch SEC(".maps");

enum { SCRATCH_CALL, SCRATCH_RING };

INLINE __u64 call_number(void *regs)
{
	struct pt_regs___x86 *x86 = regs;
	struct pt_regs___arm64 *arm = regs;

	if (EXISTS(x86->orig_ax))
		return x86->orig_ax;
	return arm->syscallno;
}

INLINE int call_compat(struct task_struct *task, void *regs)
{
	struct pt_regs___x86 *x86 = regs;

	if (EXISTS(x86->orig_ax))
		return LOAD(task->thread_info.status) & STATUS_COMPAT ? 1 : 0;
	return LOAD(task->thread_info.flags) & FLAG_32BIT ? 1 : 0;
}

INLINE void call_arguments(__u64 *args, void *regs, int compat)
{
	struct pt_regs___x86 *x86 = regs;
	struct pt_regs___arm64 *arm = regs;

	if (!EXISTS(x86->orig_ax)) {
		args[0] = arm->orig_x0;
		args[1] = PEEK(arm->regs[1]);
		args[2] = PEEK(arm->regs[2]);
		args[3] = PEEK(arm->regs[3]);
		args[4] = PEEK(arm->regs[4]);
		args[5] = PEEK(arm->regs[5]);
	} else if (compat) {
		args[0] = (__u32)x86->bx;
		args[1] = (__u32)x86->cx;
		args[2] = (__u32)x86->dx;
		args[3] = (__u32)x86->si;
		args[4] = (__u32)x86->di;
		args[5] = (__u32)x86->bp;
	} else {
		args[0] = x86->di;
		args[1] = x86->si;
		args[2] = x86->dx;
		args[3] = x86->r10;
		args[4] = x86->r8;
		args[5] = x86->r9;
	}
}

/* unwrap returns the number of the call that a socketcall stands for, or the number as it is. */
INLINE __u64 unwrap(__u64 number, void *regs)
{
	struct pt_regs___x86 *x86 = regs;

	if (number != CALL_SOCKETCALL_386 || !EXISTS(x86->orig_ax))
		return number;
	return within((__u32)x86->bx);
}

/* say_within takes the arguments of a call from where those of a socketcall point to. */
INLINE void say_within(struct call_record *r)
{
	__u32 words[SOCKETCALL_ARGUMENTS] = {};

	if (read_within(words, r->args[1]))
		r->flags |= CALL_UNREADABLE;
	r->args[0] = words[0];
	r->args[1] = words[1];
	r->args[2] = words[2];
	r->args[3] = r->args[4] = r->args[5] = 0;
}

/* argument returns an argument by its number from 1, or the result. */
INLINE __u64 argument(struct call_record *r, __u32 n)
{
	__u32 at = n - 1;

	OPAQUE(at);
	return at < CALL_ARGUMENTS ? r->args[at] : (__u64)r->result;
}

INLINE void say_file(struct call_record *r, struct file *file)
{
	struct inode *inode = LOAD(file->f_inode);
	struct super_block *sb = LOAD(inode->i_sb);

	r->flags |= CALL_FILE;
	r->file_flags = LOAD(file->f_flags);
	r->file_mode = LOAD(file->f_mode);
	r->inode_mode = LOAD(inode->i_mode);
	r->inode = LOAD(inode->i_ino);
	r->device = LOAD(sb->s_dev);
	r->family = family_of(file);
}

/* write_place writes the names of a path, as those of a program. It is a function that the verifier looks at once, and
 * not for each path. */
__attribute__((noinline)) int write_place(__u32 scratch, __u64 mnt, __u64 dentry, __u32 n)
{
	struct call_record *r = bpf_map_lookup_elem(&call_scratch, &scratch);
	struct path path = {.mnt = (void *)mnt, .dentry = (void *)dentry};
	__u32 before, flags = 0;

	if (!r || !dentry || n >= CALL_PLACES)
		return 0;
	before = r->used;
	append_path(r->tail, &r->used, &path, &flags);
	r->flags |= flags << (n * CWD_SHIFT);
	r->places[n] = r->used - before;
	return 0;
}

/* write_within writes the names of a file within its file system, as the second place. */
__attribute__((noinline)) int write_within(__u32 scratch, __u64 from)
{
	struct call_record *r = bpf_map_lookup_elem(&call_scratch, &scratch);
	__u32 before, flags = 0;

	if (!r || !from)
		return 0;
	before = r->used;
	append_names(r->tail, &r->used, (void *)from, &flags);
	r->flags |= flags << CWD_SHIFT;
	r->places[1] = r->used - before;
	return 0;
}

INLINE void say_place(__u32 scratch, struct path *from, int n)
{
	write_place(scratch, (__u64)PEEK(from->mnt), (__u64)PEEK(from->dentry), n);
}

/* say_text copies what an argument points to. */
NOINLINE int say_text(struct call_record *r, __u64 from, __u32 n)
{
	__u32 off = *(volatile __u32 *)&r->used;
	long len;

	if (n >= CALL_TEXTS || off > sizeof(r->tail) - TEXT_BYTES - DATA_BYTES || !from)
		return 0;
	len = bpf_probe_read_user_str(r->tail + off, TEXT_BYTES, (void *)from);
	if (len <= 0) {
		r->flags |= CALL_UNREADABLE;
		return 0;
	}
	r->texts[n] = len;
	r->used = off + len;
	return 0;
}

INLINE void say_data(struct call_record *r, __u64 from, __u64 bytes)
{
	__u32 off = *(volatile __u32 *)&r->used;

	if (off > sizeof(r->tail) - DATA_BYTES || bytes > DATA_BYTES || !bytes || !from)
		return;
	if (bpf_probe_read_user(r->tail + off, bytes, (void *)from)) {
		r->flags |= CALL_UNREADABLE;
		return;
	}
	r->data = bytes;
	r->used = off + bytes;
}

INLINE void say_credentials(struct call_record *r, struct task_struct *task)
{
	struct cred *cred = PEEK(task->cred);

	r->caps = PEEK(cred->cap_effective.val);
	r->euid = PEEK(cred->euid.val);
	r->uid = PEEK(cred->uid.val);
	r->egid = PEEK(cred->egid.val);
}

/* begin_call makes a record of a call, in which nothing is said of what it was about. */
INLINE void begin_call(struct call_record *r, __u32 hook, struct task_struct *task)
{
	r->head.kind = KIND_CALL;
	r->head.time = bpf_ktime_get_boot_ns();
	acting(&r->actor, hook);
	condemned((void *)bpf_get_current_task(), hook);
	r->file_flags = r->file_mode = r->inode_mode = r->device = r->family = 0;
	r->inode = 0;
	r->places[0] = r->places[1] = r->texts[0] = r->texts[1] = r->texts[2] = 0;
	r->data = r->used = 0;
	say_credentials(r, task);
}

NOINLINE long send_call(struct call_record *r, __u32 hook)
{
	__u64 used = *(volatile __u32 *)&r->used;

	if (used > sizeof(r->tail))
		used = sizeof(r->tail);
	return send(hook, &r->head, sizeof(*r) - sizeof(r->tail) + used);
}

/* sieve_for returns the sieve for an open file. */
INLINE __u32 sieve_for(struct file *file)
{
	return (LOAD(file->f_mode) & FMODE_WRITE ? SIEVE_WRITE : SIEVE_READ) + (sieve_turn & 1 ? SIEVES : 0);
}

/* sieved says whether an open file is wanted. */
INLINE int sieved(struct task_struct *task, struct file *file)
{
	return passes(sieve_for(file), task, file);
}

/* sieved_plainly says whether the open file of a descriptor is wanted by whatever name it was opened. Few get here. */
__attribute__((noinline)) int sieved_plainly(__u64 fd)
{
	struct task_struct *task = TYPED(struct task_struct, bpf_get_current_task());
	struct file *file = TYPED(struct file, file_of(task, fd));

	return !file || passes(sieve_for(file) + SIEVE_PLAIN, task, file);
}

/* say_places writes the names of the directories from which the call's paths begin. */
INLINE void say_places(struct call_record *r, struct recipe *recipe, struct task_struct *task)
{
	struct file *dir;

	for (int i = 0; i < CALL_PLACES; i++) {
		if (!recipe->places[i])
			continue;
		if (recipe->places[i] == PLACE_CWD || (__s32)argument(r, recipe->places[i]) == AT_FDCWD) {
			say_place(SCRATCH_CALL, &PEEK(task->fs)->pwd, i);
			continue;
		}
		dir = file_of(task, argument(r, recipe->places[i]));
		if (dir)
			say_place(SCRATCH_CALL, &dir->f_path, i);
	}
}

/* say_opened writes the path of a file and, where the file system is not mounted as the task's root, that within it. */
INLINE void say_opened(__u32 scratch, struct task_struct *task, struct file *file)
{
	struct fs_struct *fs = PEEK(task->fs);
	struct vfsmount *mnt = PEEK(file->f_path.mnt);

	say_place(scratch, &file->f_path, 0);
	if (mnt != PEEK(fs->root.mnt) && rooted(task, TYPED(struct vfsmount, mnt)))
		write_within(scratch, (__u64)PEEK(file->f_path.dentry));
}

/* say_path writes the path of a file; of a unix socket, that of who it is connected to. */
INLINE void say_path(struct call_record *r, struct task_struct *task, struct file *file)
{
	struct unix_sock *peer;

	if (r->family != AF_UNIX) {
		say_opened(SCRATCH_CALL, task, file);
		return;
	}
	peer = (void *)PEEK(((struct unix_sock *)socket_of(file))->peer);
	if (peer)
		say_place(SCRATCH_CALL, &peer->path, 0);
}

INLINE void tell_call(struct call_record *r, struct recipe *recipe, struct task_struct *task, struct file *file)
{
	__u64 bytes, size;

	begin_call(r, HOOK_CALL, task);
	if (file) {
		say_file(r, file);
		say_path(r, task, file);
	} else {
		say_places(r, recipe, task);
	}
	for (int i = 0; i < CALL_TEXTS; i++)
		if (recipe->texts[i])
			say_text(r, argument(r, recipe->texts[i]), i);
	if (recipe->data) {
		bytes = recipe->data_bytes;
		size = recipe->data_size ? argument(r, recipe->data_size) : bytes;
		say_data(r, argument(r, recipe->data), size < bytes ? size : bytes);
	}
	send_call(r, HOOK_CALL);
}

SEC("tp_btf/sys_exit")
int lynceus_call(__u64 *ctx)
{
	__u64 called = call_number((void *)ctx[0]), number = called, value;
	__u32 at, scratch = SCRATCH_CALL;
	struct task_struct *task;
	struct file *file = NULL;
	struct call_record *r;
	struct recipe *recipe;
	__s64 result = ctx[1];
	int compat, failed, plain = 1;
	__u8 want;

	if (number >= CALLS)
		return 0;
	want = wanted[number];
	if (!want)
		return 0;
	task = TYPED(struct task_struct, bpf_get_current_task());
	compat = call_compat(task, (void *)ctx[0]);
	if (compat) {
		number = unwrap(called, (void *)ctx[0]);
		want = wanted[number];
	}
	if (!(want >> compat & 1))
		return 0;
	at = number + (compat ? CALLS : 0);
	recipe = bpf_map_lookup_elem(&recipes, &at);
	if (!recipe)
		return 0;
	failed = result < 0 && result >= -MAX_ERRNO;
	if (!(recipe->told & (failed ? TOLD_FAILED : TOLD_DONE)) || (result == -ENOENT && recipe->told & TOLD_NOT_MISSING))
		return 0;
	if (!failed && recipe->told & TOLD_SIEVED) {
		file = TYPED(struct file, file_of(task, result));
		if (!file || !sieved(task, file))
			return 0;
		plain = sieved_plainly(result);
	}
	r = bpf_map_lookup_elem(&call_scratch, &scratch);
	if (!r)
		return 0;
	r->result = result;
	r->number = number;
	r->flags = compat ? CALL_COMPAT : 0;
	call_arguments(r->args, (void *)ctx[0], compat);
	if (number != called)
		say_within(r);
	if (!plain && (!recipe->texts[0] || !climbs(argument(r, recipe->texts[0]))))
		return 0;
	if (recipe->test) {
		value = argument(r, recipe->test);
		if (!(value & recipe->bits)) {
			value &= recipe->mask;
			if (value >= 64 || !(recipe->among >> value & 1))
				return 0;
		}
	}
	if (!file && recipe->file && (!failed || recipe->file != ARGUMENT_RESULT))
		file = TYPED(struct file, file_of(task, argument(r, recipe->file)));
	if (recipe->families && (!file || !(recipe->families >> (family_of(file) & 63) & 1)))
		return 0;
	tell_call(r, recipe, task, file);
	return 0;
}

/* A hook that does nothing, to measure what it costs that there is one. */
SEC("tp_btf/sys_exit")
int lynceus_empty(__u64 *ctx)
{
	(void)ctx;
	return 0;
}

#endif
