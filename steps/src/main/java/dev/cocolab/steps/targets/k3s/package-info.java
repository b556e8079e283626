/** A k3s server without agent in a container, joined as the target {@code joined} is. */
package dev.cocolab.steps.targets.k3s;
