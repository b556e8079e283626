package dev.cocolab.load;

import java.util.Objects;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A cryptographic operation, and what it costs one core of this machine.
 *
 * @param name what it is and what it is for
 * @param side who does it
 * @param count how often for one attestation
 * @param micros processor time of one, microseconds
 */
public record Operation(String name, Side side, double count, double micros) {
  /** Who does an operation. */
  public enum Side {
    /** The guest. */
    CLIENT,
    /** The broker. */
    SERVER
  }

  private static final String CLIENT_SIDE = "client";
  private static final String SERVER_SIDE = "server";

  /** Reads what {@link #addTo} wrote. */
  public static Operation parse(JsonNode in) {
    return new Operation(
        in.path("name").asString(),
        CLIENT_SIDE.equals(in.path("side").asString()) ? Side.CLIENT : Side.SERVER,
        in.path("count").asDouble(),
        in.path("microseconds").asDouble());
  }

  /** Checks that nothing is missing. */
  public Operation {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(side, "side");
  }

  /** The same operation, done another number of times. */
  Operation times(double often) {
    return new Operation(name, side, often, micros);
  }

  /** Microseconds of one attestation. */
  double perAttestation() {
    return count * micros;
  }

  /** Adds the members {@code name}, {@code side}, {@code count} and {@code microseconds}. */
  public void addTo(ObjectNode out) {
    out.put("name", name).put("side", side == Side.CLIENT ? CLIENT_SIDE : SERVER_SIDE);
    out.put("count", Rounded.to(count, 4)).put("microseconds", Rounded.to(micros, 2));
  }
}
