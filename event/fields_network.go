package event

// networkFields are numbers 350 to 359: what the node sensor says of connections and of questions to the domain name
// system besides.
var networkFields = []Field{
	{ID: 350, Name: "traffic.packets_in", Type: TypeInt, Tables: []Class{ClassNetwork}, OCSF: "traffic.packets_in", Doc: "Packets that the observed side received."},
	{ID: 351, Name: "traffic.packets_out", Type: TypeInt, Tables: []Class{ClassNetwork}, OCSF: "traffic.packets_out", Doc: "Packets that the observed side sent."},
	{ID: 352, Name: "connection_info.duration_us", Type: TypeInt, Tables: []Class{ClassNetwork}, OCSF: "unmapped.connection_info.duration_us", Doc: "How long the connection has lasted until now, in microseconds."},
	{ID: 353, Name: "connection_info.uid", Type: TypeString, Search: SearchExact, Tables: networkTables, OCSF: "connection_info.uid", Doc: "Identity of the connection on its node: the same in all rows about it."},
	{ID: 354, Name: "connection_info.network_namespace", Type: TypeInt, Tables: networkTables, OCSF: "unmapped.connection_info.network_namespace", Doc: "Inode number of the network namespace that the socket is in."},
	{ID: 355, Name: "connection_info.error", Type: TypeString, Tables: []Class{ClassNetwork}, OCSF: "unmapped.connection_info.error", Doc: "Name of the error with which it failed or ended: ECONNREFUSED, ETIMEDOUT, ECONNRESET."},
	{ID: 356, Name: "connection_info.socket_type", Type: TypeString, Tables: []Class{ClassNetwork}, OCSF: "unmapped.connection_info.socket_type", Doc: "Type of the socket: stream, dgram, raw or seqpacket; packet for one below the protocols."},
	{ID: 357, Name: "rcode", Type: TypeString, Tables: []Class{ClassDNS}, OCSF: "rcode", Doc: "How the server answered: NOERROR, NXDOMAIN, SERVFAIL."},
	{ID: 358, Name: "query.packet_uid", Type: TypeInt, Tables: []Class{ClassDNS}, OCSF: "query.packet_uid", Doc: "Number by which the answer is matched with its question."},
	{ID: 359, Name: "answers_count", Type: TypeInt, Tables: []Class{ClassDNS}, OCSF: "unmapped.answers_count", Doc: "How many answers the server says there are, those left out of answers included."},
}
