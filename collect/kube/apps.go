package kube

import (
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"

	"github.com/lynceus-io/lynceus/inventory"
)

// appsResources are those that make pods.
func appsResources() []Resource {
	return []Resource{
		{Group: "apps", Version: "v1", Name: "deployments", Kind: "Deployment", fill: typed(fillDeployment)},
		{Group: "apps", Version: "v1", Name: "replicasets", Kind: "ReplicaSet", fill: typed(fillReplicaSet)},
		{Group: "apps", Version: "v1", Name: "statefulsets", Kind: "StatefulSet", fill: typed(fillStatefulSet)},
		{Group: "apps", Version: "v1", Name: "daemonsets", Kind: "DaemonSet", fill: typed(fillDaemonSet)},
		{Group: "batch", Version: "v1", Name: "jobs", Kind: "Job", fill: typed(fillJob)},
		{Group: "batch", Version: "v1", Name: "cronjobs", Kind: "CronJob", fill: typed(fillCronJob)},
		{Group: "autoscaling", Version: "v2", Name: "horizontalpodautoscalers", Kind: "HorizontalPodAutoscaler", fill: typed(fillAutoscaler)},
	}
}

func fillDeployment(o *inventory.Object, d *appsv1.Deployment) body {
	trimTemplate(&d.Spec.Template, o)
	return body{"spec": d.Spec}
}

func fillReplicaSet(o *inventory.Object, r *appsv1.ReplicaSet) body {
	trimTemplate(&r.Spec.Template, o)
	return body{"spec": r.Spec}
}

func fillStatefulSet(o *inventory.Object, s *appsv1.StatefulSet) body {
	trimTemplate(&s.Spec.Template, o)
	for i := range s.Spec.VolumeClaimTemplates {
		s.Spec.VolumeClaimTemplates[i].ManagedFields = nil
		s.Spec.VolumeClaimTemplates[i].Annotations = keepAnnotations(s.Spec.VolumeClaimTemplates[i].Annotations)
	}
	return body{"spec": s.Spec}
}

func fillDaemonSet(o *inventory.Object, d *appsv1.DaemonSet) body {
	trimTemplate(&d.Spec.Template, o)
	return body{"spec": d.Spec}
}

func fillJob(o *inventory.Object, j *batchv1.Job) body {
	trimTemplate(&j.Spec.Template, o)
	return body{"spec": j.Spec}
}

func fillCronJob(o *inventory.Object, c *batchv1.CronJob) body {
	c.Spec.JobTemplate.ManagedFields = nil
	c.Spec.JobTemplate.Annotations = keepAnnotations(c.Spec.JobTemplate.Annotations)
	trimTemplate(&c.Spec.JobTemplate.Spec.Template, o)
	return body{"spec": c.Spec}
}

func fillAutoscaler(_ *inventory.Object, a *autoscalingv2.HorizontalPodAutoscaler) body {
	return body{"spec": a.Spec}
}
