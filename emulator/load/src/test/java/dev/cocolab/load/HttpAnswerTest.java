package dev.cocolab.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class HttpAnswerTest {
  /** Lines end as a test writes them: with a line feed alone, or both. */
  private static HttpAnswer read(String text) throws IOException {
    return HttpAnswer.read(new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)));
  }

  private static String body(HttpAnswer answer) {
    return new String(answer.body(), StandardCharsets.ISO_8859_1);
  }

  @Test
  void lengthChunksAndNeither() throws Exception {
    HttpAnswer length = read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef");
    assertThat(body(length)).isEqualTo("abc");
    assertThat(length.keepsOpen()).isTrue();

    HttpAnswer chunks =
        read(
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\n"
                + "Trailer: t\r\n\r\nrest");
    assertThat(body(chunks)).isEqualTo("abcde");
    assertThat(chunks.keepsOpen()).isTrue();

    HttpAnswer toTheEnd = read("HTTP/1.1 200 OK\r\n\r\nall of it");
    assertThat(body(toTheEnd)).isEqualTo("all of it");
    assertThat(toTheEnd.keepsOpen()).isFalse();

    HttpAnswer none = read("HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    assertThat(none.body()).isEmpty();
    assertThat(none.keepsOpen()).isFalse();
  }

  @Test
  void cookies() throws Exception {
    HttpAnswer answer =
        read(
            """
            HTTP/1.1 200 OK
            set-cookie: other=1
            Set-Cookie: kbs-session-id=a=b; Path=/
            Content-Length: 0

            """);
    assertThat(answer.cookie("kbs-session-id")).hasValue("a=b");
    assertThat(answer.cookie("third")).isEmpty();
  }

  @Test
  void whatIsNoAnswer() {
    for (String bad :
        new String[] {
          "SSH-2.0-OpenSSH\r\n\r\n",
          "HTTP/1.1 999 x\r\n\r\n",
          "HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n0\r\n\r\n",
          "HTTP/1.1 200 OK\r\nX: " + "x".repeat(70_000) + "\r\n\r\n"
        }) {
      assertThatThrownBy(() -> read(bad)).as(bad).isInstanceOf(HttpAnswer.Malformed.class);
    }
    for (String cut :
        new String[] {"", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"}) {
      assertThatThrownBy(() -> read(cut)).as(cut).isInstanceOf(EOFException.class);
    }
  }
}
