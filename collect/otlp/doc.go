// Package otlp reads logs and traces that OpenTelemetry's protocol carries: the
// bodies of OTLP/HTTP as protobuf or JSON, and files of a collector's file
// exporter.
//
// A log record becomes a row of table log, a span one of table span; each has
// its own record with resource and scope as the original. Facts from
// https://opentelemetry.io/docs/specs/otlp/,
// https://github.com/open-telemetry/opentelemetry-proto and
// https://opentelemetry.io/docs/specs/semconv/.
package otlp
