package fn

import "testing"

func TestHashes(t *testing.T) {
	runCalls(t, []callTest{
		{"hash", in("World"), "1846988464401551951"}, {"hash", in("World", 100), "51"}, {"hash", in("Hello"), "753694413698530628"}, {"hash", in("datetime:2015-01-01"), "1380966698541616202"},
		{"hash_md5", in("World"), "f5a7924e621e84c9280a9a27e1bcb7f6"}, {"hash_md5", in("datetime:2020-01-01"), "786c530672d1f8db31fee25ea8a9390b"},
		{"hash_sha1", in("World"), "70c07ec18ef89c5309bbb0937f3a6342411e1fdd"}, {"hash_sha256", in("World"), "78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524"},
	})
}
