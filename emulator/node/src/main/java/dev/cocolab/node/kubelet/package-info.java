/** The kubelet's HTTPS endpoint, which the API server calls. */
package dev.cocolab.node.kubelet;
