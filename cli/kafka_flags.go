package cli

import (
	"crypto/tls"
	"strings"

	"github.com/spf13/pflag"

	"github.com/lynceus-io/lynceus/collect/kafka"
)

// kafkaFlags say which topics to read.
type kafkaFlags struct {
	brokers, topics []string
	group, user     string
	password, ca    string
	plain           bool
}

func (f *kafkaFlags) register(s *pflag.FlagSet) {
	s.StringSliceVar(&f.brokers, "kafka", nil, "read topics of Kafka or Event Hubs by way of the brokers `HOST:PORT` (repeatable)")
	s.StringSliceVar(&f.topics, "kafka-topic", nil, "`TOPIC` to read; an event hub's name (repeatable)")
	s.StringVar(&f.group, "kafka-group", kafka.DefaultGroup, "consumer group `NAME` whose offsets the brokers keep")
	s.StringVar(&f.user, "kafka-user", "", "`USER` to sign in as; $ConnectionString for Event Hubs")
	s.StringVar(&f.password, "kafka-password-file", "", "`FILE` with the password; the connection string for Event Hubs")
	s.StringVar(&f.ca, "kafka-ca", "", "`FILE` with the authority of the brokers' certificates, where the system does not know it")
	s.BoolVar(&f.plain, "kafka-plain", false, "talk to the brokers without TLS")
}

// options returns what they say, nil for no topics.
func (f *kafkaFlags) options() (*kafka.Options, error) {
	if len(f.brokers) == 0 {
		if len(f.topics) > 0 {
			return nil, &usageError{"--kafka-topic needs --kafka HOST:PORT"}
		}
		return nil, nil
	}
	switch {
	case len(f.topics) == 0:
		return nil, &usageError{"--kafka needs --kafka-topic TOPIC"}
	case (f.user == "") != (f.password == ""):
		return nil, &usageError{"give both --kafka-user and --kafka-password-file, or neither"}
	case f.plain && (f.user != "" || f.ca != ""):
		return nil, &usageError{"--kafka-plain would send the password in clear, and has no use for --kafka-ca; leave it out"}
	}
	o := &kafka.Options{Brokers: f.brokers, Topics: f.topics, Group: f.group, User: f.user}
	if f.password != "" {
		b, err := readBounded(f.password, maxURL)
		if err != nil {
			return nil, err
		}
		o.Password = strings.TrimSpace(string(b))
	}
	if f.plain {
		return o, nil
	}
	var err error
	if o.TLS, err = trust("--kafka-ca", f.ca); err != nil {
		return nil, err
	}
	if o.TLS == nil {
		o.TLS = &tls.Config{MinVersion: tls.VersionTLS12} // the least that Event Hubs offer
	}
	return o, nil
}
