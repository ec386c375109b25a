// Package natslog hands the lines of a NATS server in this process to slog.
package natslog

import (
	"fmt"
	"log/slog"
)

// Log is a server's logger. What the server calls a notice is of no interest to
// those who run Lynceus.
type Log struct{ To *slog.Logger }

// Noticef implements the server's interface, as the other methods do.
func (l Log) Noticef(format string, v ...any) { l.To.Debug(fmt.Sprintf(format, v...)) }

// Warnf is described at Noticef.
func (l Log) Warnf(format string, v ...any) { l.To.Warn(fmt.Sprintf(format, v...)) }

// Fatalf is described at Noticef. It ends nothing.
func (l Log) Fatalf(format string, v ...any) { l.To.Error(fmt.Sprintf(format, v...)) }

// Errorf is described at Noticef.
func (l Log) Errorf(format string, v ...any) { l.To.Error(fmt.Sprintf(format, v...)) }

// Debugf is described at Noticef.
func (l Log) Debugf(format string, v ...any) { l.To.Debug(fmt.Sprintf(format, v...)) }

// Tracef is described at Noticef.
func (l Log) Tracef(format string, v ...any) { l.To.Debug(fmt.Sprintf(format, v...)) }
