/**
 * Signs requests for certificates that were approved, as kube-controller-manager's csrsigning does.
 */
package dev.cocolab.operators.certificates;
