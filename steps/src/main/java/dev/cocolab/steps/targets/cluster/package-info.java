/** Any cluster with real sandboxed containers and Trustee, by kubeconfig and nothing else. */
package dev.cocolab.steps.targets.cluster;
