package dev.cocolab.load;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * How many attestations a second the cryptography alone would let this machine do: its processors,
 * each busy with nothing but the operations of one attestation. Both sides count when the broker
 * runs on this machine too; else the client's only, because the other machine cannot be measured
 * from here.
 *
 * <p>The operations are those that no broker can leave out for a guest that it has not seen. JSON,
 * policies, HTTP and the kernel are not in it.
 *
 * @param operations each operation, of both sides
 * @param processors of this machine, as this process may use them
 * @param serverHere whether the broker runs on this machine
 */
public record CryptoLimit(List<Operation> operations, int processors, boolean serverHere) {
  /** Copies the list. */
  public CryptoLimit {
    operations = List.copyOf(operations);
  }

  /** Attestations a second. */
  public double perSecond() {
    double micros =
        operations.stream()
            .filter(operation -> serverHere || operation.side() == Operation.Side.CLIENT)
            .mapToDouble(Operation::perAttestation)
            .sum();
    return micros == 0 ? 0 : processors * 1e6 / micros;
  }

  /** The limit with connections as they came about: one needs a TLS handshake. */
  CryptoLimit withConnections(double perAttestation) {
    return new CryptoLimit(
        operations.stream()
            .map(
                operation ->
                    operation.name().startsWith(Cryptography.TLS_HANDSHAKE)
                        ? operation.times(operation.count() * perAttestation)
                        : operation)
            .toList(),
        processors,
        serverHere);
  }

  ObjectNode addTo(ObjectNode out) {
    out.put("per_second", Rounded.to(perSecond(), 2));
    out.put("processors", processors);
    out.put("sides", serverHere ? "client and server" : "client");
    ArrayNode list = out.putArray("operations");
    operations.forEach(operation -> operation.addTo(list.addObject()));
    return out;
  }
}
