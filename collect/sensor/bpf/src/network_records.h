/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/* What is sent to user space about the network. Package record reads the same layout. */
#ifndef LYNCEUS_NETWORK_RECORDS_H
#define LYNCEUS_NETWORK_RECORDS_H

#include "records.h"

enum network_kind {
	KIND_CONNECTION = 20,
	KIND_DNS = 21,
	KIND_SOCKET = 22,
	KIND_UNIX = 23,
};

/* Indices of counters, and of each hook's own places in scratch memory. */
enum network_hook {
	HOOK_TCP = 10,
	HOOK_ACCEPT = 11,
	HOOK_OWNER = 12,
	HOOK_PACKET = 13,
	HOOK_DNS = 14,
	HOOK_SWEEP = 15,
	HOOK_SOCKET = 16,
	HOOK_UNIX = 17,
	HOOK_FOUND = 18,
};

/* The two ends of a connection as the socket sees them. Addresses of version 4 are mapped into version 6
 * (::ffff:a.b.c.d), in the order of the network; ports are in that of the machine. */
struct ends {
	__u32 local[4];
	__u32 remote[4];
	__u16 local_port;
	__u16 remote_port;
	__u8 protocol; /* as in the IP header */
	__u8 spare[3];
	__u32 netns; /* inode number of the network namespace */
};

enum connection_act {
	ACT_CONNECT = 1, /* it is connected, or that failed */
	ACT_ACCEPT = 2,
	ACT_LISTEN = 3,
	ACT_CLOSE = 4,
	ACT_SEND = 5,    /* a conversation without a connection begins, with what this side sends */
	ACT_RECEIVE = 6, /* the same, with what the other side sends */
	ACT_IDLE = 7,    /* such a conversation rests */
	ACT_PENDING = 8, /* it takes long to be connected */
	ACT_FOUND = 9,   /* it was there before anybody looked */
};

enum connection_flags {
	CONNECTION_LISTENS = 1 << 0,
	CONNECTION_OPENED = 1 << 1,    /* this side began it */
	CONNECTION_UP = 1 << 2,        /* it has been established */
	CONNECTION_TOLD = 1 << 3,      /* that it was opened or accepted is told */
	CONNECTION_CONNECTED = 1 << 4, /* of a conversation: its socket has this peer only */
	CONNECTION_STDIN = 1 << 5,     /* the socket was descriptor 0 when it was opened; the next two bits, 1 and 2 */
};

/* What happened to a socket. */
struct connection_record {
	struct head head;
	struct actor actor;
	struct ends ends;
	__u32 act;
	__u64 sock;  /* tells it from all others that there are, with began */
	__u64 began; /* nanoseconds since the boot */
	__u64 bytes_in;
	__u64 bytes_out;
	__u64 packets_in;
	__u64 packets_out;
	__u32 error; /* its number, 0 for none */
	__u32 flags;
};

/* As many bytes of one packet of the domain name system are sent: more than an answer over UDP has, as a rule. */
#define DNS_BYTES 4096
#define DNS_SMALL 512

enum dns_flags {
	DNS_OUT = 1 << 0, /* sent by the socket, not received */
	DNS_CUT = 1 << 1, /* its end is missing */
};

/* A packet to or from port 53 of somebody else. */
struct dns_record {
	struct head head;
	struct actor actor;
	struct ends ends;
	__u32 flags;
	__u64 sock;   /* tells the socket from all others of the boot */
	__u32 number; /* of the first byte in the stream, over TCP */
	__u32 used;   /* of the tail */
	char tail[];
};

/* A socket that reads or writes packets below TCP and UDP. */
struct socket_record {
	struct head head;
	struct actor actor;
	__u32 family;
	__u32 type;     /* 0 when it is not known */
	__u32 protocol; /* as the call has it */
	__u32 netns;    /* 0 when it is not known */
	__u32 found;    /* 1 when it was there before anybody looked */
	__u32 spare;
};

/* A task has connected a socket to a listening one of AF_UNIX. */
struct unix_record {
	struct head head;
	struct actor actor;
	__u32 type;
	__u32 flags; /* as of the path of a file; UNIX_ABSTRACT when the name is none of a file */
	__u32 used;  /* of the tail */
	__u32 spare;
	/* Names from the socket upwards, each ended by NUL; or the one name that is not of a file, which may have NULs. Half
	 * of it is never used: append_path wants room for two paths. */
	char tail[2 * (PATH_BYTES + NAME_BYTES)];
};

#define UNIX_ABSTRACT (1 << 31)

#endif
