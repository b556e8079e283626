/**
 * Real peers for tests: a control plane of the programs etcd, kube-apiserver and
 * kube-controller-manager, started on loopback addresses for as long as a test needs it. The
 * programs are not part of the project; the environment variable {@code KUBE_ASSETS} names their
 * folder.
 */
package dev.cocolab.peers;
