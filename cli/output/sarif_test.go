package output

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/lynceus-io/lynceus/incident/report"
	"github.com/lynceus-io/lynceus/internal/sample"
)

// sarifLog is the part of a SARIF log that the test reads.
type sarifLog struct {
	Version string
	Runs    []struct {
		Tool struct {
			Driver struct {
				Rules []struct {
					ID   string
					Help struct{ Text string }
				}
			}
		}
		Invocations []struct{ ToolExecutionNotifications []any }
		Results     []struct {
			RuleID       string
			RuleIndex    int
			Level        string
			Fingerprints map[string]string
			Locations    []struct {
				PhysicalLocation *struct{ ArtifactLocation struct{ URI string } }
				LogicalLocations []struct{ FullyQualifiedName string }
			}
		}
	}
}

func TestSARIF(t *testing.T) {
	for _, c := range []struct {
		name      string
		r         *report.Result
		golden    string
		results   int
		notes     int
		wantLevel string
	}{
		{"full", sample.Full(), "full.sarif", 10, 3, "error"},
		{"quiet", sample.Quiet(), "quiet.sarif", 0, 0, ""},
	} {
		var b bytes.Buffer
		if err := WriteSARIF(&b, c.r, "v1.2.3"); err != nil {
			t.Fatal(err)
		}
		golden(t, c.golden, b.Bytes())
		var log sarifLog
		if err := json.Unmarshal(b.Bytes(), &log); err != nil {
			t.Fatal(err)
		}
		run := log.Runs[0]
		if log.Version != "2.1.0" || len(run.Results) != c.results || len(run.Invocations[0].ToolExecutionNotifications) != c.notes {
			t.Errorf("%s: version %s, %d results", c.name, log.Version, len(run.Results))
		}
		for i, res := range run.Results {
			if run.Tool.Driver.Rules[res.RuleIndex].ID != res.RuleID || run.Tool.Driver.Rules[res.RuleIndex].Help.Text == "" {
				t.Errorf("result %d: rule %s at %d", i, res.RuleID, res.RuleIndex)
			}
			if res.Fingerprints["lynceus.finding/v1"] != c.r.Findings[i].ID || res.Locations[0].LogicalLocations[0].FullyQualifiedName == "" {
				t.Errorf("result %d: %+v", i, res)
			}
		}
		if c.wantLevel != "" && run.Results[0].Level != c.wantLevel {
			t.Errorf("%s: level %s", c.name, run.Results[0].Level)
		}
	}
}

func TestSARIFOfOneFile(t *testing.T) {
	r := sample.Quiet()
	r.Findings = sample.Full().Findings[:1]
	r.Coverage.Sources[0].Name = "/var/log/my audit.log"
	var b bytes.Buffer
	if err := WriteSARIF(&b, r, "v1"); err != nil {
		t.Fatal(err)
	}
	var log sarifLog
	if err := json.Unmarshal(b.Bytes(), &log); err != nil {
		t.Fatal(err)
	}
	if got, want := log.Runs[0].Results[0].Locations[0].PhysicalLocation.ArtifactLocation.URI, "file:///var/log/my%20audit.log"; got != want {
		t.Errorf("uri %s, want %s", got, want)
	}
}
