package dev.cocolab.node.kubelet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.vertx.core.http.ServerWebSocket;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A client that goes between the question whether it is there and what is sent to it. */
class ClosingSocketTest {
  private final AtomicInteger closes = new AtomicInteger();

  private ServerWebSocket closing() {
    return (ServerWebSocket)
        Proxy.newProxyInstance(
            ClosingSocketTest.class.getClassLoader(),
            new Class<?>[] {ServerWebSocket.class},
            (proxy, method, arguments) ->
                switch (method.getName()) {
                  case "isClosed" -> false;
                  case "binaryMessageHandler" -> proxy;
                  case "close" -> {
                    closes.incrementAndGet();
                    yield null;
                  }
                  default -> throw new IllegalStateException("WebSocket is closed");
                });
  }

  @Test
  void outputForItIsDropped() {
    AttachedOutput output = new AttachedOutput(closing());

    assertThatCode(() -> output.line("hello\n")).doesNotThrowAnyException();
    assertThatCode(output::end).doesNotThrowAnyException();
    assertThat(closes).hasValue(1);
  }

  @Test
  void itsCommandIsRefusedAndItHearsOfNothing() {
    CommandChannels channels = new CommandChannels(closing(), Runnable::run);
    AtomicInteger gone = new AtomicInteger();

    assertThatCode(() -> channels.refuse("no container")).doesNotThrowAnyException();
    channels.onClose(gone::incrementAndGet);

    assertThat(closes).hasValue(1);
    assertThat(gone).hasValue(1);
  }
}
