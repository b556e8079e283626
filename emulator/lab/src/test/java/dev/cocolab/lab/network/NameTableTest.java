package dev.cocolab.lab.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class NameTableTest {
  private final NameTable names = new NameTable();

  @Test
  void nameLeadsToWhereItIsServedNow() {
    AtomicInteger port = new AtomicInteger(1000);
    names.put("kbs.example", 443, () -> local(port.get()));

    assertThat(names.resolve("kbs.example", 443)).isEqualTo(local(1000));
    port.set(2000);
    assertThat(names.resolve("kbs.example", 443)).isEqualTo(local(2000));
  }

  @Test
  void unknownNameOrPortStaysOnThisMachine() {
    names.put("kbs.example", 443, local(1000));

    assertThat(names.resolve("kbs.example", 80).getAddress().isLoopbackAddress()).isTrue();
    assertThat(names.resolve("quay.io", 443).getAddress().isLoopbackAddress()).isTrue();
    assertThat(names.resolve("quay.io", 443)).isNotEqualTo(local(1000));
  }

  private static InetSocketAddress local(int port) {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }
}
