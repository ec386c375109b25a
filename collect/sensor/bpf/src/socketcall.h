/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* Programs of 32 bits on x86-64 may make all calls on sockets by one, which takes the number of the call and a pointer to
 * its arguments (net/socket.c). What it stands for is a call with a number of its own, too. */
#ifndef LYNCEUS_SOCKETCALL_H
#define LYNCEUS_SOCKETCALL_H

#include "kernel.h"

#define CALL_SOCKETCALL_386 102
#define CALL_SOCKET_386 359
#define CALL_CONNECT_386 362

/* Numbers of calls within it, from the kernel's user interface (uapi/linux/net.h). */
#define SOCKETCALL_SOCKET 1
#define SOCKETCALL_CONNECT 3

/* More arguments than this have none of the calls that are told. */
#define SOCKETCALL_ARGUMENTS 3

/* within returns the number of the call that it stands for, 0 where that is none that is told. */
INLINE __u64 within(__u64 which)
{
	if (which == SOCKETCALL_SOCKET)
		return CALL_SOCKET_386;
	return which == SOCKETCALL_CONNECT ? CALL_CONNECT_386 : 0;
}

/* read_within reads its arguments. They stand in memory of the process, which another thread of it can change. */
INLINE int read_within(__u32 *words, __u64 from)
{
	return bpf_probe_read_user(words, SOCKETCALL_ARGUMENTS * sizeof(*words), (void *)from);
}

#endif
