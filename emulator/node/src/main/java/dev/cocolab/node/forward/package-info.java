/** Port-forward: connections of a client, over one WebSocket, to ports of a pod. */
package dev.cocolab.node.forward;
