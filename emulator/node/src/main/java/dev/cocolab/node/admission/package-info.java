/** Decides whether this node can run a pod as it is written; what it cannot do it names. */
package dev.cocolab.node.admission;
