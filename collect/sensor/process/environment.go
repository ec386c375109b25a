package process

import "strings"

// variables divides what is left of an environment, each variable ended by NUL, into texts of their own.
func variables(environment []byte) []string {
	if len(environment) == 0 {
		return nil
	}
	return strings.Split(strings.TrimSuffix(string(environment), "\x00"), "\x00")
}

// environmentBytes is how much memory variables take.
func environmentBytes(variables []string) (bytes int64) {
	for _, v := range variables {
		bytes += int64(len(v)) + 16
	}
	return bytes
}
