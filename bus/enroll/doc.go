// Package enroll is how a peer comes by its certificate, and keeps one: it
// shows the hub's API a proof, over HTTPS, and gets a certificate for a key that
// it draws itself and that never leaves it. A [Holder] renews it in time.
package enroll
