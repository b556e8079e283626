package dev.cocolab.lab;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;

/** Where Trustee's Route leads at this moment. */
abstract class RouteBackend implements AutoCloseable {
  static final String SERVICE = "kbs-service";

  /** The discard port: a Service without a ready pod leads nowhere. */
  private static final InetSocketAddress NOWHERE =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 9);

  private InetSocketAddress address = NOWHERE;

  synchronized InetSocketAddress address() {
    return address;
  }

  final synchronized void leadsTo(InetSocketAddress target) {
    address = target;
    notifyAll();
  }

  final void leadsNowhere() {
    leadsTo(NOWHERE);
  }

  /** Waits until it leads somewhere; false when it does not within the limit. */
  synchronized boolean await(Duration limit) {
    long deadline = System.nanoTime() + limit.toNanos();
    try {
      while (address.equals(NOWHERE)) {
        long millis = (deadline - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          return false;
        }
        wait(millis);
      }
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  static InetSocketAddress literal(String ip, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(ip), port);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("a pod's address is a literal: " + ip, e);
    }
  }

  @Override
  public abstract void close();
}
