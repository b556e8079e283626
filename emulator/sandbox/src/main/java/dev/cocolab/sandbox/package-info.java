/**
 * Pods and containers as real processes in Linux namespaces.
 *
 * <p>A pod is one {@code pause} process that owns the user, network, IPC, UTS and PID namespaces; a
 * container is one process tree in a mount and PID namespace of its own inside them. All privileged
 * system calls are made by one Perl script, because a JVM has many threads and the kernel lets only
 * a process with one thread enter a user namespace.
 *
 * <p>This keeps pods apart and honest; it is no boundary against hostile code.
 */
package dev.cocolab.sandbox;
