package dev.cocolab.node.forward;

import java.time.Duration;

/**
 * What one client may hold of this node.
 *
 * @param connections open connections of a session at a time
 * @param waitingBytes bytes that wait for the pod before the client is held up
 * @param stall how long a side may take nothing before its connection is given up
 * @param ping how often a client that is held up is asked for a sign of life
 * @param linger how long a pod may be silent after the client has ended its direction
 * @param pairing how long one stream of a pair waits for the other
 */
record ForwardLimits(
    int connections,
    int waitingBytes,
    Duration stall,
    Duration ping,
    Duration linger,
    Duration pairing) {
  static ForwardLimits usual() {
    return new ForwardLimits(
        128,
        1024 * 1024,
        Duration.ofMinutes(5),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30));
  }
}
