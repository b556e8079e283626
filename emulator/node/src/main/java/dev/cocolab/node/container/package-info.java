/** Makes pods and containers of this node from sandboxes, pod VMs and resident programs. */
package dev.cocolab.node.container;
