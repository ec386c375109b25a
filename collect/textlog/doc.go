// Package textlog reads logs of text, line by line, as nodes, components and
// containers write them. Each line becomes a row of the table log, with the
// line and where it stood kept as it was.
//
// A line is wrapped into a document first (Wrap), so that it goes the way of
// all documents: redaction, limits, identity. What is known of it is its path,
// of which the kubelet's name pod and container, and how it begins: the form
// of the container runtimes (CRI) and of Docker's json-file, klog, syslog in
// both of rsyslog's forms, logfmt, and JSON. Other lines are a message alone.
package textlog
