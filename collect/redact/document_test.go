package redact

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// canary is planted wherever a secret may stand. It must not survive.
const canary = "CANARY-s3cr3t-4711"

var canary64 = base64.StdEncoding.EncodeToString([]byte(canary))

// fill puts canaries into a document: C as text, D in base64, J in a JSON Web
// Token, P in a private key.
func fill(doc string) string {
	jwt := "eyJhbGciOiJSUzI1NiIsImtpZCI6IkNBTkFSWSJ9.eyJzdWIiOiJDQU5BUlkifQ.CANARY-signature_0123456789"
	pem := `-----BEGIN RSA PRIVATE KEY-----\nMIICANARY0123456789\n-----END RSA PRIVATE KEY-----`
	return strings.NewReplacer("«C»", canary, "«D»", canary64, "«J»", jwt, "«P»", pem, "«E»", base64.StdEncoding.EncodeToString([]byte("-----BEGIN PRIVATE KEY-----\nCANARY\n"))).Replace(doc)
}

var markerForm = regexp.MustCompile(`redacted:[0-9a-f]{16}:\d+`)

func TestDocument(t *testing.T) {
	secret := Context{SecretBodies: true}
	for name, test := range map[string]struct {
		c    Context
		doc  string
		want string // with markers as «length»
	}{
		"secret":                {Context{}, `{"requestObject":{"kind":"Secret","data":{"p":"«D»","q":""},"stringData":{"p":"«C»"}}}`, `{"requestObject":{"kind":"Secret","data":{"p":"«18»","q":""},"stringData":{"p":"«18»"}}}`},
		"kind last":             {Context{}, `{"requestObject":{"data":{"p":"«D»"},"metadata":{"name":"x"},"kind":"Secret"}}`, `{"requestObject":{"data":{"p":"«18»"},"metadata":{"name":"x"},"kind":"Secret"}}`},
		"kind twice":            {Context{}, `{"requestObject":{"kind":"ConfigMap","data":{"p":"«D»"},"kind":"Secret"}}`, `{"requestObject":{"kind":"ConfigMap","data":{"p":"«18»"},"kind":"Secret"}}`},
		"not base64":            {Context{}, `{"requestObject":{"kind":"Secret","data":{"p":"«C»!"}}}`, `{"requestObject":{"kind":"Secret","data":{"p":"«19»"}}}`},
		"secret list":           {Context{}, `{"responseObject":{"kind":"SecretList","items":[{"metadata":{"name":"a"},"data":{"p":"«D»"}},{"data":{"q":"«D»"}}]}}`, `{"responseObject":{"kind":"SecretList","items":[{"metadata":{"name":"a"},"data":{"p":"«18»"}},{"data":{"q":"«18»"}}]}}`},
		"secret list kind last": {Context{}, `{"responseObject":{"items":[{"data":{"p":"«D»"}}],"kind":"SecretList"}}`, `{"responseObject":{"items":[{"data":{"p":"«18»"}}],"kind":"SecretList"}}`},
		"list":                  {Context{}, `{"responseObject":{"kind":"List","items":[{"kind":"Secret","data":{"p":"«D»"}},{"kind":"ConfigMap","data":{"p":"plain"}}]}}`, `{"responseObject":{"kind":"List","items":[{"kind":"Secret","data":{"p":"«18»"}},{"kind":"ConfigMap","data":{"p":"plain"}}]}}`},
		"merge patch":           {secret, `{"requestObject":{"data":{"p":"«D»","gone":null}}}`, `{"requestObject":{"data":{"p":"«18»","gone":null}}}`},
		"string patch":          {secret, `{"requestObject":{"stringData":{"p":"«C»"}}}`, `{"requestObject":{"stringData":{"p":"«18»"}}}`},
		"json patch":            {secret, `{"requestObject":[{"op":"replace","path":"/data/p","value":"«D»"},{"value":{"k":"«D»"},"op":"add","path":"/data"},{"op":"test","path":"/stringData/p","value":"«C»"},{"op":"add","path":"","value":{"data":{"p":"«D»"}}},{"op":"add","path":"/metadata/labels/a","value":"b"}]}`, `{"requestObject":[{"op":"replace","path":"/data/p","value":"«18»"},{"value":{"k":"«18»"},"op":"add","path":"/data"},{"op":"test","path":"/stringData/p","value":"«18»"},{"op":"add","path":"","value":{"data":{"p":"«18»"}}},{"op":"add","path":"/metadata/labels/a","value":"b"}]}`},
		"message of status":     {secret, `{"responseStatus":{"code":422,"message":"data[p]: Invalid value: \"«C»\": no","reason":"Invalid"},"responseObject":{"kind":"Status","message":"Secret \"s\" cannot be handled: ...|ta\":{\"p\":\"«C»\"}|...","details":{"causes":[{"message":"Invalid value: \"«C»\""}]}}}`, `{"responseStatus":{"code":422,"message":"«48»","reason":"Invalid"},"responseObject":{"kind":"Status","message":"«68»","details":{"causes":[{"message":"«35»"}]}}}`},
		"plain message":         {secret, `{"responseStatus":{"code":404,"message":"secrets \"s\" not found"}}`, `{"responseStatus":{"code":404,"message":"secrets \"s\" not found"}}`},
		"items without kind":    {secret, `{"responseObject":{"items":[{"data":{"p":"«D»"}}]}}`, `{"responseObject":{"items":[{"data":{"p":"«18»"}}]}}`},
		"table rows":            {Context{}, `{"responseObject":{"kind":"Table","rows":[{"object":{"kind":"Secret","data":{"p":"«D»"}}}]}}`, `{"responseObject":{"kind":"Table","rows":[{"object":{"kind":"Secret","data":{"p":"«18»"}}}]}}`},
		"config map":            {Context{}, `{"requestObject":{"kind":"ConfigMap","data":{"a":"b","p.properties":"user=x\npassword=«C»\n"}}}`, `{"requestObject":{"kind":"ConfigMap","data":{"a":"b","p.properties":"user=x\npassword=«18»\n"}}}`},
		"token request":         {Context{}, `{"responseObject":{"kind":"TokenRequest","spec":{"expirationSeconds":3600},"status":{"token":"«C»","expirationTimestamp":"2026-01-01T00:00:00Z"}}}`, `{"responseObject":{"kind":"TokenRequest","spec":{"expirationSeconds":3600},"status":{"token":"«18»","expirationTimestamp":"2026-01-01T00:00:00Z"}}}`},
		"token review":          {Context{}, `{"requestObject":{"kind":"TokenReview","spec":{"token":"«C»","audiences":["a"]}}}`, `{"requestObject":{"kind":"TokenReview","spec":{"token":"«18»","audiences":["a"]}}}`},
		"env":                   {Context{}, `{"requestObject":{"spec":{"containers":[{"env":[{"name":"DB_PASSWORD","value":"«C»"},{"value":"«C»","name":"STRIPE_KEY"},{"name":"HOME","value":"/root"},{"name":"TOKEN_FILE","value":"/run/token"},{"name":"DB_PASSWORD","value":"$(REF)"},{"name":"API_TOKEN","valueFrom":{"secretKeyRef":{"name":"x","key":"y"}}}]}]}}}`, `{"requestObject":{"spec":{"containers":[{"env":[{"name":"DB_PASSWORD","value":"«18»"},{"value":"«18»","name":"STRIPE_KEY"},{"name":"HOME","value":"/root"},{"name":"TOKEN_FILE","value":"/run/token"},{"name":"DB_PASSWORD","value":"$(REF)"},{"name":"API_TOKEN","valueFrom":{"secretKeyRef":{"name":"x","key":"y"}}}]}]}}}`},
		"args":                  {Context{}, `{"requestObject":{"spec":{"containers":[{"command":["app","--token","«C»","-v"],"args":["--password=«C» ;x","--token-file=/a","--port","80"]}]}}}`, `{"requestObject":{"spec":{"containers":[{"command":["app","--token","«18»","-v"],"args":["--password=«21»","--token-file=/a","--port","80"]}]}}}`},
		"script":                {Context{}, `{"spec":{"args":["sh","-c","mysql -u root -p«C» -e 'x'; curl -H 'Authorization: Bearer «C»' https://h/"]}}`, `{"spec":{"args":["sh","-c","mysql -u root -p«18» -e 'x'; curl -H 'Authorization: Bearer «18»' https://h/"]}}`},
		"member":                {Context{}, `{"spec":{"clientSecret":"«C»","apiKey":"«C»","secretName":"x","password":4711,"privateKey":"«C»","publicKey":"x","key":"y","tokens":["z"]}}`, `{"spec":{"clientSecret":"«18»","apiKey":"«18»","secretName":"x","password":"«4»","privateKey":"«18»","publicKey":"x","key":"y","tokens":["z"]}}`},
		"last applied":          {Context{}, `{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"kind\":\"Secret\",\"data\":{\"p\":\"«D»\"},\"stringData\":{\"q\":\"«C»\"}}\n"}}}`, `{"metadata":{"annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{\"kind\":\"Secret\",\"data\":{\"p\":\"«18»\"},\"stringData\":{\"q\":\"«18»\"}}\n"}}}`},
		"nested twice":          {Context{}, `{"a":"{\"b\":\"{\\\"kind\\\":\\\"Secret\\\",\\\"data\\\":{\\\"p\\\":\\\"«D»\\\"}}\"}"}`, `{"a":"{\"b\":\"{\\\"kind\\\":\\\"Secret\\\",\\\"data\\\":{\\\"p\\\":\\\"«18»\\\"}}\"}"}`},
		"jwt":                   {Context{}, `{"a":"x «J» y","b":["«J»"]}`, `{"a":"x «91» y","b":["«91»"]}`},
		"pem":                   {Context{}, `{"a":"«P»\n","c":"-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"}`, `{"a":"«81»\n","c":"-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----"}`},
		"pem in base64":         {Context{}, `{"client-key-data":"«E»","caBundle":"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM="}`, `{"client-key-data":"«48»","caBundle":"LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUM="}`},
		"aws":                   {Context{}, `{"a":"AKIACANARY0123456789","user":{"extra":{"accessKeyId":["ASIACANARY0123456789"]}}}`, `{"a":"«20»","user":{"extra":{"accessKeyId":["ASIACANARY0123456789"]}}}`},
		"services":              {Context{}, `{"a":["ghp_CANARY0123456789CANARY0123456789abcd","glpat-CANARY0123456789","xoxb-CANARY-0123456789","AIzaCANARY0123456789CANARY0123456789abc","npm_CANARY0123456789CANARY0123456789","https://hooks.slack.com/services/T0/B0/CANARY"]}`, `{"a":["«40»","«22»","«22»","«39»","«36»","https://hooks.slack.com/services/«12»"]}`},
		"azure":                 {Context{}, `{"a":"abc8Q~CANARY0123456789CANARY0123456789","b":"https://x.blob.core.windows.net/c?sv=1&sig=CANARY0123456789CANARY%3D","c":"DefaultEndpointsProtocol=https;AccountName=n;AccountKey=CANARY0123456789==;EndpointSuffix=x"}`, `{"a":"«38»","b":"https://x.blob.core.windows.net/c?sv=1&sig=«25»","c":"DefaultEndpointsProtocol=https;AccountName=n;AccountKey=«18»;EndpointSuffix=x"}`},
		"url":                   {Context{}, `{"a":"postgres://user:«C»@db:5432/x","b":"https://«C»@github.com/x","c":"https://host/p@q","d":"http:\/\/u:«C»@h\/"}`, `{"a":"postgres://user:«18»@db:5432/x","b":"https://«18»@github.com/x","c":"https://host/p@q","d":"http://u:«18»@h/"}`},
		"headers":               {Context{}, `{"a":"Authorization: Basic CANARYCANARY=","b":"bearer token","c":"x-api-key: «C»","d":"Bearer «C»"}`, `{"a":"Authorization: Basic «13»","b":"bearer token","c":"x-api-key: «18»","d":"Bearer «18»"}`},
		"uri":                   {Context{}, `{"requestURI":"/api/v1/namespaces/a/services/b/proxy/login?user=u&password=«C»&access_token=«C»&watch=true&limit=500"}`, `{"requestURI":"/api/v1/namespaces/a/services/b/proxy/login?user=u&password=«18»&access_token=«18»&watch=true&limit=500"}`},
		"exec":                  {Context{}, `{"requestURI":"/api/v1/namespaces/a/pods/b/exec?command=mysql&command=-uroot&command=-p«C»&command=--token%3D«C»&container=c&command=tool&command=-p&command=«C»"}`, `{"requestURI":"/api/v1/namespaces/a/pods/b/exec?command=mysql&command=-uroot&command=-p«18»&command=--token%3D«18»&container=c&command=tool&command=-p&command=«18»"}`},
		"exec script":           {Context{}, `{"requestURI":"/exec?command=sh&command=-c&command=curl+-u+admin%3A«C»+http%3A%2F%2Fh+%7C+PGPASSWORD%3D«C»+psql"}`, `{"requestURI":"/exec?command=sh&command=-c&command=curl+-u+admin%3A«18»+http%3A%2F%2Fh+%7C+PGPASSWORD%3D«18»+psql"}`},
		"harmless exec":         {Context{}, `{"requestURI":"/exec?command=mkdir&command=-p&command=dir&command=ssh&command=-p&command=22"}`, `{"requestURI":"/exec?command=mkdir&command=-p&command=dir&command=ssh&command=-p&command=22"}`},
		"token of the pod":      {Context{}, `{"requestURI":"/exec?command=cat&command=%2Fvar%2Frun%2Fsecrets%2Fkubernetes.io%2Fserviceaccount%2Ftoken"}`, `{"requestURI":"/exec?command=cat&command=%2Fvar%2Frun%2Fsecrets%2Fkubernetes.io%2Fserviceaccount%2Ftoken"}`},
		"labels":                {Context{}, `{"requestURI":"/api/v1/pods?labelSelector=token%3Dabc&fieldSelector=metadata.name%3Dx"}`, `{"requestURI":"/api/v1/pods?labelSelector=token%3Dabc&fieldSelector=metadata.name%3Dx"}`},
		"name":                  {Context{}, `{"«J»":"x"}`, `{"«91»":"x"}`},
		"prose":                 {Context{}, `{"message":"secrets \"db-password\" is forbidden: User \"u\" cannot get resource \"secrets\"","b":"token: expired long ago","subresource":"token"}`, `{"message":"secrets \"db-password\" is forbidden: User \"u\" cannot get resource \"secrets\"","b":"token: expired long ago","subresource":"token"}`},
		"marker stays":          {Context{}, `{"token":"redacted:0123456789abcdef:18","a":"password=redacted:0123456789abcdef:18"}`, `{"token":"redacted:0123456789abcdef:18","a":"password=redacted:0123456789abcdef:18"}`},
		"yaml":                  {Context{}, `{"data":{"config.yaml":"db:\n  user: x\n  password: «C»\n  token: \"«C»\"\n  tokenTTL: 3600\n"}}`, `{"data":{"config.yaml":"db:\n  user: x\n  password: «18»\n  token: \"«18»\"\n  tokenTTL: 3600\n"}}`},
		"tags":                  {Context{}, `{"annotations":{"authentication.k8s.io/legacy-token":"kube-system/x","a":"«J»"},"labels":{"token":"x"}}`, `{"annotations":{"authentication.k8s.io/legacy-token":"kube-system/x","a":"«91»"},"labels":{"token":"x"}}`},
		"escaped":               {Context{}, "{\"\\u0074oken\":\"«C»\",\"a\":\"\\u0070assword=«C»\"}", "{\"\\u0074oken\":\"«18»\",\"a\":\"password=«18»\"}"},
	} {
		r := New([]byte("key"))
		doc := fill(test.doc)
		out, n, err := r.Document(nil, []byte(doc), test.c)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		length := regexp.MustCompile(`redacted:[0-9a-f]{16}:(\d+)`)
		if got := length.ReplaceAllString(string(out), "«$1»"); name != "marker stays" && got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", name, got, test.want)
		}
		if strings.Contains(string(out), "CANARY-") || n > 0 && strings.Contains(string(out), canary64) {
			t.Errorf("%s: the canary lives: %s", name, out)
		}
		if !json.Valid(out) {
			t.Errorf("%s: not JSON: %s", name, out)
		}
		suspect, _ := r.Suspect([]byte(doc))
		suspect = suspect || test.c.SecretBodies || SuspectURI(doc)
		if n > 0 && !suspect {
			t.Errorf("%s: not suspected", name)
		}
		if again, more, err := r.Document(nil, out, test.c); err != nil || more != 0 || string(again) != string(out) {
			t.Errorf("%s: the second time %d more, %v: %s", name, more, err, again)
		}
		if want := len(markerForm.FindAllString(string(out), -1)); n != want && name != "marker stays" {
			t.Errorf("%s: says %d, did %d", name, n, want)
		}
	}
}

func TestEqualValuesAreEqual(t *testing.T) {
	doc := fmt.Sprintf(`{"a":{"kind":"Secret","data":{"p":%q},"stringData":{"p":%q}},"env":[{"name":"X_TOKEN","value":%q}],"token":%q}`, canary64, canary, canary, "other")
	markersOf := func(key string) []string {
		out, _, err := New([]byte(key)).Document(nil, []byte(doc), Context{})
		if err != nil {
			t.Fatal(err)
		}
		return markerForm.FindAllString(string(out), -1)
	}
	a, b := markersOf("one"), markersOf("two")
	if len(a) != 4 || a[0] != a[1] || a[1] != a[2] || a[2] == a[3] {
		t.Errorf("one key: %q", a)
	}
	if a[0] == b[0] {
		t.Errorf("two keys give the same marker %s", a[0])
	}
}

func TestAppendStable(t *testing.T) {
	for _, test := range [][2]string{
		{"", ""},
		{"a redacted: b", "a redacted: b"},
		{"x=redacted:0123456789abcdef:18&y=redacted:fedcba9876543210:1", "x=redacted:&y=redacted:"},
		{"redacted:0123456789abcdeg:18", "redacted:0123456789abcdeg:18"},
	} {
		if got := string(AppendStable(nil, test[0])); got != test[1] {
			t.Errorf("%q: %q, want %q", test[0], got, test[1])
		}
	}
}
