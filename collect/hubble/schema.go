package hubble

import pb "github.com/lynceus-io/lynceus/collect/foreign/protobuf"

// The messages of Hubble's relay by the numbers of api/v1/flow/flow.proto,
// api/v1/observer/observer.proto and api/v1/relay/relay.proto of
// https://github.com/cilium/cilium, as of Cilium 1.18. What serves only to find
// faults in Cilium itself is left out: tunnels, sockets, files and lines.
var (
	flowResponse = pb.New(
		pb.Sub(1, "flow", pb.One(flowType)), pb.Sub(2, "node_status", pb.One(statusType)), pb.Sub(3, "lost_events", pb.One(lostType)),
		pb.F(1000, "node_name", pb.Text), pb.F(1001, "time", pb.Timestamp),
	)
	statusType = pb.New(
		pb.EnumOf(1, "state_change", map[int32]string{0: "UNKNOWN_NODE_STATE", 1: "NODE_CONNECTED", 2: "NODE_UNAVAILABLE", 3: "NODE_GONE", 4: "NODE_ERROR"}),
		pb.F(2, "node_names", pb.Text).Many(), pb.F(3, "message", pb.Text),
	)
	lostType = pb.New(
		pb.EnumOf(1, "source", map[int32]string{0: "UNKNOWN_LOST_EVENT_SOURCE", 1: "PERF_EVENT_RING_BUFFER", 2: "OBSERVER_EVENTS_QUEUE", 3: "HUBBLE_RING_BUFFER"}),
		pb.F(2, "num_events_lost", pb.Uint), pb.NumberOf(3, "cpu"), pb.F(4, "first", pb.Timestamp), pb.F(5, "last", pb.Timestamp),
	)
	flowType = pb.New(
		pb.F(1, "time", pb.Timestamp), pb.F(34, "uuid", pb.Text), pb.EnumOf(2, "verdict", verdicts), pb.F(3, "drop_reason", pb.Small),
		pb.EnumOf(35, "auth_type", map[int32]string{0: "DISABLED", 1: "SPIRE", 2: "TEST_ALWAYS_FAIL"}),
		pb.Sub(4, "ethernet", pb.One(pair(pb.Text, "source", "destination"))), pb.Sub(5, "IP", pb.One(ipType)), pb.Sub(6, "l4", pb.One(layer4Type)),
		pb.Sub(8, "source", pb.One(endpointType)), pb.Sub(9, "destination", pb.One(endpointType)),
		pb.EnumOf(10, "Type", map[int32]string{0: "UNKNOWN_TYPE", 1: "L3_L4", 2: "L7", 3: "SOCK"}),
		pb.F(11, "node_name", pb.Text), pb.F(37, "node_labels", pb.Text).Many(), pb.F(13, "source_names", pb.Text).Many(), pb.F(14, "destination_names", pb.Text).Many(),
		pb.Sub(15, "l7", pb.One(layer7Type)), pb.F(16, "reply", pb.Bool), pb.Sub(19, "event_type", pb.One(pair(pb.Small, "type", "sub_type"))),
		pb.Sub(20, "source_service", pb.One(pair(pb.Text, "name", "namespace"))), pb.Sub(21, "destination_service", pb.One(pair(pb.Text, "name", "namespace"))),
		pb.EnumOf(22, "traffic_direction", map[int32]string{0: "TRAFFIC_DIRECTION_UNKNOWN", 1: "INGRESS", 2: "EGRESS"}),
		pb.F(23, "policy_match_type", pb.Small), pb.EnumOf(24, "trace_observation_point", points), pb.EnumOf(25, "drop_reason_desc", dropReasons),
		pb.FlagOf(26, "is_reply"), pb.Sub(28, "interface", pb.One(pb.New(pb.F(1, "index", pb.Small), pb.F(2, "name", pb.Text)))), pb.F(29, "proxy_port", pb.Small),
		pb.Sub(30, "trace_context", pb.One(pb.New(pb.Sub(1, "parent", pb.One(pb.New(pb.F(1, "trace_id", pb.Text))))))),
		pb.F(32, "socket_cookie", pb.Uint), pb.F(33, "cgroup_id", pb.Uint),
		pb.Subs(21001, "egress_allowed_by", pb.One(policyType)), pb.Subs(21002, "ingress_allowed_by", pb.One(policyType)),
		pb.Subs(21004, "egress_denied_by", pb.One(policyType)), pb.Subs(21005, "ingress_denied_by", pb.One(policyType)), pb.F(21006, "policy_log", pb.Text).Many(),
		pb.F(100000, "Summary", pb.Text),
	)
	ipType = pb.New(
		pb.F(1, "source", pb.Text), pb.F(5, "source_xlated", pb.Text), pb.F(2, "destination", pb.Text),
		pb.EnumOf(3, "ipVersion", map[int32]string{0: "IP_NOT_USED", 1: "IPv4", 2: "IPv6"}), pb.F(4, "encrypted", pb.Bool),
	)
	layer4Type = pb.New(
		pb.Sub(1, "TCP", pb.One(pb.New(pb.F(1, "source_port", pb.Small), pb.F(2, "destination_port", pb.Small), pb.Sub(3, "flags", pb.One(flagsType))))),
		pb.Sub(2, "UDP", pb.One(pair(pb.Small, "source_port", "destination_port"))), pb.Sub(3, "ICMPv4", pb.One(pair(pb.Small, "type", "code"))),
		pb.Sub(4, "ICMPv6", pb.One(pair(pb.Small, "type", "code"))), pb.Sub(5, "SCTP", pb.One(pair(pb.Small, "source_port", "destination_port"))),
	)
	flagsType = pb.New(
		pb.F(1, "FIN", pb.Bool), pb.F(2, "SYN", pb.Bool), pb.F(3, "RST", pb.Bool), pb.F(4, "PSH", pb.Bool), pb.F(5, "ACK", pb.Bool),
		pb.F(6, "URG", pb.Bool), pb.F(7, "ECE", pb.Bool), pb.F(8, "CWR", pb.Bool), pb.F(9, "NS", pb.Bool),
	)
	endpointType = pb.New(
		pb.F(1, "ID", pb.Small), pb.F(2, "identity", pb.Small), pb.F(7, "cluster_name", pb.Text), pb.F(3, "namespace", pb.Text),
		pb.F(4, "labels", pb.Text).Many(), pb.F(5, "pod_name", pb.Text), pb.Subs(6, "workloads", pb.One(pair(pb.Text, "name", "kind"))),
	)
	policyType = pb.New(
		pb.F(1, "name", pb.Text), pb.F(2, "namespace", pb.Text), pb.F(3, "labels", pb.Text).Many(), pb.F(4, "revision", pb.Uint), pb.F(5, "kind", pb.Text),
	)
	layer7Type = pb.New(
		pb.EnumOf(1, "type", map[int32]string{0: "UNKNOWN_L7_TYPE", 1: "REQUEST", 2: "RESPONSE", 3: "SAMPLE"}), pb.F(2, "latency_ns", pb.Uint),
		pb.Sub(100, "dns", pb.One(dnsType)), pb.Sub(101, "http", pb.One(httpType)), pb.Sub(102, "kafka", pb.One(kafkaType)),
	)
	dnsType = pb.New(
		pb.F(1, "query", pb.Text), pb.F(2, "ips", pb.Text).Many(), pb.F(3, "ttl", pb.Small), pb.F(4, "cnames", pb.Text).Many(),
		pb.F(5, "observation_source", pb.Text), pb.F(6, "rcode", pb.Small), pb.F(7, "qtypes", pb.Text).Many(), pb.F(8, "rrtypes", pb.Text).Many(),
	)
	httpType = pb.New(
		pb.F(1, "code", pb.Small), pb.F(2, "method", pb.Text), pb.F(3, "url", pb.Text), pb.F(4, "protocol", pb.Text),
		pb.Subs(5, "headers", pb.One(pair(pb.Text, "key", "value"))),
	)
	kafkaType = pb.New(
		pb.F(1, "error_code", pb.Small), pb.F(2, "api_version", pb.Small), pb.F(3, "api_key", pb.Text), pb.F(4, "correlation_id", pb.Small), pb.F(5, "topic", pb.Text),
	)
)

// pair is a message of two fields of a kind.
func pair(kind pb.Kind, first, second string) *pb.Message {
	return pb.New(pb.F(1, first, kind), pb.F(2, second, kind))
}

var verdicts = map[int32]string{
	0: "VERDICT_UNKNOWN", 1: "FORWARDED", 2: "DROPPED", 3: "ERROR", 4: "AUDIT", 5: "REDIRECTED", 6: "TRACED", 7: "TRANSLATED",
}

// points are where in Cilium's data path a flow was seen.
var points = map[int32]string{
	0: "UNKNOWN_POINT", 1: "TO_PROXY", 2: "TO_HOST", 3: "TO_STACK", 4: "TO_OVERLAY", 101: "TO_ENDPOINT", 5: "FROM_ENDPOINT", 6: "FROM_PROXY",
	7: "FROM_HOST", 8: "FROM_STACK", 9: "FROM_OVERLAY", 10: "FROM_NETWORK", 11: "TO_NETWORK",
}

// dropReasons are why a packet was dropped.
var dropReasons = map[int32]string{
	0: "DROP_REASON_UNKNOWN", 130: "INVALID_SOURCE_MAC", 131: "INVALID_DESTINATION_MAC", 132: "INVALID_SOURCE_IP", 133: "POLICY_DENIED",
	134: "INVALID_PACKET_DROPPED", 135: "CT_TRUNCATED_OR_INVALID_HEADER", 136: "CT_MISSING_TCP_ACK_FLAG", 137: "CT_UNKNOWN_L4_PROTOCOL",
	138: "CT_CANNOT_CREATE_ENTRY_FROM_PACKET", 139: "UNSUPPORTED_L3_PROTOCOL", 140: "MISSED_TAIL_CALL", 141: "ERROR_WRITING_TO_PACKET",
	142: "UNKNOWN_L4_PROTOCOL", 143: "UNKNOWN_ICMPV4_CODE", 144: "UNKNOWN_ICMPV4_TYPE", 145: "UNKNOWN_ICMPV6_CODE", 146: "UNKNOWN_ICMPV6_TYPE",
	147: "ERROR_RETRIEVING_TUNNEL_KEY", 148: "ERROR_RETRIEVING_TUNNEL_OPTIONS", 149: "INVALID_GENEVE_OPTION", 150: "UNKNOWN_L3_TARGET_ADDRESS",
	151: "STALE_OR_UNROUTABLE_IP", 152: "NO_MATCHING_LOCAL_CONTAINER_FOUND", 153: "ERROR_WHILE_CORRECTING_L3_CHECKSUM",
	154: "ERROR_WHILE_CORRECTING_L4_CHECKSUM", 155: "CT_MAP_INSERTION_FAILED", 156: "INVALID_IPV6_EXTENSION_HEADER",
	157: "IP_FRAGMENTATION_NOT_SUPPORTED", 158: "SERVICE_BACKEND_NOT_FOUND", 160: "NO_TUNNEL_OR_ENCAPSULATION_ENDPOINT",
	161: "FAILED_TO_INSERT_INTO_PROXYMAP", 162: "REACHED_EDT_RATE_LIMITING_DROP_HORIZON", 163: "UNKNOWN_CONNECTION_TRACKING_STATE",
	164: "LOCAL_HOST_IS_UNREACHABLE", 165: "NO_CONFIGURATION_AVAILABLE_TO_PERFORM_POLICY_DECISION", 166: "UNSUPPORTED_L2_PROTOCOL",
	167: "NO_MAPPING_FOR_NAT_MASQUERADE", 168: "UNSUPPORTED_PROTOCOL_FOR_NAT_MASQUERADE", 169: "FIB_LOOKUP_FAILED",
	170: "ENCAPSULATION_TRAFFIC_IS_PROHIBITED", 171: "INVALID_IDENTITY", 172: "UNKNOWN_SENDER", 173: "NAT_NOT_NEEDED", 174: "IS_A_CLUSTERIP",
	175: "FIRST_LOGICAL_DATAGRAM_FRAGMENT_NOT_FOUND", 176: "FORBIDDEN_ICMPV6_MESSAGE", 177: "DENIED_BY_LB_SRC_RANGE_CHECK",
	178: "SOCKET_LOOKUP_FAILED", 179: "SOCKET_ASSIGN_FAILED", 180: "PROXY_REDIRECTION_NOT_SUPPORTED_FOR_PROTOCOL", 181: "POLICY_DENY",
	182: "VLAN_FILTERED", 183: "INVALID_VNI", 184: "INVALID_TC_BUFFER", 185: "NO_SID", 186: "MISSING_SRV6_STATE", 187: "NAT46", 188: "NAT64",
	189: "AUTH_REQUIRED", 190: "CT_NO_MAP_FOUND", 191: "SNAT_NO_MAP_FOUND", 192: "INVALID_CLUSTER_ID", 193: "UNSUPPORTED_PROTOCOL_FOR_DSR_ENCAP",
	194: "NO_EGRESS_GATEWAY", 196: "TTL_EXCEEDED", 197: "NO_NODE_ID", 202: "DROP_HOST_NOT_READY", 203: "DROP_EP_NOT_READY",
}
