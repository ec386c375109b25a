package api

// RouteInfo is a route as tests see it.
type RouteInfo struct{ Method, Path, Action, Role string }

// RouteInfos returns all routes.
func RouteInfos() []RouteInfo {
	var out []RouteInfo
	for _, r := range routes() {
		out = append(out, RouteInfo{r.method, r.path, r.action, r.role.String()})
	}
	return out
}
