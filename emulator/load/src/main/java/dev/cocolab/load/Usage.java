package dev.cocolab.load;

import java.util.OptionalDouble;

/**
 * What the processes used in the window.
 *
 * @param clientSeconds processor time of the client, seconds
 * @param serverSeconds that of the server; empty when it could not be seen
 * @param serverMegabytes resident memory of the server at the end, in units of 2^20 bytes
 */
public record Usage(
    OptionalDouble clientSeconds, OptionalDouble serverSeconds, OptionalDouble serverMegabytes) {}
