package dev.cocolab.lab.network;

import dev.cocolab.lab.LabException;
import dev.cocolab.lab.LabException.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.random.RandomGenerator;

/**
 * One network 127.b.c.0/24 that this lab has for itself: Linux serves the whole of 127.0.0.0/8, so
 * that a node and its pods can have addresses of their own without privileges (RFC 1122, 3.2.1.3).
 * The claim is a listening socket on 127.b.c.254, which the kernel gives back when the process
 * ends, in whatever way.
 */
public final class LoopbackNetwork implements AutoCloseable {
  private static final int CLAIM_PORT = 10_256;
  private static final int TRIES = 64;

  private final ServerSocket claim;
  private final int second;
  private final int third;

  private LoopbackNetwork(ServerSocket claim, int second, int third) {
    this.claim = claim;
    this.second = second;
    this.third = third;
  }

  /**
   * Takes the first network found free.
   *
   * @throws LabException {@link Reason#NO_LOOPBACK_NETWORK} when none of {@value #TRIES} is free
   */
  public static LoopbackNetwork claim(RandomGenerator random) {
    IOException last = null;
    for (int i = 0; i < TRIES; i++) {
      int second = random.nextInt(64, 128);
      int third = random.nextInt(1, 255);
      try {
        ServerSocket socket = new ServerSocket();
        try {
          socket.bind(new InetSocketAddress(address(second, third, 254), CLAIM_PORT), 1);
          return new LoopbackNetwork(socket, second, third);
        } catch (IOException taken) {
          socket.close();
          last = taken;
        }
      } catch (IOException e) {
        last = e;
      }
    }
    throw new LabException(
        Reason.NO_LOOPBACK_NETWORK,
        "no free network in 127.64.0.0/10 (%s); stop labs that are no longer needed with './cocolab down'"
            .formatted(last == null ? "none tried" : last.getMessage()),
        last);
  }

  /** Address of the node. */
  public InetAddress node() {
    return address(1);
  }

  /**
   * Address of a node or pod.
   *
   * @param host last byte, 1 to 253
   */
  public InetAddress address(int host) {
    if (host < 1 || host > 253) {
      throw new IllegalArgumentException("not an address of a node or pod: " + host);
    }
    return address(second, third, host);
  }

  private static InetAddress address(int second, int third, int host) {
    try {
      return InetAddress.getByAddress(new byte[] {127, (byte) second, (byte) third, (byte) host});
    } catch (UnknownHostException e) {
      throw new IllegalStateException("four bytes are an address", e);
    }
  }

  @Override
  public void close() {
    try {
      claim.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return "127." + second + "." + third + ".0/24";
  }
}
