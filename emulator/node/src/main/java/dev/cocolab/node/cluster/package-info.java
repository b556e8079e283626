/** The node's side of the API server, through the fabric8 client only. */
package dev.cocolab.node.cluster;
