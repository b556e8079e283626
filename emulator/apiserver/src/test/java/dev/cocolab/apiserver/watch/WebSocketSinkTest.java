package dev.cocolab.apiserver.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.ServerWebSocket;
import java.lang.reflect.Proxy;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class WebSocketSinkTest {
  /** A socket whose peer goes after it was seen to be open, as Vert.x has it. */
  private static ServerWebSocket closing() {
    return (ServerWebSocket)
        Proxy.newProxyInstance(
            WebSocketSinkTest.class.getClassLoader(),
            new Class<?>[] {ServerWebSocket.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("isClosed")) {
                return false;
              }
              throw new IllegalStateException("WebSocket is closed");
            });
  }

  @Test
  void aPeerThatGoesMeanwhileIsNoError() {
    WebSocketSink sink = new WebSocketSink(closing());
    AtomicInteger gone = new AtomicInteger();

    assertThatCode(() -> sink.write(Buffer.buffer("event"))).doesNotThrowAnyException();
    assertThatCode(() -> sink.onDrain(gone::incrementAndGet)).doesNotThrowAnyException();
    assertThat(sink.isFull()).isFalse();
    assertThat(gone).hasValue(0);
    sink.onClose(gone::incrementAndGet);
    assertThat(gone).hasValue(1);
  }
}
