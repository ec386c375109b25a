// Package pubsub takes events from Google Pub/Sub in both of its ways: it pulls
// those of subscriptions, by the HTTP API
// (https://cloud.google.com/pubsub/docs/reference/rest), and acknowledges them
// when they are durable; and it says whose the identity token is that Pub/Sub
// signs its pushes with
// (https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions), which
// package webhook takes.
package pubsub
