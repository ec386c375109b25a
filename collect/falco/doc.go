// Package falco reads what Falco alerts: the JSON of its file_output,
// stdout_output and http_output with json_output, and of what Falcosidekick
// passes on.
//
// An alert becomes a row of table alert and, where it says which system call it
// is about, a row of that call's table: what Falco saw, as any other sensor
// would tell it. Facts from https://falco.org/docs/concepts/outputs/formatting/
// and https://falco.org/docs/reference/rules/supported-fields/.
package falco
