package pods

import (
	"encoding/base64"
	"fmt"
	"os"
	"path/filepath"

	"go.yaml.in/yaml/v3"
)

// kubeconfig is the part of a kubeconfig file that a node's component
// needs: one server, and a certificate or a token. Programs that make tokens are not run.
type kubeconfig struct {
	CurrentContext string `yaml:"current-context"`
	Clusters       []struct {
		Name    string
		Cluster struct {
			Server        string
			TLSServerName string `yaml:"tls-server-name"`
			CA            string `yaml:"certificate-authority"`
			CAData        string `yaml:"certificate-authority-data"`
			Insecure      bool   `yaml:"insecure-skip-tls-verify"`
		}
	}
	Users []struct {
		Name string
		User struct {
			Cert         string `yaml:"client-certificate"`
			CertData     string `yaml:"client-certificate-data"`
			Key          string `yaml:"client-key"`
			KeyData      string `yaml:"client-key-data"`
			Token        string
			TokenFile    string `yaml:"tokenFile"`
			Exec         any
			AuthProvider any `yaml:"auth-provider"`
			Username     string
		}
	}
	Contexts []struct {
		Name    string
		Context struct{ Cluster, User string }
	}
}

// maxKubeconfig bounds what is read of a file that a configuration names, in bytes.
const maxKubeconfig = 1 << 20

// Kubeconfig reads a context of a kubeconfig file, the current one where no name is given. Files that it names are relative
// to its own directory. Errors wrap ErrConfig.
func Kubeconfig(path, context string) (Config, error) {
	text, err := readFile(path)
	if err != nil {
		return Config{}, err
	}
	var k kubeconfig
	if err := yaml.Unmarshal(text, &k); err != nil {
		return Config{}, fmt.Errorf("%w: %s: %w", ErrConfig, path, err)
	}
	if context != "" {
		k.CurrentContext = context
	}
	c, err := k.config(filepath.Dir(path))
	if err != nil {
		return Config{}, fmt.Errorf("%w: %s: %w", ErrConfig, path, err)
	}
	return c, nil
}

func readFile(path string) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	if info.Size() > maxKubeconfig {
		return nil, fmt.Errorf("%w: %s has more than %d bytes", ErrConfig, path, maxKubeconfig)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrConfig, err)
	}
	return text, nil
}

// config returns what the current context, or the one in its place, says.
func (k *kubeconfig) config(dir string) (c Config, err error) {
	cluster, user, err := k.current()
	if err != nil {
		return c, err
	}
	found := false
	for i := range k.Clusters {
		if from := &k.Clusters[i].Cluster; k.Clusters[i].Name == cluster && !found {
			found = true
			if from.Insecure {
				return c, fmt.Errorf("cluster %q has insecure-skip-tls-verify: whoever answers could name pods as they like; give its certificate-authority", cluster)
			}
			c.Server, c.ServerName = from.Server, from.TLSServerName
			if c.CA, err = given(dir, from.CAData, from.CA); err != nil {
				return c, err
			}
		}
	}
	if !found {
		return c, fmt.Errorf("there is no cluster %q", cluster)
	}
	for i := range k.Users {
		if k.Users[i].Name != user {
			continue
		}
		from := &k.Users[i].User
		if from.Exec != nil || from.AuthProvider != nil || from.Username != "" {
			return c, fmt.Errorf("user %q signs in by a program or a password; give it a client certificate, a token or a tokenFile", user)
		}
		if c.Cert, err = given(dir, from.CertData, from.Cert); err != nil {
			return c, err
		}
		if c.Key, err = given(dir, from.KeyData, from.Key); err != nil {
			return c, err
		}
		c.Token = from.Token
		if from.TokenFile != "" {
			c.TokenFile = within(dir, from.TokenFile)
		}
		return c, nil
	}
	return c, fmt.Errorf("there is no user %q", user)
}

// current returns the names of the cluster and the user of the current context.
func (k *kubeconfig) current() (cluster, user string, err error) {
	for i := range k.Contexts {
		if x := &k.Contexts[i]; x.Name == k.CurrentContext {
			return x.Context.Cluster, x.Context.User, nil
		}
	}
	return "", "", fmt.Errorf("there is no context %q", k.CurrentContext)
}

// given returns what stands in the file itself, as base64, or in the one that it names.
func given(dir, data, path string) ([]byte, error) {
	if data != "" {
		b, err := base64.StdEncoding.DecodeString(data)
		if err != nil {
			return nil, fmt.Errorf("data that is no base64: %w", err)
		}
		return b, nil
	}
	if path == "" {
		return nil, nil
	}
	return readFile(within(dir, path))
}

func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}
