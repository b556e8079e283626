package dev.cocolab.guest;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class RpcStatusTest {

  @Test
  void messagesAreEscapedAsRustDoes() {
    assertThat(RpcStatus.debug("a\"b\\c\nd\te\u0007 'é' `x`"))
        .isEqualTo("\"a\\\"b\\\\c\\nd\\te\\u{7} 'é' `x`\"");
  }

  @Property(tries = 200)
  void theDumpIsAlwaysOneLine(@ForAll String message) {
    assertThat(RpcStatus.internal(message).dump())
        .doesNotContain("\n", "\r")
        .endsWith("CachedSize { size: 0 } } }");
  }
}
