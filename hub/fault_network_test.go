//go:build cgo && linux

package hub

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/lynceus-io/lynceus/api/token"
	"github.com/lynceus-io/lynceus/bus/enroll"
	"github.com/lynceus-io/lynceus/internal/require"
)

// A test that cuts the network runs in a network namespace of its own, and its sensor in another, whose name networkThere is
// in the environment.
const (
	networkThere  = "LYNCEUS_TEST_NETWORK_THERE"
	hubAddress    = "198.51.100.1"
	sensorAddress = "198.51.100.7"
)

// The network between a hub and a sensor is cut, without a sign to either, and comes back.
func TestFaultNetworkCut(t *testing.T) {
	if testing.Short() {
		t.Skip("waits for time limits of some seconds")
	}
	networkFault(t, 6*time.Second)
}

func TestSoakFaultNetworkCut(t *testing.T) {
	require.Soak(t)
	networkFault(t, 10*time.Minute)
}

func networkFault(t *testing.T, long time.Duration) {
	t.Parallel()
	there := os.Getenv(networkThere)
	if there == "" {
		inNamespaces(t)
		return
	}
	u := startUp(t, UpOptions{Dir: t.TempDir(), Gate: &GateOptions{Listen: hubAddress + ":0"}, Maintain: time.Hour, Log: logs(t)})
	_, p := proof(t, u.o.Dir, token.New{Name: "s", Role: token.Sensor, Cluster: "prod", Node: "n1", By: "test"})
	o := sensorOptions{hub: u.Address(), node: "n1", dir: t.TempDir(), proof: p}
	// The API is for loopback alone here: the sensor finds the certificate that it enrolled for before.
	if _, err := enroll.Hold(t.Context(), enroll.Options{Hub: enroll.Hub{URL: o.hub}, Dir: o.dir, Proof: func() (enroll.Proof, error) { return p, nil }}); err != nil {
		t.Fatal(err)
	}
	c := startSensorChild(t, o, "ip", "netns", "exec", there)
	found := func() (n int) {
		_, _ = fmt.Sscan(number(t, u.store, "union process, file | count"), &n)
		return n
	}
	until(t, time.Minute, "nothing comes of the sensor", func() bool { return found() > 0 })
	for _, cut := range []time.Duration{long / 6, long} {
		ip(t, "link set cable down")
		began, had, kept := time.Now(), found(), c.events()
		time.Sleep(cut)
		t.Logf("cut for %v: %d events went in, %d more are found than when it began", time.Since(began).Round(time.Millisecond), c.events()-kept, found()-had)
		ip(t, "link set cable up")
		had = found()
		until(t, 2*time.Minute, "nothing comes any more", func() bool { return found() > had })
	}
	c.end(t)
	keptThere(t, u, c.kept)
}

// inNamespaces runs the test that calls it in a network namespace, which has a cable to another one.
func inNamespaces(t *testing.T) {
	t.Helper()
	unique := strconv.Itoa(os.Getpid()) + strconv.FormatInt(time.Now().UnixNano()%1e6, 36)
	here, there := "lynh"+unique, "lyns"+unique
	err := exec.Command("ip", "netns", "add", here).Run()
	require.Need(t, "netns", err == nil, fmt.Sprintf("the right to make network namespaces, and the program ip: %v", err))
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "del", here).Run() })
	ip(t, "netns add "+there)
	t.Cleanup(func() { ip(t, "netns del "+there) })
	ip(t, "-n "+here+" link add cable type veth peer name cable netns "+there)
	for ns, address := range map[string]string{here: hubAddress, there: sensorAddress} {
		ip(t, "-n "+ns+" link set lo up")
		ip(t, "-n "+ns+" addr add "+address+"/24 dev cable")
		ip(t, "-n "+ns+" link set cable up")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("ip", "netns", "exec", here, self, "-test.run=^"+t.Name()+"$", "-test.v", "-test.timeout=0")
	cmd.Env = append(os.Environ(), networkThere+"="+there)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = cmd.Stdout
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for scan := bufio.NewScanner(out); scan.Scan(); {
		t.Log(scan.Text())
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("in its namespace: %v", err)
	}
}

// ip runs the program ip.
func ip(t *testing.T, words string) {
	t.Helper()
	if out, err := exec.Command("ip", strings.Fields(words)...).CombinedOutput(); err != nil {
		t.Fatalf("ip %s: %v: %s", words, err, out)
	}
}
