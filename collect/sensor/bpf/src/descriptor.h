/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What the descriptors of a task stand for. */
#ifndef LYNCEUS_DESCRIPTOR_H
#define LYNCEUS_DESCRIPTOR_H

#include "helpers.h"
#include "kernel.h"

/* file_of returns the file that a descriptor of the task stands for, NULL when there is none. */
INLINE struct file *file_of(struct task_struct *task, __u64 fd)
{
	struct files_struct *files = LOAD(task->files);
	struct fdtable *fdt = LOAD(files->fdt);
	struct file **at;

	if ((__u32)fd >= LOAD(fdt->max_fds))
		return NULL;
	at = LOAD(fdt->fd);
	return POINTED(&at[(__u32)fd]);
}

/* socket_of returns what a file, which is TYPED, is a socket of, NULL when it is none. */
INLINE struct sock *socket_of(struct file *file)
{
	struct inode *inode = LOAD(file->f_inode);
	struct socket *socket;

	if ((LOAD(inode->i_mode) & S_IFMT) != S_IFSOCK)
		return NULL;
	socket = PEEK(file->private_data);
	return PEEK(socket->sk);
}

/* family_of returns the family of a socket, 0 (AF_UNSPEC) for other files. */
INLINE __u32 family_of(struct file *file)
{
	struct sock *sk = socket_of(file);

	return sk ? PEEK(sk->__sk_common.skc_family) : 0;
}

#endif
