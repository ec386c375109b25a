package play

import "github.com/lynceus-io/lynceus/test/scenarios/stage"

// Developers is a day of the teams: people at their applications, and what does not work at first.
func Developers(s *stage.Stage) {
	c := Found(s)
	together(s, developer(s, c.Anna, "payments", "api"), developer(s, c.Jonas, "shop", "web"), developer(s, c.Li, "data", "notebook"),
		rarely(s, c), broken(s, c), runner(s))
}

// Pipelines is a day of deployments, from outside and from within.
func Pipelines(s *stage.Stage) {
	c := Found(s)
	c.Mira.MustApply(platformManifests, "apply", "-f", "-")
	together(s, pipeline(s, c), runner(s), previews(s, c), borrowed(s, c), developer(s, c.Jonas, "shop", "web"))
}

// Platform is a day of the platform team: operators at work, scrapers, backups, autoscaling, maintenance.
func Platform(s *stage.Stage) {
	c := Found(s)
	install(s, c)
	together(s, administrator(s, c), maintenance(s, c), dashboards(s), databases(s, c), stateful(s, c), developer(s, c.Anna, "payments", "api"))
}

// Upgrade is a day on which everything is replaced by its next version.
func Upgrade(s *stage.Stage) {
	c := Found(s)
	install(s, c)
	together(s, upgrade(s, c), dashboards(s), pipeline(s, c), databases(s, c))
}
