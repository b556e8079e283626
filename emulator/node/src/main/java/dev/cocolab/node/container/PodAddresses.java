package dev.cocolab.node.container;

import dev.cocolab.node.NodeException;
import java.util.BitSet;

/** Hands out addresses of the node's /24; an address rests before it is used again. */
public final class PodAddresses {
  private static final int FIRST = 10;
  private static final int LAST = 254;

  private final String prefix;
  private final BitSet taken = new BitSet(LAST + 1);
  private int next = FIRST;

  /**
   * Addresses beside the node's own.
   *
   * @param nodeAddress four octets
   */
  public PodAddresses(byte[] nodeAddress) {
    this.prefix =
        (nodeAddress[0] & 255) + "." + (nodeAddress[1] & 255) + "." + (nodeAddress[2] & 255) + ".";
    taken.set(nodeAddress[3] & 255);
  }

  /**
   * Takes a free address.
   *
   * @throws NodeException ADDRESSES_EXHAUSTED
   */
  public synchronized String take() {
    for (int i = 0; i <= LAST - FIRST; i++) {
      int candidate = FIRST + (next - FIRST + i) % (LAST - FIRST + 1);
      if (!taken.get(candidate)) {
        taken.set(candidate);
        next = candidate + 1;
        return prefix + candidate;
      }
    }
    throw new NodeException(
        NodeException.Reason.ADDRESSES_EXHAUSTED,
        "All pod addresses " + prefix + FIRST + " to " + prefix + LAST + " are in use.");
  }

  /** Gives an address back. */
  public synchronized void release(String address) {
    taken.clear(Integer.parseInt(address.substring(address.lastIndexOf('.') + 1)));
  }
}
