/**
 * The kubelet of the lab: it registers a node, runs the pods that are bound to it and reports what
 * becomes of them.
 *
 * <p>A pod with the runtime class {@code kata-remote} gets an emulated confidential VM; any other
 * pod runs in the same kind of sandbox on the "worker". A container whose image is one of the
 * resident programs runs as an object in this JVM.
 */
package dev.cocolab.node;
