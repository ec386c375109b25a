// Package kubearmor reads what KubeArmor tells: the JSON of its relay, of its
// log file and of "karmor logs --json". An alert, which is what a policy matched,
// becomes a row of table alert and one of what was done or tried; a log only the
// latter. Facts from https://docs.kubearmor.io/kubearmor/documentation.
package kubearmor
